#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/vanishing.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::vanishing;

using parts::kLn2;

// The quantile for loc = 0, scale = 1. Doubling is exact, and so is 1 - p in the upper half.
constexpr auto kStandardLaplaceQuantile = [](auto p) {
  return where(p < 0.5, log(2.0 * p), -log(2.0 * (1.0 - p)));
};

}  // namespace

Laplace::Laplace(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var Laplace::log_prob_at(const Var& x) const {
  return elementwise([](auto x, auto loc, auto scale,
                        auto log_scale) { return -abs((x - loc) / scale) - log_scale - kLn2; },
                     x, loc_, scale_, log(scale_), "Laplace::log_prob");
}

Var Laplace::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        // The distribution function has a derivative at loc, the distance from it does not.
        const auto z = (x - loc) / scale;
        const auto tail = 0.5 * vanishing(exp(where(z < 0.0, z, -z)));
        return where(z < 0.0, tail, 1.0 - tail);
      },
      x, loc_, scale_, "Laplace::cdf");
}

Var Laplace::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = (x - loc) / scale;
        return where(z < 0.0, z - kLn2, log1p(-0.5 * vanishing(exp(-z))));
      },
      x, loc_, scale_, "Laplace::log_cdf");
}

Var Laplace::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto z = (x - loc) / scale;
        return where(z > 0.0, -z - kLn2, log1p(-0.5 * vanishing(exp(z))));
      },
      x, loc_, scale_, "Laplace::log_survival");
}

Var Laplace::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto loc, auto scale) { return loc + scale * kStandardLaplaceQuantile(p); }, p,
      loc_, scale_, "Laplace::icdf");
}

Array Laplace::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Laplace::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise(kStandardLaplaceQuantile, u, "Laplace::noise").value();
}

Var Laplace::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return loc + scale * noise; }, loc_,
                     scale_, Var(noise), "Laplace::from_noise");
}

Var Laplace::mean() const { return loc_ + zeros(batch_shape()); }

Var Laplace::variance() const { return 2.0 * square(scale_) + zeros(batch_shape()); }

Var Laplace::entropy() const { return log(scale_) + full(batch_shape(), 1 + kLn2); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
