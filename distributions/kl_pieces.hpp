#pragma once

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <limits>

// What several KL rules are made of, on lanes: differences of large terms are taken out by hand, so
// that a divergence near 0 keeps its absolute accuracy at any parameters.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

inline constexpr double kEulerGamma = 0.577215664901532860606512090082;
inline constexpr double kRootTwoOverPi = 0.797884560802865355879892119869;
inline constexpr double kHalfLogTwoPiE = 1.41893853320467274178032973641;
inline constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// x - 1 - log x for x > 0, exact near 1: KL between two Exponentials, x the ratio of rates.
template <class X>
X excess_over_log(const X& x) {
  return deviance(X(1.0), x);
}

/// The same of a quotient x / y that may overflow or vanish.
template <class X, class Y, class R = Promoted<X, Y>>
R excess_over_log(const X& x, const Y& y) {
  const R ratio = x / y;
  const auto between = ratio > 1e-30 && ratio < 1e30;
  return where(between, excess_over_log(where(between, ratio, R(1.0))),
               ratio - 1.0 - log_ratio(x, y));
}

inline constexpr double kNothingLeft = 800;  // of e^-x, in double

/// x up to this, beyond which what is made of x does not change: its slope, which may be infinite,
/// does not count there.
template <class X>
X no_more_than(double most, const X& x) {
  return where(x > most, X(most), x);
}

/// e^x; where that is 0 the slope is too, be the one of x infinite.
template <class X>
X vanishing_exp(const X& x) {
  return exp(-no_more_than(kNothingLeft, X(-x)));
}

/// rest + power of a mean of powers that may be infinite, beside which nothing counts, nor does a
/// slope: those of two infinite terms would be none.
template <class X, class Y>
auto beside_power(const X& rest, const Y& power) {
  return where(power == kUnlimited, kUnlimited, rest + power);
}

/// log(x y) for x, y > 0, be the product out of range; the derivatives are 1/x and 1/y.
template <class X, class Y, class R = Promoted<X, Y>>
R log_of_product(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    const L product = x * y;
    const auto held = product > 1e-30 && product < 1e30;
    return Partials<L>{where(held, log(where(held, product, L(1.0))), log(x) + log(y)), 1.0 / x,
                       1.0 / y};
  });
}

/// The root of x^2 + y^2, be the squares out of range.
template <class X, class Y, class R = Promoted<X, Y>>
R hypotenuse(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    const L a = abs(x), b = abs(y);
    const L longer = where(a > b, a, b), shorter = where(a > b, b, a);
    const auto held = longer > 0.0 && longer < kUnlimited;
    const L unit = where(held, longer, L(1.0));
    const L length = where(held, longer * sqrt(1.0 + square(shorter / unit)), longer);
    const L per = where(held, length, L(1.0));
    return Partials<L>{length, where(held, x / per, L(0.0)), where(held, y / per, L(0.0))};
  });
}

/// Against a Normal (or, of the logarithms, a LogNormal) of this scale, in units of which the mean
/// of q is so far from the loc and its deviation so large.
template <class H, class M, class D, class S>
auto normal_divergence(const H& entropy, const M& distance, const D& deviation, const S& scale) {
  return beside_power(parts::kHalfLogTwoPi + log(scale) - entropy,
                      0.5 * square(hypotenuse(distance, deviation)));
}

/// E (|Z| - t)^+ for a standard normal Z and t >= 0.
template <class X>
X mean_beyond(const X& t) {
  constexpr double kFar = 40;  // nothing is beyond
  return of_two<X>(no_more_than(kFar, t), 0.0, [](auto t, auto) {
    using L = decltype(t);
    const L outside = erfc(0.70710678118654752440 * t);
    return Partials<L>{kRootTwoOverPi * exp(-0.5 * square(t)) - t * outside, -outside, L(0.0)};
  });
}

/// KL between Gammas of shapes a and b and equal means, that is log Gamma(b) - log Gamma(a) -
/// (b - a) digamma(a) less b log(b/a) + a - b, for a, b > 0. With the Stirling error D of both it
/// is (b/a - 1 - log(b/a)) / 2 + D(b) - D(a) - (b - a) D'(a). Derivatives
/// -(b - a) (trigamma(a) - 1/a) and digamma(b) - digamma(a) - log(b/a).
template <class X, class Y, class R = Promoted<X, Y>>
R shape_divergence(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    const auto at_a = stirling_error(Dual<L>::variable(a));
    const L gap = b - a;
    const L value =
        0.5 * excess_over_log(b / a) + ((stirling_error(b) - at_a.value) - gap * at_a.slope);
    return Partials<L>{value, -gap * (trigamma(a) - 1.0 / a),
                       (digamma(b) - digamma(a)) - log_ratio(b, a)};
  });
}

