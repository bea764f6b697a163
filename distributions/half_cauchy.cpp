#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/cauchy_tails.hpp>
#include <evident/distributions/half_cauchy.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kNan;
constexpr double kTwoOverPi = 0.636619772367581343075535053490;
constexpr double kLogTwoOverPi = -0.451582705289454864726195229894;

// scale tan(pi p / 2), from whichever of 0 and 1 is near: the distance to it is exact.
constexpr auto kScaledQuantile = [](auto p, auto scale) {
  const auto upper = p > 0.5;
  const auto t = tanpi(0.5 * where(upper, 1.0 - p, p));
  return where(p >= 0.0 && p <= 1.0, where(upper, scale / t, scale * t), kNan);
};

}  // namespace

HalfCauchy::HalfCauchy(Var scale) : scale_(std::move(scale)) { check_parameters(); }

Var HalfCauchy::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto log_scale) {
        const auto value = detail::log_cauchy(x, scale, log_scale) + kLogTwoOverPi;
        return where(x >= 0.0, value, where(x == x, -kInfinity, x));
      },
      x, scale_, log(scale_), "HalfCauchy::log_prob");
}

Var HalfCauchy::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale) {
        const auto far = x > scale;
        const auto share = kTwoOverPi * atan(where(far, scale / x, x / scale));
        return where(x < 0.0, 0.0, where(far, 1.0 - share, share));
      },
      x, scale_, "HalfCauchy::cdf");
}

Var HalfCauchy::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale) {
        const auto above = log1p(-kTwoOverPi * atan(scale / x));
        const auto value = where(x > scale, above, detail::log_arc(x, scale) + kLogTwoOverPi);
        return where(x < 0.0, -kInfinity, value);
      },
      x, scale_, "HalfCauchy::log_cdf");
}

Var HalfCauchy::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale) {
        const auto below = log1p(-kTwoOverPi * atan(x / scale));
        const auto value = where(x > scale, detail::log_arc(scale, x) + kLogTwoOverPi, below);
        return where(x < 0.0, 0.0, value);
      },
      x, scale_, "HalfCauchy::log_survival");
}

Var HalfCauchy::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto scale) { return kScaledQuantile(p, scale); }, p, scale_,
                     "HalfCauchy::icdf");
}

Array HalfCauchy::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array HalfCauchy::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return (log(Var(noise(rng, sample_shape))) + log(scale_)).value();
}

Array HalfCauchy::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise([](auto u) { return tanpi(0.5 * u); }, u, "HalfCauchy::noise").value();
}

Var HalfCauchy::from_noise(const Array& noise) const {
  return elementwise([](auto scale, auto noise) { return scale * noise; }, scale_, Var(noise),
                     "HalfCauchy::from_noise");
}

Var HalfCauchy::mean() const { return full(batch_shape(), kInfinity); }

Var HalfCauchy::variance() const { return mean(); }

Var HalfCauchy::entropy() const {
  using parts::kLogTwoPi;
  return log(scale_) + kLogTwoPi;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
