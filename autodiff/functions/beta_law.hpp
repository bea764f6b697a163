#pragma once

#include <cmath>
#include <evident/autodiff/functions/incomplete.hpp>
#include <evident/autodiff/functions/saddle_point.hpp>
#include <limits>

// What Beta is made of, as functions of lanes.

namespace evident {

/// The log density (a - 1) log x + (b - 1) log(1 - x) - log B(a, b) at x in [0, 1], for a, b >= 2
/// by the saddle point of the binomial law (Loader 2000); at an end its limit from inside.
template <class X, class S, class U, class R = parts::PromotedOf<X, S, U>>
R log_beta_density(const X& place, const S& first, const U& second) {
  using L = typename parts::LanesOf<R>::type;
  const L x = parts::value_of<L>(place), a = parts::value_of<L>(first),
          b = parts::value_of<L>(second);
  const L y = 1.0 - x;
  const auto large = a >= 2.0 && b >= 2.0;
  L value = 0.0;
  if (!xsimd::all(large.bits)) value = xlogy(a - 1.0, x) + xlog1py(b - 1.0, -x) - lbeta(a, b);
  if (xsimd::any(large.bits)) {
    const L k = where(large, a - 1.0, L(1.0)), n = where(large, (a - 1.0) + (b - 1.0), L(2.0));
    value = where(large, log(n + 1.0) + log_binomial(k, n, x, y), value);
  }
  if constexpr (parts::kIsDual<R>) {
    L slope = 0.0;
    parts::add_slope(
        slope, where(a == 1.0, L(0.0), (a - 1.0) / x) - where(b == 1.0, L(0.0), (b - 1.0) / y),
        place);
    parts::add_slope(slope, log(x) - parts::digamma_fall(a, b), first);
    parts::add_slope(slope, log1p(-x) - parts::digamma_fall(b, a), second);
    return {value, slope};
  } else {
    return value;
  }
}

/// The entropy of Beta(a, b), lbeta(a, b) - (a - 1)(psi(a) - psi(a + b)) - (b - 1)(psi(b) -
/// psi(a + b)), of which nothing large cancels.
template <class S, class U, class R = Promoted<S, U>>
R beta_entropy(const S& first, const U& second) {
  return of_two<R>(first, second, [](auto a, auto b) {
    using L = decltype(a);
    const auto large = a >= parts::kStirlingFrom && b >= parts::kStirlingFrom;
    const auto clipped = [&](L x) { return where(large, x, L(parts::kStirlingFrom)); };
    const L p = clipped(a), q = clipped(b), s = p + q;
    // log Gamma by Stirling's formula, and digamma by its series: the logarithms go together.
    const auto excess = [](L x) { return parts::stirling_tail(1.0 / (x * x)) / x; };
    const auto fall = [&](L x) {
      return (x - 1.0) * (0.5 / x - 0.5 / s + parts::digamma_tail(1.0 / (x * x)) -
                          parts::digamma_tail(1.0 / (s * s)));
    };
    const L high = parts::kHalfLogTwoPi + 0.5 * (log(p / s) + log(q / s) - log(s)) + excess(p) +
                   excess(q) - excess(s) + fall(p) + fall(q);
    const L low =
        lbeta(a, b) - (a - 1.0) * parts::digamma_fall(a, b) - (b - 1.0) * parts::digamma_fall(b, a);
    const L of_both = ((a - 1.0) + (b - 1.0)) * parts::trigamma_of_positive(a + b);
    return Partials<L>{where(large, high, low),
                       of_both - (a - 1.0) * parts::trigamma_of_positive(a),
                       of_both - (b - 1.0) * parts::trigamma_of_positive(b)};
  });
}

/// The draw whose logit is u: its derivatives in the shapes are those with its probability held
/// fixed (Figurnov, Mohamed and Mnih 2018).
template <class S, class U, class N, class R = parts::PromotedOf<S, U, N>>
R beta_draw(const S& first, const U& second, const N& logit) {
  const auto place = [](double u) {
    const double e = std::exp(-std::abs(u));
    return (u < 0 ? e : 1) / (1 + e);
  };
  return parts::lane_by_lane<R>(
      [place](double, double, double u) { return place(u); },
      [place](double a, double b, double u) -> std::array<double, 4> {
        const double x = place(u), y = place(-u), rest = std::log1p(std::exp(-std::abs(u)));
        const double log_x = (u < 0 ? u : 0) - rest, log_y = (u < 0 ? 0 : -u) - rest;
        const auto slopes = special::beta_draw_gradient(a, b, log_x, log_y);
        const double weight = x * y;
        return {x, weight == 0 ? 0 : weight * slopes.da, weight == 0 ? 0 : weight * slopes.db, 0};
      },
      first, second, logit);
}

}  // namespace evident
