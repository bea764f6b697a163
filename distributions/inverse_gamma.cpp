#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/samplers/gamma.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

}  // namespace

InverseGamma::InverseGamma(Var concentration, Var rate)
    : concentration_(std::move(concentration)), rate_(std::move(rate)) {
  check_parameters();
}

Var InverseGamma::log_prob_at(const Var& x) const {
  // Gamma functions are taken at the parameters' own shape, once for each.
  if (size_of(batch_shape()) < x.size()) {
    const Var norm = elementwise([](auto a, auto rate) { return gamma_norm(a) - log(rate); },
                                 concentration_, rate_, "InverseGamma::log_prob");
    return elementwise(
        [](auto x, auto a, auto rate, auto norm) {
          return where(x < 0.0, -kInfinity, inverse_gamma_density(x, a, rate) + norm);
        },
        x, concentration_, rate_, norm, "InverseGamma::log_prob");
  }
  return elementwise(
      [](auto x, auto a, auto rate) {
        const auto norm = gamma_norm(a) - log(rate);
        return where(x < 0.0, -kInfinity, inverse_gamma_density(x, a, rate) + norm);
      },
      x, concentration_, rate_, "InverseGamma::log_prob");
}

Var InverseGamma::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto rate) { return inverse_gamma_tail(kGammaUpper, x, a, rate); }, x,
      concentration_, rate_, "InverseGamma::cdf");
}

Var InverseGamma::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto rate) { return inverse_gamma_tail(kLogGammaUpper, x, a, rate); }, x,
      concentration_, rate_, "InverseGamma::log_cdf");
}

Var InverseGamma::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto rate) { return inverse_gamma_tail(kLogGammaLower, x, a, rate); }, x,
      concentration_, rate_, "InverseGamma::log_survival");
}

Var InverseGamma::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto a, auto rate) { return inverse_gamma_quantile(p, a, rate); },
                     p, concentration_, rate_, "InverseGamma::icdf");
}

Array InverseGamma::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array InverseGamma::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return elementwise([](auto log_draw, auto rate) { return log(rate) - log_draw; },
                     Var(log_standard_gamma(concentration_.value(),
                                            joined(sample_shape, batch_shape()), rng)),
                     rate_, "InverseGamma::sample_log")
      .value();
}

Array InverseGamma::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return Gamma(concentration_, rate_).noise(rng, sample_shape);
}

Var InverseGamma::from_noise(const Array& noise) const {
  return elementwise(
      [](auto a, auto rate, auto noise) { return inverse_gamma_draw(a, rate, noise); },
      concentration_, rate_, Var(noise), "InverseGamma::from_noise");
}

Var InverseGamma::mean() const {
  return elementwise([](auto a, auto rate) { return where(a > 1.0, rate / (a - 1.0), kInfinity); },
                     concentration_, rate_, "InverseGamma::mean");
}

Var InverseGamma::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var InverseGamma::mode() const { return rate_ / (concentration_ + 1.0); }

Var InverseGamma::variance() const {
  return elementwise(
      [](auto a, auto rate) {
        const auto mean = rate / (a - 1.0);
        return where(a > 2.0, mean * mean / (a - 2.0), kInfinity);
      },
      concentration_, rate_, "InverseGamma::variance");
}

Var InverseGamma::entropy() const {
  return elementwise(
      [](auto a, auto rate) { return gamma_entropy(a) - 2.0 * digamma(a) + log(rate); },
      concentration_, rate_, "InverseGamma::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
