#pragma once

#include <evident/autodiff/functions/binary.hpp>
#include <evident/autodiff/lanes.hpp>
#include <limits>
#include <type_traits>

namespace evident {

namespace parts {

// An exponential of xsimd, which takes what is within a factor of sqrt 2 of the largest number for
// infinity: there it is e times that of x - 1.
template <class T, class A, class F>
Lanes<T, A> up_to_the_largest(Lanes<T, A> x, F exponential) {
  const Lanes<T, A> y = exponential(x);
  const auto top = x > (std::is_same_v<T, float> ? 88.0 : 709.0);
  if (!xsimd::any(top.bits)) return y;
  return where(top, 2.71828182845904523536 * exponential(x - 1.0), y);
}

}  // namespace parts

/// e^x; derivative e^x.
template <class T, class A>
Lanes<T, A> exp(Lanes<T, A> x) {
  return parts::up_to_the_largest(x, [](auto x) -> Lanes<T, A> { return xsimd::exp(x.v); });
}
template <class L>
Dual<L> exp(const Dual<L>& x) {
  const L y = exp(x.value);
  return Dual<L>::chain(x, y, y);
}

/// Natural logarithm; derivative 1/x, +inf at both zeros. log(0) = -inf.
template <class T, class A>
Lanes<T, A> log(Lanes<T, A> x) {
  const Lanes<T, A> y = xsimd::log(x.v);
  if constexpr (std::is_same_v<T, double>) {
    // xsimd 8 loses the exponent of subnormal numbers.
    const auto subnormal = x < std::numeric_limits<double>::min() && x > 0.0;
    if (!xsimd::any(subnormal.bits)) return y;
    // Not by recursion, which the compiler keeps where only the derivative is wanted.
    const Lanes<T, A> scaled = xsimd::log((0x1p54 * x).v);
    return where(subnormal, scaled - 54 * 0.69314718055994530942, y);
  } else {
    return y;
  }
}
template <class L>
Dual<L> log(const Dual<L>& x) {
  return Dual<L>::chain(x, log(x.value), 1.0 / abs(x.value));
}

/// log(1 + x), exact near 0; derivative 1/(1 + x).
template <class T, class A>
Lanes<T, A> log1p(Lanes<T, A> x) {
  return xsimd::log1p(x.v);
}
template <class L>
Dual<L> log1p(const Dual<L>& x) {
  return Dual<L>::chain(x, log1p(x.value), 1.0 / (1.0 + x.value));
}

/// e^x - 1, exact near 0; derivative e^x.
template <class T, class A>
Lanes<T, A> expm1(Lanes<T, A> x) {
  return parts::up_to_the_largest(x, [](auto x) -> Lanes<T, A> { return xsimd::expm1(x.v); });
}
template <class L>
Dual<L> expm1(const Dual<L>& x) {
  return Dual<L>::chain(x, expm1(x.value), exp(x.value));
}

/// Square root; derivative 1/(2 sqrt x), +inf at both zeros.
template <class T, class A>
Lanes<T, A> sqrt(Lanes<T, A> x) {
  return xsimd::sqrt(x.v);
}
template <class L>
Dual<L> sqrt(const Dual<L>& x) {
  const L y = sqrt(x.value);
  return Dual<L>::chain(x, y, 0.5 / abs(y));
}

/// x^2; derivative 2x.
template <class T, class A>
Lanes<T, A> square(Lanes<T, A> x) {
  return x * x;
}
template <class L>
Dual<L> square(const Dual<L>& x) {
  return Dual<L>::chain(x, x.value * x.value, 2.0 * x.value);
}

/// |x|; derivative the sign of x, 0 at 0.
template <class T, class A>
Lanes<T, A> abs(Lanes<T, A> x) {
  return xsimd::abs(x.v);
}
template <class L>
Dual<L> abs(const Dual<L>& x) {
  const L sign = where(x.value > 0.0, 1.0, where(x.value < 0.0, -1.0, 0.0));
  return Dual<L>::chain(x, abs(x.value), sign);
}

/// 1/sqrt x; derivative -1/(2 x sqrt x). Infinite at 0.
template <class T, class A>
Lanes<T, A> rsqrt(Lanes<T, A> x) {
  return 1.0 / sqrt(x);
}
template <class L>
Dual<L> rsqrt(const Dual<L>& x) {
  const L y = rsqrt(x.value);
  return Dual<L>::chain(x, y, -0.5 * y / x.value);
}

/// 1/x; derivative -1/x^2.
template <class T, class A>
Lanes<T, A> reciprocal(Lanes<T, A> x) {
  return 1.0 / x;
}
template <class L>
Dual<L> reciprocal(const Dual<L>& x) {
  const L y = reciprocal(x.value);
  return Dual<L>::chain(x, y, -y * y);
}

/// -1, 0 or 1; derivative 0.
template <class T, class A>
Lanes<T, A> sign(Lanes<T, A> x) {
  return where(x > 0.0, Lanes<T, A>(1.0), where(x < 0.0, Lanes<T, A>(-1.0), x));
}
template <class L>
Dual<L> sign(const Dual<L>& x) {
  return sign(x.value);
}

/// The larger of a and b; where they are equal, each has half of the derivative.
template <class A, class B, class R = Promoted<A, B>>
R maximum(const A& a, const B& b) {
  return of_two<R>(a, b, [](auto a, auto b) {
    using L = decltype(a);
    const L da = where(a > b, 1.0, where(a == b, 0.5, 0.0));
    return Partials<L>{where(a >= b || a != a, a, b), da, 1.0 - da};
  });
}

/// The smaller of a and b; where they are equal, each has half of the derivative.
template <class A, class B, class R = Promoted<A, B>>
R minimum(const A& a, const B& b) {
  return of_two<R>(a, b, [](auto a, auto b) {
    using L = decltype(a);
    const L da = where(a < b, 1.0, where(a == b, 0.5, 0.0));
    return Partials<L>{where(a <= b || a != a, a, b), da, 1.0 - da};
  });
}

/// x brought into [low, high], to high if low is larger; the derivative is that of x within, ends
/// included, and of the end it was brought to outside.
template <class X, class Low, class High, class R = Promoted<Promoted<X, Low>, High>>
R clamp(const X& x, const Low& low, const High& high) {
  const R lowest = low, highest = high, within = x;
  const R raised = where(within < lowest || lowest != lowest, lowest, within);
  return where(raised > highest || highest != highest, highest, raised);
}

}  // namespace evident
