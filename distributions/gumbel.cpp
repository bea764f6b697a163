#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/vanishing.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::vanishing;

using parts::kInfinity;
constexpr double kEulerGamma = 0.577215664901532860606512090082;

// The quantile for loc = 0, scale = 1.
constexpr auto kStandardGumbelQuantile = [](auto p) {
  return where(p == 0.0, -kInfinity, -log(-log(p)));  // an infinite slope over an infinite value
};

}  // namespace

Gumbel::Gumbel(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var Gumbel::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale, auto log_scale) {
        const auto z = (x - loc) / scale;
        const auto rate = vanishing(exp(-z));
        // Far below, z is less than the rounding of the rate, and of the other sign.
        return where(z < -50.0, -rate, -z - rate) - log_scale;
      },
      x, loc_, scale_, log(scale_), "Gumbel::log_prob");
}

Var Gumbel::cdf_at(const Var& x) const {
  return elementwise([](auto x, auto loc,
                        auto scale) { return vanishing(exp(-vanishing(exp((loc - x) / scale)))); },
                     x, loc_, scale_, "Gumbel::cdf");
}

Var Gumbel::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) { return -vanishing(exp((loc - x) / scale)); }, x, loc_,
      scale_, "Gumbel::log_cdf");
}

Var Gumbel::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = (x - loc) / scale;
        // log(1 - e^-rate) is log rate - rate / 2 for small rates.
        return where(z > 40.0, -z, vanishing(log1mexp(-exp(-z))));
      },
      x, loc_, scale_, "Gumbel::log_survival");
}

Var Gumbel::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto loc, auto scale) { return loc + scale * kStandardGumbelQuantile(p); }, p,
      loc_, scale_, "Gumbel::icdf");
}

Array Gumbel::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Gumbel::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise(kStandardGumbelQuantile, u, "Gumbel::noise").value();
}

Var Gumbel::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return loc + scale * noise; }, loc_,
                     scale_, Var(noise), "Gumbel::from_noise");
}

Var Gumbel::mean() const { return loc_ + kEulerGamma * scale_; }

Var Gumbel::median() const {
  constexpr double kMinusLogLn2 = 0.366512920581664327012439158233;
  return loc_ + kMinusLogLn2 * scale_;
}

Var Gumbel::mode() const { return loc_ + zeros(batch_shape()); }

Var Gumbel::variance() const {
  constexpr double kSixthOfPiSquared = 1.64493406684822643647241516665;
  return kSixthOfPiSquared * square(scale_) + zeros(batch_shape());
}

Var Gumbel::entropy() const { return log(scale_) + full(batch_shape(), 1 + kEulerGamma); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
