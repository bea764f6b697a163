#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/vanishing.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::vanishing;

using parts::kHalfLogTwoPi;
using parts::kInfinity;

}  // namespace

LogNormal::LogNormal(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var LogNormal::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale, auto log_scale) {
        const auto z = log_minus(x, loc) / scale;
        const auto value = -0.5 * square(z) - log(x) - log_scale - kHalfLogTwoPi;
        return where(x > 0.0 && x < kInfinity, value, where(x == x, -kInfinity, x));
      },
      x, loc_, scale_, log(scale_), "LogNormal::log_prob");
}

Var LogNormal::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = log_minus(x, loc) / scale;
        const auto tail = vanishing(ndtr(where(z < 0.0, z, -z)));
        return where(x <= 0.0, 0.0, where(z < 0.0, tail, 1.0 - tail));
      },
      x, loc_, scale_, "LogNormal::cdf");
}

Var LogNormal::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        return where(x <= 0.0, -kInfinity, vanishing(log_ndtr(log_minus(x, loc) / scale)));
      },
      x, loc_, scale_, "LogNormal::log_cdf");
}

Var LogNormal::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = log_minus(x, loc) / scale;
        return where(x <= 0.0, 0.0, where(z == kInfinity, -kInfinity, vanishing(log_ndtr(-z))));
      },
      x, loc_, scale_, "LogNormal::log_survival");
}

Var LogNormal::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto loc, auto scale) {
        return where(p == 0.0, 0.0, exp(loc + scale * ndtri(p)));  // e^-inf with an infinite slope
      },
      p, loc_, scale_, "LogNormal::icdf");
}

Array LogNormal::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array LogNormal::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return (loc_ + scale_ * Var(noise(rng, sample_shape))).value();
}

Array LogNormal::noise(Rng& rng, const Shape& sample_shape) const {
  return standard_normal(joined(sample_shape, batch_shape()), rng);
}

Var LogNormal::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return exp(loc + scale * noise); },
                     loc_, scale_, Var(noise), "LogNormal::from_noise");
}

Var LogNormal::mean() const {
  return elementwise([](auto loc, auto scale) { return exp(loc + 0.5 * square(scale)); }, loc_,
                     scale_, "LogNormal::mean");
}

Var LogNormal::median() const { return exp(loc_) + zeros(batch_shape()); }

Var LogNormal::mode() const {
  return elementwise([](auto loc, auto scale) { return exp(loc - square(scale)); }, loc_, scale_,
                     "LogNormal::mode");
}

Var LogNormal::variance() const {
  return elementwise(
      [](auto loc, auto scale) {
        // (e^(s^2) - 1) e^(2 loc + s^2), whose factors may be out of range, as one exponential.
        const auto square_of_scale = square(scale);
        const auto share = where(scale < 1e-9, 2.0 * log(scale), log1mexp(-square_of_scale));
        return exp(2.0 * (loc + square_of_scale) + share);
      },
      loc_, scale_, "LogNormal::variance");
}

Var LogNormal::entropy() const { return loc_ + log(scale_) + (0.5 + kHalfLogTwoPi); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
