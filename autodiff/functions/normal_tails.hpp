#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/error_function.hpp>

// The distribution function of the standard normal and its logarithm, in both tails.

namespace evident {

namespace parts {

inline constexpr double kRootHalf = 0.70710678118654752440;
inline constexpr double kOneOverRootTwoPi = 0.39894228040143267794;
inline constexpr double kHalfRootPi = 0.88622692545275801365;

// (1 + sqrt(2) x) 2 exp(x^2 / 2) Phi(-x) for x >= 0.
template <class T, class A>
Lanes<T, A> scaled_tail_polynomial(Lanes<T, A> x) {
  return polynomial(ErrorFunction<T>::kScaledErfc, 1.0 - 12 * kRootHalf / (x + 6 * kRootHalf));
}

// exp(x^2 / 2) Phi(-x) for x >= 0.
template <class T, class A>
Lanes<T, A> scaled_tail(Lanes<T, A> x) {
  return 0.5 * kRootHalf * scaled_tail_polynomial(x) / (kRootHalf + x);
}

// Mills's ratio Phi(-x) / phi(x) for x >= 0, and the hazard, its inverse, up to the largest number.
template <class T, class A>
Lanes<T, A> mills_ratio(Lanes<T, A> x) {
  return kHalfRootPi * (scaled_tail_polynomial(x) / (kRootHalf + x));
}
template <class T, class A>
Lanes<T, A> normal_hazard(Lanes<T, A> x) {
  constexpr double kTwoOverRootPi = 1.12837916709551257390;
  return (kRootHalf + x) * (kTwoOverRootPi / scaled_tail_polynomial(x));
}

// phi(x).
template <class T, class A>
Lanes<T, A> normal_density(Lanes<T, A> x) {
  return kOneOverRootTwoPi * exp_minus_square(x, 0.5);
}

}  // namespace parts

/// The distribution function Phi of the standard normal, with its relative accuracy in the lower
/// tail; derivative the density phi(x) = exp(-x^2/2) / sqrt(2 pi).
template <class T, class A>
Lanes<T, A> ndtr(Lanes<T, A> x) {
  const Lanes<T, A> tail = exp_minus_square(x, 0.5) * parts::scaled_tail(abs(x));
  return where(abs(x) < 0.5, 0.5 + 0.5 * parts::erf_of_inner(parts::kRootHalf * x),
               where(x < 0.0, tail, 1.0 - tail));
}
template <class L>
Dual<L> ndtr(const Dual<L>& x) {
  return Dual<L>::chain(x, ndtr(x.value), parts::normal_density(x.value));
}

/// log Phi(x), with its relative accuracy in both tails: -x^2/2 - log(-x) - log(2 pi)/2 far below,
/// -Phi(-x) far above; derivative phi(x)/Phi(x), about -x far below.
template <class T, class A>
Lanes<T, A> log_ndtr(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  const L scaled = parts::scaled_tail(abs(x));
  const auto below = x <= -0.5;
  const L middle = 0.5 + 0.5 * parts::erf_of_inner(parts::kRootHalf * x);
  const L lower = log(where(below, scaled, middle)) + where(below, -0.5 * x * x, L(0.0));
  const auto above = x >= 0.5;
  if (!xsimd::any(above.bits)) return lower;
  return where(above, log1p(-(exp_minus_square(x, 0.5) * scaled)), lower);
}
template <class L>
Dual<L> log_ndtr(const Dual<L>& x) {
  const L slope = where(x.value < -0.5, parts::normal_hazard(abs(x.value)),
                        parts::normal_density(x.value) / ndtr(x.value));
  return Dual<L>::chain(x, log_ndtr(x.value), slope);
}

namespace parts {

// Phi(b) - Phi(a) over phi((a + b) / 2) (b - a), by its Taylor series: with m the middle and h half
// the width, the sum of He_2k(m) h^2k / (2k + 1)! over the Hermite polynomials
// He_n+1(m) = m He_n(m) - n He_n-1(m). For |m h| <= 0.36 and h <= 0.36.
template <class L>
L mean_of_density(L middle_half, L half_squared) {
  constexpr int kOrder = std::is_same_v<typename L::Scalar, float> ? 8 : 14;
  L before = 1.0, last = middle_half, sum = 1.0;
  double factorial = 1;
  for (int n = 1; n < kOrder; ++n) {
    const L following = middle_half * last - static_cast<double>(n) * (half_squared * before);
    before = last;
    last = following;
    factorial *= n + 1;
    if (n % 2 == 1) sum += last * (1 / (factorial * (n + 2)));
  }
  return sum;
}

// Phi(x) - 1/2 for x >= 0, from its tail Phi(-x).
template <class L>
L above_the_middle(L x, L tail) {
  return where(x < 1.0, 0.5 * erf_of_inner(kRootHalf * x), 0.5 - tail);
}

// log(Phi(b) - Phi(a)) with its partial derivatives, for a < b and |b| <= |a| or infinite ends.
template <class L>
Partials<L> log_mass_below(L a, L b) {
  const L from = abs(a), to = abs(b);
  const L width = b - a, middle = 0.5 * a + 0.5 * b, half = 0.5 * width;
  const L tail_from = scaled_tail(from), tail_to = scaled_tail(to);

  // Both in the lower tail: Phi(b) (1 - Phi(a)/Phi(b)).
  const L fall = exp(width * middle);  // phi(a)/phi(b)
  const L share = fall * (tail_from / tail_to);
  const L rest = 1.0 - share;
  const L hazard = normal_hazard(to) / rest;
  L base = -0.5 * b * b, argument = tail_to * rest;
  L da = -(fall * hazard), db = hazard;

  // Too close together for that: the width times the density in the middle.
  const auto close = share > 0.5 && b <= 0.0;
  if (xsimd::any(close.bits)) {
    const L middle_half = where(close, middle * half, L(0.0));
    const L half_squared = where(close, half * half, L(0.0));
    const L mean = mean_of_density(middle_half, half_squared);
    base = where(close, -0.5 * middle * middle, base);
    argument = where(close, kOneOverRootTwoPi * (width * mean), argument);
    const L mass = width * mean;  // over phi(middle)
    da = where(close, -(exp(middle_half - 0.5 * half_squared) / mass), da);
    db = where(close, exp(-middle_half - 0.5 * half_squared) / mass, db);
  }

  // On both sides of 0: a sum of positive terms, or 1 less two tails.
  const auto across = b > 0.0;
  L small = 0.0;
  if (xsimd::any(across.bits)) {
    const L density_from = exp_minus_square(from, 0.5), density_to = exp_minus_square(to, 0.5);
    const L below = density_from * tail_from, above = density_to * tail_to;
    const L outside = below + above;
    const auto most = across && outside < 0.5;
    const L mass = above_the_middle(from, below) + above_the_middle(to, above);
    base = where(across, L(0.0), base);
    argument = where(across, where(most, L(1.0), mass), argument);
    small = where(most, log1p(-where(most, outside, L(0.0))), L(0.0));
    da = where(across, -(kOneOverRootTwoPi * density_from) / mass, da);
    db = where(across, (kOneOverRootTwoPi * density_to) / mass, db);
  }
  return {(base + log(argument)) + small, da, db};
}

}  // namespace parts

/// log(Phi(b) - Phi(a)) for a <= b, without cancellation wherever the two lie, infinities included;
/// -inf for a = b, NaN for a > b. The derivatives are -phi(a) and phi(b) over the difference,
/// finite however far in a tail it is.
template <class X, class Y, class R = Promoted<X, Y>>
R log_ndtr_difference(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    using parts::kInfinity;
    using parts::kNan;
    const auto mirrored = a + b > 0.0;
    const Partials<L> p = parts::log_mass_below(where(mirrored, -b, a), where(mirrored, -a, b));
    const auto proper = a < b;
    const L otherwise = where(a == b, -kInfinity, kNan);
    return Partials<L>{where(proper, p.value, otherwise),
                       where(proper, where(mirrored, -p.db, p.da), otherwise),
                       where(proper, where(mirrored, -p.da, p.db), -otherwise)};
  });
}

}  // namespace evident
