#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/lgamma_curvature.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/scaled_exp.hpp>
#include <evident/distributions/weibull.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::scaled_exp;

using parts::kInfinity;
using parts::kNan;
constexpr double kEuler = 0.57721566490153286061;

// k log(x / s), the logarithm of the integrated hazard; 1 stands in for x <= 0.
template <class X, class S, class K>
auto log_hazard(X x, S scale, K k) {
  return k * log_ratio(where(x > 0.0, x, 1.0), scale);
}

}  // namespace

Weibull::Weibull(Var scale, Var concentration)
    : scale_(std::move(scale)), concentration_(std::move(concentration)) {
  check_parameters();
}

Var Weibull::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto k) {
        const auto ratio = log_ratio(where(x > 0.0, x, 1.0), scale);
        const auto inside = log(k) - log(scale) + (k - 1.0) * ratio - exp(k * ratio);
        const auto at_zero =
            where(k < 1.0, kInfinity, where(k == 1.0, log(k) - log(scale), -kInfinity));
        return where(x > 0.0 && x < kInfinity, inside,
                     where(x == 0.0, at_zero, where(x == x, -kInfinity, x)));
      },
      x, scale_, concentration_, "Weibull::log_prob");
}

Var Weibull::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto k) {
        const auto hazard = exp(log_hazard(x, scale, k));
        const auto inside = where(hazard < 800.0, -expm1(-hazard), 1.0);
        return where(x > 0.0, where(x < kInfinity, inside, 1.0), where(x == x, 0.0, x));
      },
      x, scale_, concentration_, "Weibull::cdf");
}

Var Weibull::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto k) {
        const auto inside = log1mexpexp(log_hazard(x, scale, k));
        return where(x > 0.0, where(x < kInfinity, inside, 0.0), where(x == x, -kInfinity, x));
      },
      x, scale_, concentration_, "Weibull::log_cdf");
}

Var Weibull::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto k) {
        const auto inside = -exp(log_hazard(x, scale, k));
        return where(x > 0.0, where(x < kInfinity, inside, -kInfinity), where(x == x, 0.0, x));
      },
      x, scale_, concentration_, "Weibull::log_survival");
}

Var Weibull::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto scale, auto k) {
        const auto inner = where(p > 0.0 && p < 1.0, p, 0.5);
        const auto inside = scaled_exp(scale, log(-log1p(-inner)) / k);
        return where(p > 0.0, where(p < 1.0, inside, where(p == 1.0, kInfinity, kNan)),
                     where(p == 0.0, 0.0, kNan));
      },
      p, scale_, concentration_, "Weibull::icdf");
}

Array Weibull::noise(Rng& rng, const Shape& sample_shape) const {
  return uniform(joined(sample_shape, batch_shape()), rng);
}

Var Weibull::from_noise(const Array& noise) const { return icdf_at(noise); }

Array Weibull::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Weibull::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return elementwise([](auto u, auto scale, auto k) { return log(scale) + log(-log1p(-u)) / k; },
                     Var(noise(rng, sample_shape)), scale_, concentration_, "Weibull::sample_log")
      .value();
}

Var Weibull::mean() const {
  return elementwise([](auto scale, auto k) { return scaled_exp(scale, lgamma(1.0 + 1.0 / k)); },
                     scale_, concentration_, "Weibull::mean");
}

Var Weibull::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var Weibull::mode() const {
  return elementwise(
      [](auto scale, auto k) {
        const auto above = where(k > 1.0, k, 2.0);
        return where(k > 1.0, scale * exp(log1p(-1.0 / above) / above), 0.0);
      },
      scale_, concentration_, "Weibull::mode");
}

Var Weibull::variance() const {
  return elementwise(
      [](auto scale, auto k) {
        // Over the square of the mean it is e^c - 1, without a difference of numbers that agree.
        const auto t = 1.0 / k;
        const auto power = lgamma(1.0 + t), relative = expm1(lgamma_curvature(1.0, t));
        const auto mean = scaled_exp(scale, power);
        // An infinite mean has lost its slopes, which are infinite as well.
        return where(mean == kInfinity, square(scale * exp(power)) * relative,
                     mean * (mean * relative));
      },
      scale_, concentration_, "Weibull::variance");
}

Var Weibull::entropy() const {
  return elementwise(
      [](auto scale, auto k) { return kEuler * (1.0 - 1.0 / k) + (log(scale) - log(k) + 1.0); },
      scale_, concentration_, "Weibull::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
