#pragma once

#include <evident/autodiff/functions/beta.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/gamma.hpp>
#include <evident/autodiff/functions/logarithmic.hpp>

// Log densities by the saddle point (Loader 2000, "Fast and accurate computation of binomial
// probabilities"): what is large and cancels in log Gamma is gone before anything is computed.

namespace evident {

namespace parts {

// log(x/m) and x log(x/m) + m - x for x, m > 0, with the relative accuracy of both near x = m.
template <class L>
struct LogRatio {
  L log_ratio, deviance;
};

template <class T, class A>
LogRatio<Lanes<T, A>> log_ratio_of(Lanes<T, A> x, Lanes<T, A> m) {
  using L = Lanes<T, A>;
  using Limits = std::numeric_limits<T>;
  constexpr int kTerms = std::is_same_v<T, float> ? 6 : 13;  // 0.25^(2 kTerms) is below rounding
  const L half = 0.5 * x - 0.5 * m;
  const L v = half / (0.5 * x + 0.5 * m);
  const auto near = abs(v) < 0.25;
  L ratio = x / m;
  L log_ratio = 0.0, far = 0.0;
  if (!xsimd::all(near.bits)) {
    log_ratio = log(ratio);
    const auto out = !(ratio >= static_cast<double>(Limits::min()) &&
                       ratio <= static_cast<double>(Limits::max()));
    if (xsimd::any(out.bits)) log_ratio = where(out, log(x) - log(m), log_ratio);
    far = x * log_ratio + (m - x);
  }
  // log(x/m) = 2 artanh v.
  const L z = v * v;
  L sum = 1.0 / (2 * kTerms + 1);
  for (int k = kTerms - 1; k > 0; --k) sum = sum * z + 1.0 / (2 * k + 1);
  const L rest = 2.0 * v * z * sum;
  return {where(near, 2.0 * v + rest, log_ratio), where(near, (x - m) * v + x * rest, far)};
}

// What Stirling's formula leaves of log Gamma(x + 1), for x >= 1.
template <class T, class A>
Lanes<T, A> stirling_error_above_one(Lanes<T, A> x) {
  using Tables = GammaTables<T>;
  const Lanes<T, A> s = 1.0 / x;
  return s * (two_chains(Tables::kStirlingAbove, s) / two_chains(Tables::kStirlingBelow, s));
}

// log(k! e^k / k^k) for whole k >= 0: what the saddle point takes from each count.
template <class L>
L count_excess(L k) {
  const L one = where(k > 1.0, k, L(1.0));
  const L y = stirling_error_above_one(one) + (0.5 * log(one) + kHalfLogTwoPi);
  return where(k > 0.0, y, L(0.0));
}

}  // namespace parts

/// log Gamma(x + 1) - (x + 1/2) log x + x - log(2 pi)/2 for x >= 0, relatively accurate for x >= 1
/// and in absolute terms below; +inf at 0, as its limit is. Derivative digamma(x) - log x + 1/(2x).
template <class T, class A>
Lanes<T, A> stirling_error(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  const auto small = x < 1.0;
  const L y = parts::stirling_error_above_one<T, A>(where(small, L(1.0), x));
  if (!xsimd::any(small.bits)) return y;
  const L s = where(small, x, L(1.0));
  const L below =
      parts::lgamma_of_positive<T, A>(s + 1.0) - (s + 0.5) * log(s) + (s - parts::kHalfLogTwoPi);
  return where(small, below, y);
}

template <class L>
Dual<L> stirling_error(const Dual<L>& x) {
  const auto large = x.value >= parts::kStirlingFrom;
  const L r = 1.0 / where(large, x.value, L(1.0));
  L slope = -parts::digamma_tail(r * r);
  if (!xsimd::all(large.bits)) {
    const L small = where(large, L(1.0), x.value);
    slope = where(large, slope, parts::digamma_of_positive(small + 1.0) - log(small) - 0.5 / small);
    // At 0 the logarithm goes the other way.
    slope = where(x.value == 0.0, L(-std::numeric_limits<double>::infinity()), slope);
  }
  return Dual<L>::chain(x, stirling_error(x.value), slope);
}

/// x log(x/m) + m - x for x, m >= 0, the deviance of a count x with the mean m, exact near x = m;
/// m at x = 0, +inf at m = 0 < x and where one is infinite. The derivatives are log(x/m), taken as
/// 0 at x = m = 0, and 1 - x/m, taken as 1 at x = 0.
template <class X, class M, class R = Promoted<X, M>>
R deviance(const X& x, const M& m) {
  return of_two<R>(x, m, [](auto x, auto m) {
    using L = decltype(x);
    using parts::kInfinity;
    const auto [log_ratio, value] = parts::log_ratio_of(x, m);
    const auto none = x == 0.0;
    const auto infinite = m == 0.0 || x == kInfinity || m == kInfinity;
    const L dx = where(m == 0.0, where(none, L(0.0), L(kInfinity)),
                       where(none || m == kInfinity, L(-kInfinity),
                             where(x == kInfinity, L(kInfinity), log_ratio)));
    return Partials<L>{where(none, m, where(infinite, L(kInfinity), value)), dx,
                       where(none || m == kInfinity, L(1.0), (m - x) / m)};
  });
}

/// The log-probability k log(rate) - rate - log k! of a whole count k >= 0 under a Poisson law of
/// rate >= 0, by its saddle point; -inf where the probability is 0. The derivative in the rate is
/// k/rate - 1, -1 at k = rate = 0; there is none in the count.
template <class K, class M, class R = Promoted<K, M>>
R log_poisson(const K& count, const M& rate) {
  return of_two<R>(count, rate, [](auto k, auto rate) {
    using L = decltype(k);
    using parts::kInfinity;
    const L value = -(parts::count_excess(k) + deviance(k, rate));
    const auto none = k == 0.0;
    return Partials<L>{where(k < 0.0, L(-kInfinity), value), L(0.0),
                       where(none || rate == kInfinity, L(-1.0), (k - rate) / rate)};
  });
}

/// log(n! / (k! (n - k)!)) for whole n >= 0; -inf unless 0 <= k <= n. There is no derivative in
/// counts.
template <class N, class K, class R = Promoted<N, K>>
R log_binomial_coefficient(const N& n, const K& k) {
  return of_two<R>(n, k, [](auto n, auto k) {
    using L = decltype(n);
    using parts::kInfinity;
    const auto outside = k < 0.0 || k > n;
    const L fewer = where(outside, L(0.0), minimum(k, n - k));
    const L rest = n - fewer;
    const L excess =
        parts::count_excess(n) - parts::count_excess(fewer) - parts::count_excess(rest);
    const auto none = fewer == 0.0;
    const L one = where(none, L(1.0), fewer), all = where(none, L(2.0), n);
    const L value = one * log(all / one) - (all - one) * log1p(-one / all) + excess;
    return Partials<L>{where(outside, L(-kInfinity), where(none, L(0.0), value)), L(0.0), L(0.0)};
  });
}

/// The log-probability k log p + (n - k) log q + log(n choose k) of k successes in n trials, where
/// q = 1 - p is passed by itself so that either may be small; -inf where the probability is 0. It
/// is computed by its saddle point, which holds for p + q = 1; the derivatives k/p and (n - k)/q
/// are those of the formula with p and q apart, 0 where the count is 0. There is none in counts.
template <class K, class N, class P, class Q, class R = Promoted<Promoted<P, Q>, Promoted<K, N>>>
R log_binomial(const K& count, const N& trials, const P& p, const Q& q) {
  using L = typename parts::LanesOf<R>::type;
  const L k = parts::value_of<L>(count), n = parts::value_of<L>(trials);
  return of_two<R>(p, q, [k, n](auto p, auto q) {
    const auto outside = k < 0.0 || k > n;
    const L others = n - k;
    const L value = (parts::count_excess(n) - parts::count_excess(k)) -
                    parts::count_excess(others) - deviance(k, n * p) - deviance(others, n * q);
    return Partials<L>{where(outside, L(-std::numeric_limits<double>::infinity()), value),
                       where(k == 0.0, L(0.0), k / p), where(others == 0.0, L(0.0), others / q)};
  });
}

/// The log-probability of k successes, of probability p each, before r failures of probability q:
/// r/(r + k) times that of r failures in r + k trials, by its saddle point; for r < 1 plainly,
/// where nothing large cancels.
template <class T, class A>
Lanes<T, A> log_negative_binomial(Lanes<T, A> k, Lanes<T, A> r, Lanes<T, A> p, Lanes<T, A> q) {
  using L = Lanes<T, A>;
  const auto few = r < 1.0;
  L plain = 0.0, saddle = 0.0;
  if (xsimd::any(few.bits)) {
    const auto rare = p < 0.5;  // the smaller of p and q has the digits
    const L power = where(rare, xlogy(k, p) + xlog1py(r, -p), xlog1py(k, -q) + xlogy(r, q));
    plain = power - (lbeta(r, k + 1.0) + log(r + k));
  }
  if (!xsimd::all(few.bits)) {
    const L n = r + k;  // k itself may be below its rounding
    saddle = log(r / n) + (parts::count_excess(n) - parts::count_excess(r)) -
             parts::count_excess(k) - deviance(r, n * q) - deviance(k, n * p);
    saddle = where(k < 0.0, L(-std::numeric_limits<double>::infinity()), saddle);
  }
  return where(few, plain, saddle);
}

/// digamma(r + k) - digamma(r), relatively exact.
template <class T, class A>
Lanes<T, A> digamma_rise(Lanes<T, A> r, Lanes<T, A> k) {
  return -parts::digamma_fall(r, k);
}

/// The log-density (a - 1) log x - x - log Gamma(a) of the standard gamma law of shape a > 0 at
/// x >= 0, for large a by its saddle point. At x = 0 it is +inf, 0 or -inf as a is below, at or
/// above 1; -inf at x = inf. The derivatives are (a - 1)/x - 1 and log x - digamma(a).
template <class X, class S, class R = Promoted<X, S>>
R log_gamma_density(const X& x, const S& shape) {
  return of_two<R>(x, shape, [](auto x, auto a) {
    using L = decltype(x);
    using parts::kInfinity;
    const auto large = a >= parts::kStirlingFrom;
    const L log_x = log(x);
    L value = 0.0;
    L da = 0.0;
    if (xsimd::any(large.bits)) {
      const L s = where(large, a, L(parts::kStirlingFrom));
      const L r = 1.0 / s;
      const auto [log_ratio, deviance] = parts::log_ratio_of(s, x);
      value = (0.5 * log(s) - parts::kHalfLogTwoPi) - log_x -
              (r * parts::stirling_tail(r * r) + deviance);
      da = 0.5 * r + parts::digamma_tail(r * r) - log_ratio;
    }
    if (!xsimd::all(large.bits)) {
      value = where(large, value, (a - 1.0) * log_x - x - parts::lgamma_of_positive(a));
      da = where(large, da, log_x - parts::digamma_of_positive(a));
    }
    const auto border = x == 0.0;
    const L side = where(a < 1.0, L(kInfinity), where(a > 1.0, L(-kInfinity), L(0.0)));
    value = where(border, side, where(x == kInfinity, L(-kInfinity), value));
    const L dx =
        where(border, where(a == 1.0, L(-1.0), -side),
              where(x == kInfinity, L(-1.0), where(a > 2.0, (a - x) - 1.0, (a - 1.0) - x) / x));
    return Partials<L>{value, dx,
                       where(border, L(-kInfinity), where(x == kInfinity, L(kInfinity), da))};
  });
}

}  // namespace evident
