#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kLn2;
using parts::kNan;

// Everything is made of log(sinh(l/2) / (l/2)), the cumulants of x - 1/2 under the uniform
// distribution: its derivatives are the mean and the variance. In |l| <= 2 it is the series of
// B_2n l^2n / (2n (2n)!), with Bernoulli's numbers over factorials here; beyond, what is left of
// the exponentials is used, for the negative one of l and -l and the distance from the mode.
constexpr double kSeriesTo = 2;
constexpr int kTerms = 18;
constexpr double kCoefficients[kTerms] = {
    0.0833333333333333333,    -0.00138888888888888889,  0.0000330687830687830688,
    -8.2671957671957672e-7,   2.0876756987868099e-8,    -5.28419013868749318e-10,
    1.33825365306846788e-11,  -3.38968029632258287e-13, 8.58606205627784456e-15,
    -2.17486869855806187e-16, 5.50900282836022952e-18,  -1.39544646858125233e-19,
    3.53470703962946747e-21,  -8.95351742703754685e-23, 2.26795245233768306e-24,
    -5.74479066887220245e-26, 1.4551724756148649e-27,   -3.68599494066531018e-29};

// The sum of c_n f(2n) z^(n - 1).
template <class Z, class F>
Z series(Z z, F factor) {
  Z sum(kCoefficients[kTerms - 1] * factor(2.0 * kTerms));
  for (int n = kTerms - 1; n > 0; --n) sum = sum * z + kCoefficients[n - 1] * factor(2.0 * n);
  return sum;
}

// log(sinh(l/2) / (l/2)) for |l| <= 2.
template <class L>
L log_sinhc(L l) {
  const L z = l * l;
  return z * series(z, [](double m) { return 1 / m; });
}

template <class L>
auto is_small(L l) {
  return abs(l) <= kSeriesTo;
}

// l, or another number of the same side where the other way is taken.
template <class L>
L small_or(L l) {
  return where(is_small(l), l, L(0.0));
}
template <class L>
L large_or(L l) {
  return where(is_small(l), L(2 * kSeriesTo), abs(l));
}

// e / (1 - e) for e = e^-m.
template <class M>
M odds_of_exp(M m) {
  return exp(-m) / -expm1(-m);
}

// log P(X <= x) for x in (0, 1), with its relative accuracy in the lower tail.
template <class R, class X, class L>
R log_lower(X x, L l) {
  const L s = small_or(l), m = large_or(l);
  const R inner = log(x) - 0.5 * s * (1.0 - x) + (log_sinhc(R(s * x)) - log_sinhc(s));
  const R outer = log1mexp(R(-m * x)) - log1mexp(L(-m));
  return where(is_small(l), inner, where(l > 0.0, outer - m * (1.0 - x), outer));
}

// log P(X <= x) and log P(X > x) for x in (0, 1), each from the smaller one.
template <class R, class X, class L>
R log_mass_below(X x, L l) {
  const R below = log_lower<R>(x, l);
  const R above = log_lower<R>(X(1.0 - x), L(-l));
  return where(below < -kLn2, below, log1mexp(where(above < 0.0, above, R(-1.0))));
}
template <class R, class X, class L>
R log_mass_above(X x, L l) {
  const R below = log_lower<R>(x, l);
  const R above = log_lower<R>(X(1.0 - x), L(-l));
  return where(below < -kLn2, log1mexp(below), above);
}

template <class X>
X inner_or_half(X x) {
  return where(x > 0.0 && x < 1.0, x, X(0.5));
}

// The quantile of p in (0, 1), with its derivatives: 1 / density in p, and in l
// (P(X <= x) under -l - x) / l.
template <class P, class M, class R = Promoted<P, M>>
R quantile(const P& p, const M& logit) {
  return of_two<R>(p, logit, [](auto p, auto l) {
    using L = decltype(l);
    const auto small = is_small(l);
    const L s = small_or(l), m = large_or(l), q = 1.0 - p;
    const L divisor = where(s == 0.0, L(1.0), s);
    const L inner = where(s == 0.0, p, log1p(p * expm1(s)) / divisor);
    // Below, from the end with the mode; above, e^(m x) = q + p e^m by its larger term.
    const L rest = -expm1(-m);
    const L falling = -where(p < 0.5, log1p(-(p * rest)), log(q + p * exp(-m))) / m;
    const L top = log(p) + m;
    const L rising = where(top < 0.0, log1p(exp(top) * rest), top + log1p(q * exp(-top))) / m;
    const L outer = where(l > 0.0, rising, falling);
    const L x = minimum(where(small, inner, outer), 1.0);

    const L y = 1.0 - x;
    const L log_density =
        where(small, s * (x - 0.5) - log_sinhc(s), log(m) - log(rest) - m * where(l > 0.0, y, x));
    // Under -l, P(X <= x) = x e^h.
    const L h = 0.5 * s * y + (log_sinhc(L(s * x)) - log_sinhc(s));
    const L inner_slope = where(s == 0.0, 0.5 * x * y, x * expm1(h) / divisor);
    const L mirrored = where(l > 0.0, expm1(-m * x) / -rest, exp(-m * y) * (expm1(-m * x) / -rest));
    const L outer_slope = (mirrored - x) / where(small, L(1.0), l);
    return Partials<L>{x, exp(-log_density), where(small, inner_slope, outer_slope)};
  });
}

}  // namespace

