#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/exponential.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kLn2;
using parts::kNan;
constexpr double kSure = 1000;  // exp(-kSure) is 0

}  // namespace

Exponential::Exponential(Var rate) : rate_(std::move(rate)) { check_parameters(); }

Var Exponential::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate, auto log_rate) {
        return where(x >= 0.0, log_rate - rate * x, where(x == x, -kInfinity, x));
      },
      x, rate_, log(rate_), "Exponential::log_prob");
}

Var Exponential::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate) {
        const auto t = rate * x;
        return where(t > kSure, 1.0, where(x < 0.0, 0.0, 0.0 - expm1(-t)));
      },
      x, rate_, "Exponential::cdf");
}

Var Exponential::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate, auto log_rate) {
        const auto t = rate * x;
        constexpr double kTiny = 1e-20;  // below it log(1 - e^-t) is log t, and t may be no number
        const auto value = where(t < kTiny, log_rate + log(x), log1mexp(-t));
        return where(t > kSure, 0.0, where(x < 0.0, -kInfinity, value));
      },
      x, rate_, log(rate_), "Exponential::log_cdf");
}

Var Exponential::log_survival_at(const Var& x) const {
  return elementwise([](auto x, auto rate) { return where(x < 0.0, 0.0, -(rate * x)); }, x, rate_,
                     "Exponential::log_survival");
}

Var Exponential::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto rate) { return where(p >= 0.0 && p <= 1.0, (0.0 - log1p(-p)) / rate, kNan); },
      p, rate_, "Exponential::icdf");
}

Array Exponential::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Exponential::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return (log(Var(noise(rng, sample_shape))) - log(rate_)).value();
}

Array Exponential::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise([](auto u) { return -log1p(-u); }, u, "Exponential::noise").value();
}

Var Exponential::from_noise(const Array& noise) const {
  return elementwise([](auto rate, auto noise) { return noise / rate; }, rate_, Var(noise),
                     "Exponential::from_noise");
}

Var Exponential::mean() const { return reciprocal(rate_); }

Var Exponential::median() const { return kLn2 / rate_; }

Var Exponential::variance() const { return square(reciprocal(rate_)); }

Var Exponential::entropy() const { return 1.0 - log(rate_); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
