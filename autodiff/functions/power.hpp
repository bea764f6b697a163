#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/elementary.hpp>
#include <limits>

namespace evident {

namespace parts {

// A value as the sum of two, the second below the rounding of the first.
template <class L>
struct Pair {
  L high, low;
};

// ln 2 in two parts; the first times any exponent is exact.
template <class T>
inline constexpr double kLn2High = std::is_same_v<T, float> ? 0x1.62e3p-1 : 0x1.62e42feep-1;
template <class T>
inline constexpr double kLn2Low =
    std::is_same_v<T, float> ? 0x1.2fefa39ef3579p-17 : 0x1.a39ef35793c76p-33;

// The rest f - s d of a division.
template <class L>
L remainder(L f, L s, L d) {
  const L s_high = upper_half(s), d_high = upper_half(d);
  const L s_low = s - s_high, d_low = d - d_high;
  return (f - s_high * d_high) - s_high * d_low - s_low * d_high - s_low * d_low;
}

// log x for finite x > 0, to about a hundredth of the rounding of the type: x = 2^k m with m about
// 1, and log m = 2 artanh s with s = (m - 1) / (m + 1), whose first term is kept in two parts.
template <class T, class A>
Pair<Lanes<T, A>> log_in_two(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  constexpr bool kFloat = std::is_same_v<T, float>;
  constexpr int kTerms = kFloat ? 6 : 12;
  const auto subnormal = x < static_cast<double>(std::numeric_limits<T>::min());
  x = where(subnormal, x * (kFloat ? 0x1p24 : 0x1p54), x);
  xsimd::batch<xsimd::as_integer_t<T>, A> exponent;
  L m = xsimd::frexp(x.v, exponent);
  L k = L(xsimd::to_float(exponent)) - where(subnormal, kFloat ? 24.0 : 54.0, 0.0);
  const auto small = m < 0.70710678118654752;
  m = where(small, 2.0 * m, m);
  k = where(small, k - 1.0, k);
  const L f = m - 1.0;
  const L d = 2.0 + f;
  const L s = f / d;
  const L s_low = (remainder(f, s, d) - s * (f - (d - 2.0))) / d;
  const L z = s * s;
  L sum = 2.0 / (2 * kTerms + 1);
  for (int i = kTerms - 1; i > 0; --i) sum = sum * z + 2.0 / (2 * i + 1);
  const L whole = k * kLn2High<T>;
  const L high = whole + 2.0 * s;
  const L low = (2.0 * s - (high - whole)) + (2.0 * s_low + (s * z * sum + k * kLn2Low<T>));
  const L total = high + low;
  return {total, low - (total - high)};
}

// |a|^b as e^(b log |a|), the product in two parts: its rounding alone would cost b log |a| units
// in the last place.
template <class L>
L power_of_size(L size, L b) {
  const auto [log_size, log_low] = log_in_two(size);
  const L b_high = upper_half(b), log_high = upper_half(log_size);
  const L p = b_high * log_high;
  const L rest = b_high * ((log_size - log_high) + log_low) + (b - b_high) * log_size;
  // Where the logarithm, or the product, is no number of two parts.
  const L plain = where(size == 0.0, L(-kInfinity), where(size > 0.0, log_size, size));
  const auto ordinary = size > 0.0 && size < kInfinity && abs(b * log_size) < kInfinity;
  return where(ordinary, exp(p) * exp(rest),
               exp(b * where(size == kInfinity, L(kInfinity), plain)));
}

// 0 for even numbers, 1 for odd ones, a half for those that are not whole.
template <class L>
L parity(L b) {
  const L half = 0.5 * b;
  return where(L(xsimd::floor(b.v)) == b, where(L(xsimd::floor(half.v)) == half, 0.0, 1.0), L(0.5));
}

// The sign of the power of `a` whose exponent has this parity; NaN where there is none.
template <class L>
L sign_of_power(L a, L parity) {
  return where(parity == 1.0, L(xsimd::copysign(L(1.0).v, a.v)),
               where(a < 0.0 && parity == 0.5, std::numeric_limits<double>::quiet_NaN(), 1.0));
}

// |a|^b.
template <class L>
L power(L size, L b) {
  return where(b == 0.0 || size == 1.0, L(1.0), power_of_size(size, b));
}

}  // namespace parts

/// a^b, with whole powers of negative a; 0^0 = 1. The derivative in a is b a^(b - 1), 0 for b = 0;
/// that in b is a^b log a, taken as 0 at a = 0 for b >= 0.
template <class X, class Y, class R = Promoted<X, Y>>
R pow(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    const L size = abs(a);
    const L parity = parts::parity(b);
    const auto nothing = b == 0.0;
    const L value = where(nothing, L(1.0), parts::sign_of_power(a, parity) * parts::power(size, b));
    L da = where(nothing, L(0.0), b * (value / a));
    // Where a^b is out of range a^(b - 1) need not be. Whole b - 1 may lie between two numbers of
    // the type: its parity does not come from them.
    using Limits = std::numeric_limits<typename L::Scalar>;
    const auto within = abs(value) >= static_cast<double>(Limits::min()) &&
                        abs(value) <= static_cast<double>(Limits::max());
    if (!xsimd::all(within.bits)) {
      const L one_less = parts::power(size, b - 1.0);
      da = where(within || one_less == 0.0, where(within, da, L(0.0)),
                 b * parts::sign_of_power(a, 1.0 - parity) * one_less);
    }
    const L db = where(value == 0.0 || (a == 0.0 && b >= 0.0), L(0.0), value * log(a));
    return Partials<L>{value, da, db};
  });
}

/// log x - y, without the rounding of log x, which is most of what is left where the two are close;
/// the derivatives are 1/x and -1.
template <class X, class Y, class R = Promoted<X, Y>>
R log_minus(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    const auto ordinary = x > 0.0 && x < std::numeric_limits<double>::infinity();
    const auto [high, low] = parts::log_in_two(where(ordinary, x, L(1.0)));
    return Partials<L>{where(ordinary, (high - y) + low, log(x) - y), 1.0 / abs(x), L(-1.0)};
  });
}

}  // namespace evident
