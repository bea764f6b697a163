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

// An Array on one side is a constant. Without these, xtensor's own operators would take the pair.
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

/// e^x.
Var exp(const Var& x);
/// Natural logarithm of x; log(0) = -inf.
Var log(const Var& x);
/// log(1 + x), exact near 0.
Var log1p(const Var& x);
/// e^x - 1, exact near 0.
Var expm1(const Var& x);
/// Square root; derivative infinite at 0.
Var sqrt(const Var& x);
/// x^2.
Var square(const Var& x);
/// |x|; derivative 0 at 0.
Var abs(const Var& x);
/// Hyperbolic tangent.
Var tanh(const Var& x);
/// 1 / (1 + e^-x).
Var sigmoid(const Var& x);
/// log(1 + e^x).
Var softplus(const Var& x);
/// max(x, 0); derivative 0 at 0.
Var relu(const Var& x);
/// x for x > 0, e^x - 1 otherwise (Clevert et al. 2016).
Var elu(const Var& x);
/// `a` where `condition` is not 0, `b` elsewhere; no gradient flows to the condition, nor to the
/// branch that was not taken.
Var where(const Var& condition, const Var& a, const Var& b);

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
