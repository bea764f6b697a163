#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/gamma.hpp>

namespace evident {

namespace parts {

// The divided difference (P(v) - P(w)) / (v - w) of a polynomial: no cancellation where v = w.
template <class T, class A, std::size_t n>
Lanes<T, A> divided_difference(const double (&c)[n], Lanes<T, A> v, Lanes<T, A> w) {
  using L = Lanes<T, A>;
  L sum = c[n - 1], difference = 0.0;
  for (std::size_t i = n - 1; i-- > 0;) {
    difference = difference * w + sum;
    sum = sum * v + c[i];
  }
  return difference;
}

// digamma(a) - digamma(a + b) for a > 0 and b >= 0, relatively exact: every term has the same sign.
template <class T, class A>
Lanes<T, A> digamma_fall(Lanes<T, A> a, Lanes<T, A> b) {
  using L = Lanes<T, A>;
  const auto small = a < kStirlingFrom;
  L z = a, steps = 0.0;
  if (xsimd::any(small.bits)) {
    for (double k = 0; k < kStirlingFrom; ++k) steps += 1.0 / (a + k) * (b / (a + b + k));
    // Where b is infinite, the fraction is 1; the sum does not matter beside log1p.
    z = where(small, a + kStirlingFrom, a);
    steps = where(small, steps, L(0.0));
  }
  const L r = 1.0 / z, s = 1.0 / (z + b);
  const L fraction = b * s;  // r - s = r fraction
  // The rest of log z - digamma(z): v P(v) with v = 1/z^2.
  const L v = r * r, w = s * s;
  const auto& table = GammaTables<T>::kDigammaTail;
  const L slope = two_chains(table, v) + w * divided_difference(table, v, w);
  return -(log1p(b * r) + r * fraction * (0.5 + (r + s) * slope) + steps);
}

// log B(a, b) for a, b > 0 (Didonato and Morris 1992, algorithm 708): with Stirling's formula for
// the larger one, or for both, what cancels is taken out by hand.
template <class T, class A>
Lanes<T, A> lbeta_of_positive(Lanes<T, A> a, Lanes<T, A> b) {
  using L = Lanes<T, A>;
  const L p = minimum(a, b), q = maximum(a, b);
  const auto small = q < kStirlingFrom, both = p >= kStirlingFrom;
  L of_smaller = 0.0, plain = 0.0;
  if (!xsimd::all(both.bits)) of_smaller = lgamma_of_positive(p);
  if (xsimd::any(small.bits)) {
    plain = of_smaller + (lgamma_of_positive(q) - lgamma_of_positive(p + q));
    if (xsimd::all(small.bits)) return plain;
  }
  const L large = where(small, L(kStirlingFrom), q);
  const L ratio = p / large;
  const L r = 1.0 / large, s = 1.0 / (p + large);
  const L fall = r * stirling_tail<T, A>(r * r) - s * stirling_tail<T, A>(s * s);
  const L log_rise = log1p(ratio);
  L y = fall - large * log_rise - (p - 0.5) * log_rise;
  const L log_large = log(large);
  y += where(both, L(0.0), of_smaller + p * (1.0 - log_large));
  if (xsimd::any(both.bits)) {
    const L t = 1.0 / p;
    y += where(
        both,
        kHalfLogTwoPi - 0.5 * log_large + t * stirling_tail<T, A>(t * t) + (p - 0.5) * log(ratio),
        L(0.0));
  }
  return where(small, plain, y);
}

}  // namespace parts

/// log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b) for a, b >= 0, without cancellation
/// where one is large or both are; +inf where one is 0, -inf where one is infinite, NaN where one
/// is negative. The derivative in a is digamma(a) - digamma(a + b), exact for small b too.
template <class X, class Y, class R = Promoted<X, Y>>
R lbeta(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    using parts::kInfinity;
    const auto zero = a == 0.0 || b == 0.0;
    const auto infinite = a == kInfinity || b == kInfinity;
    const auto invalid = !(a >= 0.0 && b >= 0.0);
    const L value =
        where(zero, L(kInfinity), where(infinite, L(-kInfinity), parts::lbeta_of_positive(a, b)));
    const auto slope = [](L a, L b) {
      return where(a == 0.0, L(-kInfinity),
                   where(b == 0.0 || a == kInfinity, L(0.0),
                         where(b == kInfinity, L(-kInfinity), parts::digamma_fall(a, b))));
    };
    return Partials<L>{where(invalid, L(std::numeric_limits<double>::quiet_NaN()), value),
                       slope(a, b), slope(b, a)};
  });
}

}  // namespace evident