/// digamma(a) - log a for a > 0, the mean of log X for a Gamma of mean 1.
template <class X>
X digamma_less_log(const X& a) {
  return of_two<X>(a, 0.0, [](auto a, auto) {
    using L = decltype(a);
    const L slope = stirling_error(Dual<L>::variable(a)).slope;
    return Partials<L>{slope - 0.5 / a, trigamma(a) - 1.0 / a, L(0.0)};
  });
}

/// The entropy a + lgamma(a) - a digamma(a) of log X for a Gamma of shape a, by what Stirling's
/// formula leaves, of which nothing large cancels; derivative 1 - a trigamma(a).
template <class X>
X entropy_of_log(const X& a) {
  return of_two<X>(a, 0.0, [](auto a, auto) {
    using L = decltype(a);
    const auto error = stirling_error(Dual<L>::variable(a));
    return Partials<L>{
        (parts::kHalfLogTwoPi + 0.5) - 0.5 * log(a) + (error.value - a * error.slope),
        1.0 - a * trigamma(a), L(0.0)};
  });
}

/// The deviance a log(a/m) + m - a of a mean m that may overflow or vanish on its way where its
/// logarithm does not.
template <class X, class M>
auto deviance_of(const X& a, const M& m, const M& log_m) {
  const auto held = m > 1e-30 && m < 1e30;
  return where(held, deviance(a, where(held, m, M(1.0))),
               beside_power(a * (log(a) - log_m) - a, vanishing_exp(log_m)));
}

/// log Gamma(a) less a log a - a: what is left beside a deviance.
template <class X>
X lgamma_beside_deviance(const X& a) {
  return stirling_error(a) + parts::kHalfLogTwoPi - 0.5 * log(a);
}

/// KL between two Gumbels (and, of the logarithms, two Weibulls): with `ratio` the first scale over
/// the second and `shift` the first loc less the second, over the second scale,
/// gamma (ratio - 1) - log ratio + shift + Gamma(1 + ratio) e^-shift - 1.
template <class X, class Y, class Z, class R = Promoted<Promoted<X, Y>, Z>>
R gumbel_divergence(const X& ratio, const Y& log_ratio, const Z& shift) {
  const R log_power = lgamma(1.0 + ratio) - shift;
  return beside_power(kEulerGamma * (ratio - 1.0) - log_ratio + shift,
                      expm1(-no_more_than(kNothingLeft, R(-log_power))));
}

/// log E X - E log X for X uniform over a width above low >= 0. With v the width over twice the
/// mean it is 1 - artanh(v)/v - log(1 - v^2)/2 = v^2/6 + v^4/20 + ..., exact for small v too. Its
/// slope in `low` is infinite at low = 0, where the infinite part is left out.
template <class X, class Y, class R = Promoted<X, Y>>
R mean_log_gap(const X& low, const Y& width) {
  return of_two<R>(low, width, [](auto low, auto width) {
    using L = decltype(low);
    // 0.25^kTerms is below rounding.
    constexpr int kTerms = sizeof(typename L::Scalar) == 4 ? 13 : 27;
    const L mean = low + 0.5 * width;
    const L v = 0.5 * (width / mean);
    const auto narrow = v < 0.5;
    const L square_of_v = v * v;
    L series = 1.0 / (2 * kTerms + 1);
    for (int k = kTerms - 1; k > 0; --k) series = series * square_of_v + 1.0 / (2 * k + 1);
    // artanh(v)/v - 1.
    const L high = low + width;
    const L log_ratio_of_ends = where(low == 0.0, L(0.0), log_ratio(high, low));
    const L wide_rest = where(low == 0.0, L(0.0), 0.5 * log_ratio_of_ends / v - 1.0);
    const L rest = where(narrow, square_of_v * series, wide_rest);
    const L wide = 1.0 - (high / width) * log(high / mean) + xlogy(L(low / width), L(low / mean));
    return Partials<L>{where(narrow, -0.5 * log1p(-square_of_v) - rest, wide),
                       -2.0 * v * rest / width, rest * (low / mean) / width};
  });
}

/// One outcome's part q log(q/p) + p - q of a sum over outcomes, from probabilities and their
/// logarithms: never negative and exact near q = p; also where p is too small for a number and its
/// logarithm is not. 0 log 0 = 0.
template <class L>
L outcome_part(L q, L log_q, L p, L log_p) {
  constexpr double kTiny = 1e-30;
  const L of_logs = where(q == 0.0, p, q * (log_q - log_p) + (p - q));
  return where(p > kTiny, deviance(q, p), of_logs);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
