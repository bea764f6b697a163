#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/scaled_exp.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kNan;

// -log P(X > x) = alpha log(x / s); s stands in for smaller x.
template <class X, class S, class A>
auto log_hazard(X x, S scale, A alpha) {
  return alpha * log_ratio(where(x > scale, x, scale), scale);
}

}  // namespace

Pareto::Pareto(Var scale, Var alpha) : scale_(std::move(scale)), alpha_(std::move(alpha)) {
  check_parameters();
}

Var Pareto::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto alpha) {
        const auto ratio = log_ratio(where(x >= scale, x, scale), scale);
        const auto inside = log(alpha) - log(scale) - (alpha + 1.0) * ratio;
        return where(x >= scale, where(x < kInfinity, inside, -kInfinity),
                     where(x == x, -kInfinity, x));
      },
      x, scale_, alpha_, "Pareto::log_prob");
}

Var Pareto::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto alpha) {
        const auto inside = -expm1(-log_hazard(x, scale, alpha));
        return where(x > scale, where(x < kInfinity, inside, 1.0), where(x == x, 0.0, x));
      },
      x, scale_, alpha_, "Pareto::cdf");
}

Var Pareto::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto alpha) {
        const auto inside = log1mexp(-log_hazard(x, scale, alpha));
        return where(x > scale, where(x < kInfinity, inside, 0.0), where(x == x, -kInfinity, x));
      },
      x, scale_, alpha_, "Pareto::log_cdf");
}

Var Pareto::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto alpha) {
        const auto inside = -log_hazard(x, scale, alpha);
        return where(x > scale, where(x < kInfinity, inside, -kInfinity), where(x == x, 0.0, x));
      },
      x, scale_, alpha_, "Pareto::log_survival");
}

Var Pareto::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto scale, auto alpha) {
        const auto inner = where(p >= 0.0 && p < 1.0, p, 0.5);
        const auto inside = detail::scaled_exp(scale, -log1p(-inner) / alpha);
        return where(p >= 0.0, where(p < 1.0, inside, where(p == 1.0, kInfinity, kNan)), kNan);
      },
      p, scale_, alpha_, "Pareto::icdf");
}

Array Pareto::noise(Rng& rng, const Shape& sample_shape) const {
  return uniform(joined(sample_shape, batch_shape()), rng);
}

Var Pareto::from_noise(const Array& noise) const { return icdf_at(noise); }

Array Pareto::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Pareto::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return elementwise([](auto u, auto scale, auto alpha) { return log(scale) - log1p(-u) / alpha; },
                     Var(noise(rng, sample_shape)), scale_, alpha_, "Pareto::sample_log")
      .value();
}

Var Pareto::mean() const {
  return elementwise(
      [](auto scale, auto alpha) {
        const auto finite = where(alpha > 1.0, alpha, 2.0);
        return where(alpha > 1.0, finite * (scale / (finite - 1.0)), kInfinity);
      },
      scale_, alpha_, "Pareto::mean");
}

Var Pareto::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var Pareto::mode() const { return scale_ + zeros(batch_shape()); }

Var Pareto::variance() const {
  return elementwise(
      [](auto scale, auto alpha) {
        const auto finite = where(alpha > 2.0, alpha, 3.0);
        const auto value = square(scale / (finite - 1.0)) * (finite / (finite - 2.0));
        return where(alpha > 2.0, value, kInfinity);
      },
      scale_, alpha_, "Pareto::variance");
}

Var Pareto::entropy() const {
  return elementwise(
      [](auto scale, auto alpha) { return log(scale) - log(alpha) + 1.0 / alpha + 1.0; }, scale_,
      alpha_, "Pareto::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
