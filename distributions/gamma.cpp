#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/samplers/gamma.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

}  // namespace

Gamma::Gamma(Var concentration, Var rate)
    : concentration_(std::move(concentration)), rate_(std::move(rate)) {
  check_parameters();
}

Gamma Gamma::from_scale(Var concentration, const Var& scale) {
  const Array& scales = scale.value();
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const real one = scales.data()[i];
    if (one > 0 && std::isfinite(one) && std::isfinite(1 / one)) continue;
    throw ParameterError(
        fmt::format("Gamma: scale must be {}, got {}{}",
                    one > 0 && one < 1 ? "a positive number whose reciprocal is finite"
                                       : constraints::positive().description(),
                    one,
                    scales.dimension() == 0
                        ? ""
                        : fmt::format(" at index {} of shape {}", i, to_string(scales.shape()))));
  }
  return Gamma(std::move(concentration), 1.0 / scale);
}

Var Gamma::log_prob_at(const Var& x) const {
  // Gamma functions are taken at the parameters' own shape, once for each.
  if (size_of(batch_shape()) < x.size()) {
    const Var norm = elementwise([](auto a, auto rate) { return gamma_norm(a) + log(rate); },
                                 concentration_, rate_, "Gamma::log_prob");
    return elementwise(
        [](auto x, auto a, auto rate, auto norm) {
          return where(x < 0.0, -kInfinity, gamma_density(x, a, rate) + norm);
        },
        x, concentration_, rate_, norm, "Gamma::log_prob");
  }
  return elementwise(
      [](auto x, auto a, auto rate) {
        return where(x < 0.0, -kInfinity, gamma_density(x, a, rate) + gamma_norm(a) + log(rate));
      },
      x, concentration_, rate_, "Gamma::log_prob");
}

Var Gamma::cdf_at(const Var& x) const {
  return elementwise([](auto x, auto a, auto rate) { return gamma_tail(kGammaLower, x, a, rate); },
                     x, concentration_, rate_, "Gamma::cdf");
}

Var Gamma::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto rate) { return gamma_tail(kLogGammaLower, x, a, rate); }, x,
      concentration_, rate_, "Gamma::log_cdf");
}

Var Gamma::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto rate) { return gamma_tail(kLogGammaUpper, x, a, rate); }, x,
      concentration_, rate_, "Gamma::log_survival");
}

Var Gamma::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto a, auto rate) { return gamma_quantile(p, a, rate); }, p,
                     concentration_, rate_, "Gamma::icdf");
}

Array Gamma::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Gamma::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return elementwise([](auto log_draw, auto rate) { return log_draw - log(rate); },
                     Var(log_standard_gamma(concentration_.value(),
                                            joined(sample_shape, batch_shape()), rng)),
                     rate_, "Gamma::sample_log")
      .value();
}

Array Gamma::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Array& a = concentration_.value();
  const Shape shape = joined(sample_shape, batch_shape());
  const auto small = [](real value) { return value < 1; };
  if (std::all_of(a.begin(), a.end(), small)) return log_standard_gamma(a, shape, rng);
  if (std::none_of(a.begin(), a.end(), small)) return standard_gamma(a, shape, rng);
  Rng again = rng;
  return elementwise(
             [](auto a, auto draw, auto log_draw) { return where(a < 1.0, log_draw, draw); },
             concentration_, Var(standard_gamma(a, shape, rng)),
             Var(log_standard_gamma(a, shape, again)), "Gamma::noise")
      .value();
}

Var Gamma::from_noise(const Array& noise) const {
  return elementwise([](auto a, auto rate, auto noise) { return gamma_draw(a, rate, noise); },
                     concentration_, rate_, Var(noise), "Gamma::from_noise");
}

Var Gamma::mean() const { return concentration_ / rate_; }

Var Gamma::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var Gamma::mode() const {
  return elementwise([](auto a, auto rate) { return where(a > 1.0, (a - 1.0) / rate, 0.0); },
                     concentration_, rate_, "Gamma::mode");
}

Var Gamma::variance() const {
  return elementwise([](auto a, auto rate) { return a / rate / rate; }, concentration_, rate_,
                     "Gamma::variance");
}

Var Gamma::entropy() const {
  return elementwise([](auto a, auto rate) { return gamma_entropy(a) - log(rate); }, concentration_,
                     rate_, "Gamma::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
