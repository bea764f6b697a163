#pragma once

#include <evident/autodiff/elementwise.hpp>
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

/// KL between two Gumbels (and, of the logarithms, two Weibulls): with `ratio` the first scale over
/// the second and `shift` the first loc less the second, over the second scale,
/// gamma (ratio - 1) - log ratio + shift + Gamma(1 + ratio) e^-shift - 1.
template <class X, class Y, class R = Promoted<X, Y>>
R gumbel_divergence(const X& x, const Y& y) {
  const R ratio = x, shift = y;
  return kEulerGamma * (ratio - 1.0) - log(ratio) + shift + expm1(lgamma(1.0 + ratio) - shift);
}

/// E log X for X uniform in [low, high], low >= 0: (high log high - low log low)/(high - low) - 1,
/// about log high by what lies below it, so that nothing cancels.
template <class X, class Y, class R = Promoted<X, Y>>
R mean_log(const X& low, const Y& high) {
  // With u = (high - low)/high the rest is log(1 - u) (1 - u)/u, whose limits are -1 and 0.
  const R u = (high - low) / high;
  const auto whole = low == 0.0;
  const R inner = where(whole, R(0.5), u);
  const R rest = where(whole, R(0.0), -log1p(-inner) * (1.0 - inner) / inner);
  return log(high) + rest - 1.0;
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
