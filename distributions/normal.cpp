#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/normal.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;

}  // namespace

Normal::Normal(Var loc, Var scale)
    : loc_(std::move(loc)),
      scale_(std::move(scale)),
      batch_(broadcast_shape(loc_.shape(), scale_.shape(), "Normal")) {
  check_parameter("Normal", "loc", loc_.value(), "finite", [](real x) { return std::isfinite(x); });
  check_parameter("Normal", "scale", scale_.value(), "positive", [](real s) { return s > 0; });
}

Var Normal::log_prob(const Var& x) const {
  // The logarithm is taken at the scale's own shape, once for each scale.
  if (scale_.size() < x.size()) {
    return elementwise(
        [](auto x, auto loc, auto scale, auto log_scale) {
          return -0.5 * square((x - loc) / scale) - log_scale - kHalfLogTwoPi;
        },
        x, loc_, scale_, log(scale_), "Normal::log_prob");
  }
  return elementwise(
      [](auto x, auto loc, auto scale) {
        return -0.5 * square((x - loc) / scale) - log(scale) - kHalfLogTwoPi;
      },
      x, loc_, scale_, "Normal::log_prob");
}

std::optional<std::size_t> Normal::first_outside_support(const Array& x) const {
  return first_failing(x, [](real value) { return std::isfinite(value); });
}

Array Normal::sample(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Normal::noise(Rng& rng, const Shape& sample_shape) const {
  return standard_normal(joined(sample_shape, batch_), rng);
}

Var Normal::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return loc + scale * noise; }, loc_,
                     scale_, Var(noise), "Normal::from_noise");
}

Var Normal::mean() const { return loc_ + zeros(batch_); }

Var Normal::variance() const { return square(scale_) + zeros(batch_); }

Var Normal::entropy() const { return log(scale_) + full(batch_, 0.5 + kHalfLogTwoPi); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
