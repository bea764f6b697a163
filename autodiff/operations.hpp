#pragma once

#include <evident/autodiff/var.hpp>
#include <type_traits>
#include <utility>

// Elementwise operations. Shapes broadcast; numbers convert to constants. Values and derivatives
// are those of the functions of the same names in `functions.hpp`.

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {
template <class A>
using IfArray = std::enable_if_t<std::is_same_v<A, Array>>;
template <class A, class B>
using IfConstants =
    std::enable_if_t<std::is_convertible_v<A, Var> && std::is_convertible_v<B, Var>>;
}  // namespace detail

/// a + b.
Var operator+(const Var& a, const Var& b);
/// a - b.
Var operator-(const Var& a, const Var& b);
/// a b, element by element.
Var operator*(const Var& a, const Var& b);
/// a / b.
Var operator/(const Var& a, const Var& b);
/// -x.
Var operator-(const Var& x);

/// e^x.
Var exp(const Var& x);
/// Natural logarithm of x; log(0) = -inf, with an infinite derivative.
Var log(const Var& x);
/// log(1 + x), exact near 0.
Var log1p(const Var& x);
/// e^x - 1, exact near 0.
Var expm1(const Var& x);
/// Square root; derivative infinite at 0.
Var sqrt(const Var& x);
/// 1 / sqrt x.
Var rsqrt(const Var& x);
/// 1 / x.
Var reciprocal(const Var& x);
/// x^2.
Var square(const Var& x);
/// a^b, with whole powers of negative a; 0^0 = 1, and the derivative in b is 0 at a = 0 for b >= 0.
Var pow(const Var& a, const Var& b);
/// |x|; derivative 0 at 0.
Var abs(const Var& x);
/// -1, 0 or 1; no gradient flows.
Var sign(const Var& x);
/// Sine of an angle in radians.
Var sin(const Var& x);
/// Cosine of an angle in radians.
Var cos(const Var& x);
/// The angle in [-pi/2, pi/2] whose tangent is x.
Var atan(const Var& x);
/// tan(pi x), exact at whole numbers, infinite halfway between them.
Var tanpi(const Var& x);
/// The larger of a and b; where they are equal, each gets half of the gradient.
Var maximum(const Var& a, const Var& b);
/// The smaller of a and b; where they are equal, each gets half of the gradient.
Var minimum(const Var& a, const Var& b);
/// x brought into [low, high], to high if low is larger; within, ends included, the gradient goes
/// to x, outside to the end.
Var clamp(const Var& x, const Var& low, const Var& high);
/// The error function.
Var erf(const Var& x);
/// 1 - erf(x), with its relative accuracy in the upper tail.
Var erfc(const Var& x);
/// log(1 - e^x) for x <= 0, exact at both ends; -inf at 0, with an infinite derivative.
Var log1mexp(const Var& x);
/// x log y, with 0 log 0 = 0; the derivative in x at x = y = 0 is taken as 0.
Var xlogy(const Var& x, const Var& y);
/// x log(1 + y), exact near y = 0, with 0 log 0 = 0; the derivative in x at x = 0, y = -1 is taken
/// as 0.
Var xlog1py(const Var& x, const Var& y);
/// log(e^a + e^b) without overflow.
Var logaddexp(const Var& a, const Var& b);
/// Hyperbolic tangent.
Var tanh(const Var& x);
/// 1 / (1 + e^-x).
Var sigmoid(const Var& x);
/// log(1 / (1 + e^-x)).
Var log_sigmoid(const Var& x);
/// log(1 + e^x).
Var softplus(const Var& x);
/// max(x, 0); derivative 0 at 0.
Var relu(const Var& x);
/// x for x > 0, slope x otherwise (Maas et al. 2013); the derivative at 0 is the slope.
Var leaky_relu(const Var& x, const Var& slope);
/// x for x > 0, e^x - 1 otherwise (Clevert et al. 2016).
Var elu(const Var& x);
/// x Phi(x) with the standard normal's distribution function (Hendrycks and Gimpel 2016).
Var gelu(const Var& x);
/// x sigmoid(x) (Elfwing et al. 2018), also called swish.
Var silu(const Var& x);
/// `a` where `condition` is not 0, `b` elsewhere; no gradient flows to the condition, nor to the
/// branch that was not taken.
Var where(const Var& condition, const Var& a, const Var& b);

// An Array on one side is a constant. Without these, xtensor's own functions would take the pair.
template <class A, class = detail::IfArray<A>>
Var operator+(Var a, A b) {
  return a + Var(std::move(b));
}
template <class A, class = detail::IfArray<A>>
Var operator+(A a, Var b) {
  return Var(std::move(a)) + b;
}
template <class A, class = detail::IfArray<A>>
Var operator-(Var a, A b) {
  return a - Var(std::move(b));
}
template <class A, class = detail::IfArray<A>>
Var operator-(A a, Var b) {
  return Var(std::move(a)) - b;
}
template <class A, class = detail::IfArray<A>>
Var operator*(Var a, A b) {
  return a * Var(std::move(b));
}
template <class A, class = detail::IfArray<A>>
Var operator*(A a, Var b) {
  return Var(std::move(a)) * b;
}
template <class A, class = detail::IfArray<A>>
Var operator/(Var a, A b) {
  return a / Var(std::move(b));
}
template <class A, class = detail::IfArray<A>>
Var operator/(A a, Var b) {
  return Var(std::move(a)) / b;
}
template <class A, class = detail::IfArray<A>>
Var pow(Var a, A b) {
  return pow(a, Var(std::move(b)));
}
template <class A, class = detail::IfArray<A>>
Var pow(A a, Var b) {
  return pow(Var(std::move(a)), b);
}
template <class A, class = detail::IfArray<A>>
Var maximum(Var a, A b) {
  return maximum(a, Var(std::move(b)));
}
template <class A, class = detail::IfArray<A>>
Var maximum(A a, Var b) {
  return maximum(Var(std::move(a)), b);
}
template <class A, class = detail::IfArray<A>>
Var minimum(Var a, A b) {
  return minimum(a, Var(std::move(b)));
}
template <class A, class = detail::IfArray<A>>
Var minimum(A a, Var b) {
  return minimum(Var(std::move(a)), b);
}

// An Array or a number in one place is a constant here too: xtensor has a `where` of its own.
template <class C, class B, class = detail::IfConstants<C, B>>
Var where(C condition, Var a, B b) {
  return where(Var(std::move(condition)), a, Var(std::move(b)));
}
template <class C, class A, class = detail::IfConstants<C, A>>
Var where(C condition, A a, Var b) {
  return where(Var(std::move(condition)), Var(std::move(a)), b);
}
template <class C, class = detail::IfConstants<C, C>>
Var where(C condition, Var a, Var b) {
  const Var mask(std::move(condition));
  return where(mask, a, b);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
