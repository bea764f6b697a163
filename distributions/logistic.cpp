#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/vanishing.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::vanishing;

// log(p / (1 - p)), the quantile for loc = 0, scale = 1. Around 1/2 the logarithms would cancel.
constexpr auto kStandardLogisticQuantile = [](auto p) {
  const auto middle = p > 0.25 && p < 0.75;
  return where(middle, log1p((2.0 * p - 1.0) / (1.0 - p)), log(p) - log1p(-p));
};

}  // namespace

Logistic::Logistic(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var Logistic::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale, auto log_scale) {
        const auto minus_size = -abs((x - loc) / scale);  // the density is symmetric
        return minus_size - 2.0 * vanishing(softplus(minus_size)) - log_scale;
      },
      x, loc_, scale_, log(scale_), "Logistic::log_prob");
}

Var Logistic::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = (x - loc) / scale;
        const auto tail = vanishing(sigmoid(where(z < 0.0, z, -z)));
        return where(z < 0.0, tail, 1.0 - tail);
      },
      x, loc_, scale_, "Logistic::cdf");
}

Var Logistic::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) { return -vanishing(softplus((loc - x) / scale)); }, x, loc_,
      scale_, "Logistic::log_cdf");
}

Var Logistic::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) { return -vanishing(softplus((x - loc) / scale)); }, x, loc_,
      scale_, "Logistic::log_survival");
}

Var Logistic::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto loc, auto scale) { return loc + scale * kStandardLogisticQuantile(p); }, p,
      loc_, scale_, "Logistic::icdf");
}

Array Logistic::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Logistic::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise(kStandardLogisticQuantile, u, "Logistic::noise").value();
}

Var Logistic::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return loc + scale * noise; }, loc_,
                     scale_, Var(noise), "Logistic::from_noise");
}

Var Logistic::mean() const { return loc_ + zeros(batch_shape()); }

Var Logistic::variance() const {
  constexpr double kThirdOfPiSquared = 3.28986813369645287294483033329;
  return kThirdOfPiSquared * square(scale_) + zeros(batch_shape());
}

Var Logistic::entropy() const { return log(scale_) + full(batch_shape(), 2); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
