#pragma once

#include <evident/autodiff/lanes.hpp>

// The scalar functions that formulas are made of. Each stands with its derivative: first the value
// on lanes, then the rule on dual numbers. Values and derivatives are stable at both tails.

namespace evident {

/// e^x; derivative e^x.
template <class T, class A>
Lanes<T, A> exp(Lanes<T, A> x) {
  return xsimd::exp(x.v);
}
template <class L>
Dual<L> exp(const Dual<L>& x) {
  const L y = exp(x.value);
  return Dual<L>::chain(x, y, y);
}

/// Natural logarithm; derivative 1/x. log(0) = -inf.
template <class T, class A>
Lanes<T, A> log(Lanes<T, A> x) {
  return xsimd::log(x.v);
}
template <class L>
Dual<L> log(const Dual<L>& x) {
  return Dual<L>::chain(x, log(x.value), 1.0 / x.value);
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
  return xsimd::expm1(x.v);
}
template <class L>
Dual<L> expm1(const Dual<L>& x) {
  return Dual<L>::chain(x, expm1(x.value), exp(x.value));
}

/// Square root; derivative 1/(2 sqrt x), infinite at 0.
template <class T, class A>
Lanes<T, A> sqrt(Lanes<T, A> x) {
  return xsimd::sqrt(x.v);
}
template <class L>
Dual<L> sqrt(const Dual<L>& x) {
  const L y = sqrt(x.value);
  return Dual<L>::chain(x, y, 0.5 / y);
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

/// Hyperbolic tangent; derivative 1/cosh^2 x = 4 e / (1 + e)^2 with e = exp(-2|x|), which keeps its
/// relative accuracy where 1 - tanh^2 x has lost it.
template <class T, class A>
Lanes<T, A> tanh(Lanes<T, A> x) {
  return xsimd::tanh(x.v);
}
template <class L>
Dual<L> tanh(const Dual<L>& x) {
  const L e = exp(-2.0 * abs(x.value));
  return Dual<L>::chain(x, tanh(x.value), 4.0 * e / square(1.0 + e));
}

/// 1/(1 + e^-x); derivative e / (1 + e)^2 with e = exp(-|x|).
template <class T, class A>
Lanes<T, A> sigmoid(Lanes<T, A> x) {
  const Lanes<T, A> e = exp(-abs(x));
  return where(x >= 0.0, Lanes<T, A>(1.0), e) / (1.0 + e);
}
template <class L>
Dual<L> sigmoid(const Dual<L>& x) {
  const L e = exp(-abs(x.value));
  return Dual<L>::chain(x, sigmoid(x.value), e / square(1.0 + e));
}

/// log(1 + u) for u in [0, 1], as 2 artanh(u / (2 + u)): a short series in place of a logarithm,
/// with full relative accuracy.
template <class T, class A>
Lanes<T, A> log1p_of_unit(Lanes<T, A> u) {
  using L = Lanes<T, A>;
  constexpr int kTerms = std::is_same_v<T, float> ? 7 : 17;  // (1/9)^kTerms is below rounding
  const L s = u / (2.0 + u);
  const L z = s * s;
  L sum = 1.0 / (2 * kTerms - 1);
  for (int k = kTerms - 2; k >= 0; --k) sum = xsimd::fma(sum.v, z.v, L(1.0 / (2 * k + 1)).v);
  return 2.0 * s * sum;
}

/// log(1 + e^x); derivative sigmoid(x).
template <class T, class A>
Lanes<T, A> softplus(Lanes<T, A> x) {
  return where(x > 0.0, x, Lanes<T, A>(0.0)) + log1p_of_unit(exp(-abs(x)));
}
template <class L>
Dual<L> softplus(const Dual<L>& x) {
  return Dual<L>::chain(x, softplus(x.value), sigmoid(x.value));
}

/// max(x, 0); derivative 0 at 0.
template <class T, class A>
Lanes<T, A> relu(Lanes<T, A> x) {
  return where(x <= 0.0, Lanes<T, A>(0.0), x);
}
template <class L>
Dual<L> relu(const Dual<L>& x) {
  return Dual<L>::chain(x, relu(x.value), where(x.value <= 0.0, 0.0, 1.0));
}

/// x for x > 0, e^x - 1 otherwise (Clevert et al. 2016); derivative 1 or e^x.
template <class T, class A>
Lanes<T, A> elu(Lanes<T, A> x) {
  return where(x > 0.0, x, expm1(where(x > 0.0, Lanes<T, A>(0.0), x)));
}
template <class L>
Dual<L> elu(const Dual<L>& x) {
  const L e = exp(where(x.value > 0.0, L(0.0), x.value));
  return Dual<L>::chain(x, elu(x.value), e);
}

}  // namespace evident