ContinuousBernoulli::ContinuousBernoulli(Var parameter, bool from_logits)
    : parameter_(std::move(parameter)), from_logits_(from_logits) {
  check_parameters();
}

ContinuousBernoulli::ContinuousBernoulli(Var probs)
    : ContinuousBernoulli(std::move(probs), false) {}

ContinuousBernoulli ContinuousBernoulli::from_logits(Var logits) {
  return ContinuousBernoulli(std::move(logits), true);
}

std::vector<Parameter> ContinuousBernoulli::parameters() const {
  if (from_logits_) return {{"logits", parameter_, constraints::real()}};
  return {{"probs", parameter_, constraints::interval({0, true}, {1, true})}};
}

Var ContinuousBernoulli::probs() const { return from_logits_ ? sigmoid(parameter_) : parameter_; }

Var ContinuousBernoulli::logits() const {
  if (from_logits_) return parameter_;
  return elementwise(
      [](auto p) {
        // Around 1/2 its distance from there is exact.
        const auto close = abs(p - 0.5) < 0.25;
        const auto inner = where(close, p, 0.5);
        return where(close, log1p((2.0 * inner - 1.0) / (1.0 - inner)), log(p) - log1p(-p));
      },
      parameter_, "ContinuousBernoulli::logits");
}

Var ContinuousBernoulli::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto l) {
        const auto s = small_or(l), m = large_or(l);
        const auto inner = s * (x - 0.5) - log_sinhc(s);
        const auto outer = log(m) - log1mexp(-m) - m * where(l > 0.0, 1.0 - x, x);
        return where(x >= 0.0 && x <= 1.0, where(is_small(l), inner, outer),
                     where(x == x, -kInfinity, x));
      },
      x, logits(), "ContinuousBernoulli::log_prob");
}

Var ContinuousBernoulli::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto l) {
        const auto inside =
            exp(log_mass_below<Promoted<decltype(x), decltype(l)>>(inner_or_half(x), l));
        return where(x > 0.0, where(x < 1.0, inside, 1.0), where(x == x, 0.0, x));
      },
      x, logits(), "ContinuousBernoulli::cdf");
}

Var ContinuousBernoulli::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto l) {
        const auto inside = log_mass_below<Promoted<decltype(x), decltype(l)>>(inner_or_half(x), l);
        return where(x > 0.0, where(x < 1.0, inside, 0.0), where(x == x, -kInfinity, x));
      },
      x, logits(), "ContinuousBernoulli::log_cdf");
}

Var ContinuousBernoulli::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto l) {
        const auto inside = log_mass_above<Promoted<decltype(x), decltype(l)>>(inner_or_half(x), l);
        return where(x > 0.0, where(x < 1.0, inside, -kInfinity), where(x == x, 0.0, x));
      },
      x, logits(), "ContinuousBernoulli::log_survival");
}

Var ContinuousBernoulli::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto l) {
        const auto inside = quantile(inner_or_half(p), l);
        return where(p > 0.0, where(p < 1.0, inside, where(p == 1.0, 1.0, kNan)),
                     where(p == 0.0, 0.0, kNan));
      },
      p, logits(), "ContinuousBernoulli::icdf");
}

Array ContinuousBernoulli::noise(Rng& rng, const Shape& sample_shape) const {
  return uniform(joined(sample_shape, batch_shape()), rng);
}

Var ContinuousBernoulli::from_noise(const Array& noise) const { return icdf_at(noise); }

Array ContinuousBernoulli::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Var ContinuousBernoulli::mean() const {
  return elementwise(
      [](auto l) {
        const auto s = small_or(l), m = large_or(l);
        const auto inner = 0.5 + s * series(s * s, [](double) { return 1; });
        const auto outer = 1.0 / m - odds_of_exp(m);  // the distance from the mode
        return where(is_small(l), inner, where(l > 0.0, 1.0 - outer, outer));
      },
      logits(), "ContinuousBernoulli::mean");
}

Var ContinuousBernoulli::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var ContinuousBernoulli::mode() const {
  return elementwise([](auto l) { return where(l > 0.0, 1.0, where(l <= 0.0, 0.0, l)); },
                     Var(logits().value()), "ContinuousBernoulli::mode");
}

Array ContinuousBernoulli::all_modes() const {
  const NoTape pause;
  if (logits().item() == 0) refuse("modes", "every point of [0, 1] is one: use support()");
  return vector({mode().item()});
}

Var ContinuousBernoulli::variance() const {
  return elementwise(
      [](auto l) {
        const auto s = small_or(l), m = large_or(l);
        const auto inner = series(s * s, [](double m) { return m - 1; });
        const auto e = odds_of_exp(m);
        return where(is_small(l), inner, 1.0 / m / m - e * (1.0 + e));
      },
      logits(), "ContinuousBernoulli::variance");
}

Var ContinuousBernoulli::entropy() const {
  return elementwise(
      [](auto l) {
        const auto s = small_or(l), m = large_or(l);
        const auto inner = s * s * series(s * s, [](double m) { return 1 / m - 1; });
        const auto outer = 1.0 - m * odds_of_exp(m) - log(m) + log1mexp(-m);
        return where(is_small(l), inner, outer);
      },
      logits(), "ContinuousBernoulli::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
