#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/vanishing.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::vanishing;

using parts::kInfinity;
using parts::kLn2;
using parts::kNan;
constexpr double kRootTwo = 1.41421356237309504880168872421;
constexpr double kRootHalf = 0.707106781186547524400844362105;
constexpr double kHalfLogTwoOverPi = -0.225791352644727432363097614947;

}  // namespace

HalfNormal::HalfNormal(Var scale) : scale_(std::move(scale)) { check_parameters(); }

Var HalfNormal::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto log_scale) {
        const auto value = kHalfLogTwoOverPi - log_scale - 0.5 * square(x / scale);
        return where(x >= 0.0, value, where(x == x, -kInfinity, x));
      },
      x, scale_, log(scale_), "HalfNormal::log_prob");
}

Var HalfNormal::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale) {
        const auto z = x / scale;
        const auto value = where(z < 1.0, erf(kRootHalf * z), 1.0 - vanishing(erfc(kRootHalf * z)));
        return where(x < 0.0, 0.0, value);
      },
      x, scale_, "HalfNormal::cdf");
}

Var HalfNormal::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale, auto log_scale) {
        const auto z = x / scale;
        constexpr double kTiny = 1e-10;  // below it erf is linear, and z may be no number
        const auto inner =
            where(z < kTiny, kHalfLogTwoOverPi + log(x) - log_scale, log(erf(kRootHalf * z)));
        const auto value = where(z < 1.0, inner, log1p(-vanishing(erfc(kRootHalf * z))));
        return where(x < 0.0, -kInfinity, value);
      },
      x, scale_, log(scale_), "HalfNormal::log_cdf");
}

Var HalfNormal::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto scale) {
        const auto z = x / scale;
        const auto value = where(z < 0.5, log1p(-erf(kRootHalf * z)), kLn2 + log_ndtr(-z));
        return where(z < 0.0, 0.0, value);
      },
      x, scale_, "HalfNormal::log_survival");
}

Var HalfNormal::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto scale) { return where(p >= 0.0, scale * (kRootTwo * erfinv(p)), kNan); }, p,
      scale_, "HalfNormal::icdf");
}

Array HalfNormal::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array HalfNormal::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return (log(Var(noise(rng, sample_shape))) + log(scale_)).value();
}

Array HalfNormal::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return abs(Var(standard_normal(joined(sample_shape, batch_shape()), rng))).value();
}

Var HalfNormal::from_noise(const Array& noise) const {
  return elementwise([](auto scale, auto noise) { return scale * noise; }, scale_, Var(noise),
                     "HalfNormal::from_noise");
}

Var HalfNormal::mean() const {
  constexpr double kRootTwoOverPi = 0.797884560802865355879892119869;
  return kRootTwoOverPi * scale_;
}

Var HalfNormal::median() const {
  constexpr double kUpperQuartile = 0.674489750196081743202227014542;  // of the normal distribution
  return kUpperQuartile * scale_;
}

Var HalfNormal::variance() const {
  constexpr double kOneLessTwoOverPi = 0.363380227632418656924464946510;
  return kOneLessTwoOverPi * square(scale_);
}

Var HalfNormal::entropy() const { return log(scale_) + (0.5 - kHalfLogTwoOverPi); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
