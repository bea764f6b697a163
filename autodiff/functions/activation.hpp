#pragma once

#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/functions/logarithmic.hpp>
#include <evident/autodiff/functions/normal_tails.hpp>

namespace evident {

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

/// log(1 + e^x); derivative sigmoid(x).
template <class T, class A>
Lanes<T, A> softplus(Lanes<T, A> x) {
  return where(x > 0.0, x, Lanes<T, A>(0.0)) + log1p_of_unit(exp(-abs(x)));
}
template <class L>
Dual<L> softplus(const Dual<L>& x) {
  return Dual<L>::chain(x, softplus(x.value), sigmoid(x.value));
}

/// log of the sigmoid, -log(1 + e^-x); derivative sigmoid(-x).
template <class T, class A>
Lanes<T, A> log_sigmoid(Lanes<T, A> x) {
  return -softplus(-x);
}
template <class L>
Dual<L> log_sigmoid(const Dual<L>& x) {
  return Dual<L>::chain(x, log_sigmoid(x.value), sigmoid(-x.value));
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

/// x for x > 0, slope x otherwise (Maas et al. 2013); the derivative at 0 is the slope.
template <class X, class S, class R = Promoted<X, S>>
R leaky_relu(const X& x, const S& slope) {
  return of_two<R>(x, slope, [](auto x, auto slope) {
    using L = decltype(x);
    const auto above = x > 0.0;
    return Partials<L>{where(above, x, slope * x), where(above, L(1.0), slope),
                       where(above, L(0.0), x)};
  });
}

/// x for x > 0, e^x - 1 otherwise (Clevert et al. 2016); derivative 1 or e^x.
template <class T, class A>
Lanes<T, A> elu(Lanes<T, A> x) {
  return where(x > 0.0, x, expm1(x));
}
template <class L>
Dual<L> elu(const Dual<L>& x) {
  return Dual<L>::chain(x, elu(x.value), where(x.value > 0.0, L(1.0), exp(x.value)));
}

/// x Phi(x) with the standard normal's distribution function (Hendrycks and Gimpel 2016);
/// derivative Phi(x) + x phi(x).
template <class T, class A>
Lanes<T, A> gelu(Lanes<T, A> x) {
  // Below -40 it is under the smallest number, and -inf times 0 must not be NaN.
  return where(x < -40.0, Lanes<T, A>(0.0), x * ndtr(x));
}
template <class L>
Dual<L> gelu(const Dual<L>& x) {
  const L near = clamp(x.value, -40.0, 40.0);
  return Dual<L>::chain(x, gelu(x.value), ndtr(x.value) + near * parts::normal_density(near));
}

/// x sigmoid(x) (Elfwing et al. 2018), also called swish; derivative s + x s (1 - s) with
/// s = sigmoid(x).
template <class T, class A>
Lanes<T, A> silu(Lanes<T, A> x) {
  return where(x < -800.0, Lanes<T, A>(0.0), x * sigmoid(x));
}
template <class L>
Dual<L> silu(const Dual<L>& x) {
  const L near = clamp(x.value, -800.0, 800.0);
  const L e = exp(-abs(near));
  return Dual<L>::chain(x, silu(x.value), sigmoid(x.value) + near * (e / square(1.0 + e)));
}

}  // namespace evident
