#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/functions/gamma_tables.hpp>
#include <evident/autodiff/functions/polynomial.hpp>

// The logarithm of the gamma function and its derivatives. Arguments in the middle take a ratio of
// polynomials, small ones step up by the recurrence, large ones take Stirling's series.

namespace evident {

namespace parts {

// Where Stirling's series takes over.
inline constexpr double kStirlingFrom = 5.0;

// c[0] + c[1] x + ..., odd and even powers in two chains.
template <class T, class A, std::size_t n>
Lanes<T, A> two_chains(const double (&c)[n], Lanes<T, A> x) {
  using L = Lanes<T, A>;
  const L z = x * x;
  L last = c[n - 1], before = c[n - 2];
  std::size_t i = n - 2;
  for (; i >= 2; i -= 2) {
    last = fused(last, z, L(c[i - 1]));
    before = fused(before, z, L(c[i - 2]));
  }
  return i == 1 ? fused(before, x, fused(last, z, L(c[0]))) : fused(last, x, before);
}

// What is left of log Gamma(x) beyond (x - 1/2) log x - x + log(2 pi)/2, times x, from w = 1/x^2
// for x >= 5.
template <class T, class A>
Lanes<T, A> stirling_tail(Lanes<T, A> w) {
  return two_chains(GammaTables<T>::kStirlingTail, w);
}

// log x - 1/(2x) - digamma(x), from w = 1/x^2 for x >= 5.
template <class T, class A>
Lanes<T, A> digamma_tail(Lanes<T, A> w) {
  return w * two_chains(GammaTables<T>::kDigammaTail, w);
}

// log Gamma(x) for 1/2 <= x <= 5; relatively exact at its zeros 1 and 2.
template <class T, class A>
Lanes<T, A> lgamma_between(Lanes<T, A> x) {
  using Tables = GammaTables<T>;
  return (x - 1.0) * (x - 2.0) *
         (two_chains(Tables::kLgammaAbove, x) / two_chains(Tables::kLgammaBelow, x));
}

// log Gamma(x) for x >= 0.
template <class T, class A>
Lanes<T, A> lgamma_of_positive(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  const auto large = x >= kStirlingFrom;
  const auto small = x < 0.5;
  L between = 0.0;
  if (!xsimd::all(large.bits)) {
    between = lgamma_between<T, A>(where(small, x + 1.0, where(large, L(1.0), x)));
    if (!xsimd::any((large || small).bits)) return between;
  }
  const L log_x = log(x);
  const L r = 1.0 / x;
  const L high =
      (x - 0.5) * (log_x - 1.0) + ((kHalfLogTwoPi - 0.5) + r * stirling_tail<T, A>(r * r));
  return where(large, high, where(small, between - log_x, between));
}

// digamma(x) for 1 <= x <= 5; x - x0 in two parts, for the accuracy at the zero x0.
template <class T, class A>
Lanes<T, A> digamma_between(Lanes<T, A> x) {
  using Tables = GammaTables<T>;
  const Lanes<T, A> from_root = (x - Tables::kRootHigh) - Tables::kRootLow;
  return from_root * (two_chains(Tables::kDigammaAbove, x) / two_chains(Tables::kDigammaBelow, x));
}

// digamma(x) for x >= 0.
template <class T, class A>
Lanes<T, A> digamma_of_positive(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  const auto large = x >= kStirlingFrom;
  const auto small = x < 1.0;
  const L r = 1.0 / x;
  L between = 0.0;
  if (!xsimd::all(large.bits)) {
    between = digamma_between<T, A>(where(small, x + 1.0, where(large, L(1.0), x)));
    between = where(small, between - r, between);
    if (!xsimd::any(large.bits)) return between;
  }
  return where(large, log(x) - 0.5 * r - digamma_tail<T, A>(r * r), between);
}

// trigamma(x) for x >= 0.
template <class T, class A>
Lanes<T, A> trigamma_of_positive(Lanes<T, A> x) {
  using Tables = GammaTables<T>;
  using L = Lanes<T, A>;
  const auto small = x < 1.0;
  const L s = 1.0 / where(small, x + 1.0, x);
  const L y = s * (two_chains(Tables::kTrigammaAbove, s) / two_chains(Tables::kTrigammaBelow, s));
  return where(small, y + (1.0 / x) / x, y);
}

// tetragamma(x) for x >= 0.
template <class T, class A>
Lanes<T, A> tetragamma_of_positive(Lanes<T, A> x) {
  using Tables = GammaTables<T>;
  using L = Lanes<T, A>;
  const auto small = x < 1.0;
  const L s = 1.0 / where(small, x + 1.0, x);
  const L y =
      -s * s * (two_chains(Tables::kTetragammaAbove, s) / two_chains(Tables::kTetragammaBelow, s));
  return where(small, y - 2.0 / x / x / x, y);
}

// x less the nearest whole number.
template <class T, class A>
Lanes<T, A> beyond_whole(Lanes<T, A> x) {
  return x - Lanes<T, A>(xsimd::nearbyint(x.v));
}

// sin(pi x) / (pi x), sin(pi x) and cos(pi x) for |x| <= 1/2, by a series without a branch: the
// compiler leaves it out where it is not wanted.
template <class T, class A>
Lanes<T, A> sine_ratio(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  const L angle = kPi * x;
  const L z = angle * angle;
  L sum = 1.0;
  for (int k = std::is_same_v<T, float> ? 6 : 11; k > 0; --k) {
    sum = fused(z * (-1.0 / (2 * k * (2 * k + 1))), sum, L(1.0));
  }
  return sum;
}
template <class T, class A>
Lanes<T, A> sin_pi(Lanes<T, A> x) {
  return kPi * x * sine_ratio(x);
}
template <class T, class A>
Lanes<T, A> cos_pi(Lanes<T, A> x) {
  return sin_pi(0.5 - abs(x));  // exact at a half
}

// f(x) for x >= 0, `reflected(x, f(1 - x))` below.
template <class L, class F, class G>
L by_reflection(L x, F of_positive, G reflected) {
  const auto negative = x < 0.0;
  const L y = of_positive(where(negative, 1.0 - x, x));
  if (!xsimd::any(negative.bits)) return y;
  return where(negative, reflected(x, y), y);
}

}  // namespace parts

/// The third derivative of log |Gamma(x)|; +-inf at the two zeros, NaN at the poles below.
template <class T, class A>
Lanes<T, A> tetragamma(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  return parts::by_reflection(
      x, [](L x) { return parts::tetragamma_of_positive(x); },
      [](L x, L y) -> L {
        const L r = parts::beyond_whole(x);
        const L sine = parts::sin_pi(r);
        const L p = parts::kPi / sine;
        // Large and of opposite sign for tiny |x|, where it is all there is.
        return where(r == 0.0, L(std::numeric_limits<double>::quiet_NaN()),
                     y - 2.0 * p * p * p * parts::cos_pi(r));
      });
}

/// The second derivative of log |Gamma(x)|; +inf at 0, -1, -2, ...; derivative tetragamma(x).
template <class T, class A>
Lanes<T, A> trigamma(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  return parts::by_reflection(
      x, [](L x) { return parts::trigamma_of_positive(x); },
      [](L x, L y) -> L {
        const L p = parts::kPi / parts::sin_pi(parts::beyond_whole(x));
        return p * p - y;
      });
}
template <class L>
Dual<L> trigamma(const Dual<L>& x) {
  return Dual<L>::chain(x, trigamma(x.value), tetragamma(x.value));
}

/// The derivative of log |Gamma(x)|, with its absolute accuracy at its zeros; -inf at 0, +inf at
/// -0, NaN at -1, -2, ...; derivative trigamma(x).
template <class T, class A>
Lanes<T, A> digamma(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  return parts::by_reflection(
      x, [](L x) { return parts::digamma_of_positive(x); },
      [](L x, L y) -> L {
        const L r = parts::beyond_whole(x);
        const L cotangent = parts::cos_pi(r) / (r * parts::sine_ratio(r));  // times pi
        return where(r == 0.0, L(std::numeric_limits<double>::quiet_NaN()), y - cotangent);
      });
}
template <class L>
Dual<L> digamma(const Dual<L>& x) {
  return Dual<L>::chain(x, digamma(x.value), trigamma(x.value));
}

/// log |Gamma(x)|, with its relative accuracy at its zeros 1 and 2; +inf at 0, -1, -2, ... and at
/// both infinities; derivative digamma(x).
template <class T, class A>
Lanes<T, A> lgamma(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  using parts::kInfinity;
  constexpr double kLogPi = 1.14472988584940017414;
  return parts::by_reflection(
      x, [](L x) { return parts::lgamma_of_positive(x); },
      [](L x, L y) -> L {
        const L r = parts::beyond_whole(x);
        return where(r == 0.0 || x == -kInfinity, L(kInfinity),
                     kLogPi - log(abs(parts::sin_pi(r))) - y);
      });
}
template <class L>
Dual<L> lgamma(const Dual<L>& x) {
  return Dual<L>::chain(x, lgamma(x.value), digamma(x.value));
}

}  // namespace evident
