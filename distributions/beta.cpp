#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/beta_law.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/samplers/gamma.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

// `f` within the unit interval, `below` and `above` outside.
template <class X, class F>
auto within_unit(const X& x, double below, double above, F f) {
  const auto inside = x >= 0.0 && x <= 1.0;
  const auto value = f(where(inside, x, 0.5));
  return where(inside, value, where(x < 0.0, below, where(x > 1.0, above, x)));
}

}  // namespace

Beta::Beta(Var concentration1, Var concentration0)
    : a_(std::move(concentration1)), b_(std::move(concentration0)) {
  check_parameters();
}

Var Beta::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        return within_unit(x, -kInfinity, -kInfinity,
                           [&](auto x) { return log_beta_density(x, a, b); });
      },
      x, a_, b_, "Beta::log_prob");
}

Var Beta::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        return within_unit(x, 0, 1, [&](auto x) { return betainc(a, b, x); });
      },
      x, a_, b_, "Beta::cdf");
}

Var Beta::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        return within_unit(x, -kInfinity, 0, [&](auto x) { return log_betainc(a, b, x); });
      },
      x, a_, b_, "Beta::log_cdf");
}

Var Beta::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        return within_unit(x, 0, -kInfinity, [&](auto x) { return log_betainc(b, a, 1.0 - x, x); });
      },
      x, a_, b_, "Beta::log_survival");
}

Var Beta::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto a, auto b) { return betaincinv(a, b, p); }, p, a_, b_,
                     "Beta::icdf");
}

Array Beta::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const auto [first, second] =
      log_standard_gamma_pair(a_.value(), b_.value(), joined(sample_shape, batch_shape()), rng);
  return (Var(first) - Var(second)).value();
}

Var Beta::from_noise(const Array& noise) const {
  return elementwise([](auto a, auto b, auto logit) { return beta_draw(a, b, logit); }, a_, b_,
                     Var(noise), "Beta::from_noise");
}

Array Beta::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Beta::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return log_sigmoid(Var(noise(rng, sample_shape))).value();
}

Var Beta::mean() const {
  return elementwise([](auto a, auto b) { return a / (a + b); }, a_, b_, "Beta::mean");
}

Var Beta::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var Beta::mode() const {
  return elementwise(
      [](auto a, auto b) {
        const auto inner = a > 1.0 && b > 1.0;
        const auto peak = (a - 1.0) / where(inner, (a - 1.0) + (b - 1.0), 1.0);
        const auto at_one = (a > 1.0 && b <= 1.0) || (a == 1.0 && b < 1.0);
        return where(inner, peak, where(at_one, 1.0, 0.0));
      },
      a_, b_, "Beta::mode");
}

Array Beta::all_modes() const {
  const double a = a_.item(), b = b_.item();
  if (a == 1 && b == 1) refuse("list of modes", "every point of [0, 1] is one: use support()");
  return a < 1 && b < 1 ? vector({0, 1}) : vector({mode().item()});
}

Var Beta::variance() const {
  return elementwise([](auto a, auto b) { return (a / (a + b)) * (b / (a + b)) / (a + b + 1.0); },
                     a_, b_, "Beta::variance");
}

Var Beta::entropy() const {
  return elementwise([](auto a, auto b) { return beta_entropy(a, b); }, a_, b_, "Beta::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
