#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/kumaraswamy.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kNan;
constexpr double kEuler = 0.57721566490153286061;

// a log x, the logarithm of x^a; a half stands in for x outside (0, 1).
template <class X, class A>
auto log_power(X x, A a) {
  return a * log(where(x > 0.0 && x < 1.0, x, 0.5));
}

// log(-log(1 - e^t)) for t < 0, which is t + e^t/2 far below 0.
template <class X>
auto log_hazard(X t) {
  const auto far = t < -20.0;
  return where(far, t + 0.5 * exp(t), log(-log1mexp(where(far, -20.0, t))));
}

// The logarithm of the quantile of p in (0, 1).
template <class P, class A, class B>
auto log_quantile(P p, A a, B b) {
  return log1mexpexp(log(-log1p(-p)) - log(b)) / a;
}

// log E X^n, from t = n/a.
template <class X, class B>
auto log_moment(X t, B b) {
  return log(b) + lbeta(1.0 + t, b);
}

}  // namespace

Kumaraswamy::Kumaraswamy(Var concentration1, Var concentration0)
    : a_(std::move(concentration1)), b_(std::move(concentration0)) {
  check_parameters();
}

Var Kumaraswamy::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        const auto log_x = log(where(x > 0.0 && x < 1.0, x, 0.5));
        const auto log_ab = log(a) + log(b);
        const auto inside = log_ab + (a - 1.0) * log_x + (b - 1.0) * log1mexp(a * log_x);
        // The limits at the ends, by the exponent there.
        const auto at_end = [&](auto power) {
          return where(power < 1.0, kInfinity, where(power == 1.0, log_ab, -kInfinity));
        };
        return where(
            x > 0.0 && x < 1.0, inside,
            where(x == 0.0, at_end(a), where(x == 1.0, at_end(b), where(x == x, -kInfinity, x))));
      },
      x, a_, b_, "Kumaraswamy::log_prob");
}

Var Kumaraswamy::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        const auto inside = -expm1(b * log1mexp(log_power(x, a)));
        return where(x > 0.0, where(x < 1.0, inside, 1.0), where(x == x, 0.0, x));
      },
      x, a_, b_, "Kumaraswamy::cdf");
}

Var Kumaraswamy::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        const auto inside = log1mexpexp(log(b) + log_hazard(log_power(x, a)));
        return where(x > 0.0, where(x < 1.0, inside, 0.0), where(x == x, -kInfinity, x));
      },
      x, a_, b_, "Kumaraswamy::log_cdf");
}

Var Kumaraswamy::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto a, auto b) {
        const auto inside = b * log1mexp(log_power(x, a));
        return where(x > 0.0, where(x < 1.0, inside, -kInfinity), where(x == x, 0.0, x));
      },
      x, a_, b_, "Kumaraswamy::log_survival");
}

Var Kumaraswamy::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto a, auto b) {
        const auto inside = exp(log_quantile(where(p > 0.0 && p < 1.0, p, 0.5), a, b));
        return where(p > 0.0, where(p < 1.0, inside, where(p == 1.0, 1.0, kNan)),
                     where(p == 0.0, 0.0, kNan));
      },
      p, a_, b_, "Kumaraswamy::icdf");
}

Array Kumaraswamy::noise(Rng& rng, const Shape& sample_shape) const {
  return uniform(joined(sample_shape, batch_shape()), rng);
}

Var Kumaraswamy::from_noise(const Array& noise) const { return icdf_at(noise); }

Array Kumaraswamy::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Kumaraswamy::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return elementwise([](auto u, auto a, auto b) { return log_quantile(u, a, b); },
                     Var(noise(rng, sample_shape)), a_, b_, "Kumaraswamy::sample_log")
      .value();
}

Var Kumaraswamy::mean() const {
  return elementwise([](auto a, auto b) { return exp(log_moment(1.0 / a, b)); }, a_, b_,
                     "Kumaraswamy::mean");
}

Var Kumaraswamy::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var Kumaraswamy::mode() const {
  return elementwise(
      [](auto a, auto b) {
        const auto within = a > 1.0 && b > 1.0;
        const auto inner_a = where(within, a, 2.0), inner_b = where(within, b, 2.0);
        const auto inner = exp((log(inner_a - 1.0) - log(inner_a * inner_b - 1.0)) / inner_a);
        const auto at_zero = a < 1.0 || (a == 1.0 && b >= 1.0);
        return where(within, inner, where(at_zero, 0.0, 1.0));
      },
      a_, b_, "Kumaraswamy::mode");
}

Array Kumaraswamy::all_modes() const {
  const double a = static_cast<double>(a_.item()), b = static_cast<double>(b_.item());
  if (a == 1 && b == 1) refuse("modes", "every point of [0, 1] is one: use support()");
  if (a < 1 && b < 1) return vector({0, 1});
  const NoTape pause;
  return vector({mode().item()});
}

Var Kumaraswamy::variance() const {
  return elementwise(
      [](auto a, auto b) {
        // (E X)^2 is e^-c of E X^2: what is left of one, without a difference of numbers that
        // agree.
        const auto t = 1.0 / a;
        const auto c = beta_curvature(b, t);
        const auto positive = c > 0.0;  // it is but for rounding
        const auto left = log1mexp(-where(positive, c, 1.0));
        return where(positive, exp(log_moment(2.0 * t, b) + left), 0.0);
      },
      a_, b_, "Kumaraswamy::variance");
}

Var Kumaraswamy::entropy() const {
  return elementwise(
      [](auto a, auto b) {
        const auto harmonic = digamma(b + 1.0) + kEuler;
        return (1.0 - 1.0 / b) + (1.0 - 1.0 / a) * harmonic - log(a) - log(b);
      },
      a_, b_, "Kumaraswamy::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
