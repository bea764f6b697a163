#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/standardised.hpp>
#include <evident/distributions/vanishing.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kHalfLogTwoPi;
using parts::kInfinity;

// log_ndtr, constant where z is infinite and where it is 0 itself.
template <class Z>
Z log_tail(const Z& z) {
  return where(z == -kInfinity, -kInfinity, detail::vanishing(log_ndtr(z)));
}

}  // namespace

Normal::Normal(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var Normal::log_prob_at(const Var& x) const {
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

Var Normal::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = detail::standardised(x, loc, scale);
        const auto tail = detail::vanishing(ndtr(where(z > 0.0, -z, z)));
        return where(z > 0.0, 1.0 - tail, tail);
      },
      x, loc_, scale_, "Normal::cdf");
}

Var Normal::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) { return log_tail(detail::standardised(x, loc, scale)); }, x,
      loc_, scale_, "Normal::log_cdf");
}

Var Normal::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) { return log_tail(-detail::standardised(x, loc, scale)); },
      x, loc_, scale_, "Normal::log_survival");
}

Var Normal::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto loc, auto scale) { return loc + scale * ndtri(p); }, p, loc_,
                     scale_, "Normal::icdf");
}

Array Normal::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Normal::noise(Rng& rng, const Shape& sample_shape) const {
  return standard_normal(joined(sample_shape, batch_shape()), rng);
}

Var Normal::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return loc + scale * noise; }, loc_,
                     scale_, Var(noise), "Normal::from_noise");
}

Var Normal::mean() const { return loc_ + zeros(batch_shape()); }

Var Normal::variance() const { return square(scale_) + zeros(batch_shape()); }

Var Normal::entropy() const { return log(scale_) + full(batch_shape(), 0.5 + kHalfLogTwoPi); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
