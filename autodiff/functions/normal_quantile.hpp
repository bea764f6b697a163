#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/normal_tails.hpp>
#include <evident/autodiff/functions/polynomial.hpp>

// The inverses of the normal distribution function and of the error functions. All are one function
// of a probability, given by its distance from 1/2 and by the logarithm of its smaller tail, each
// where it is exact.

namespace evident {

namespace parts {

// The coefficients of algorithm AS 241 (Wichura 1988, PPND16), lowest power first: numerators and
// denominators of ratios with a relative error of 1e-16. In the middle theirs is sqrt(2 pi) + q^2
// times this one, q the distance from 1/2: so written it loses nothing near it.
struct Quantile {
  static constexpr double kMiddle[] = {
      4.8747659413999497265, 176.90044402900753028, 2358.3059454499726761, 14221.483431164575817,
      38579.04915793209246,  40495.706885421418728, 10591.799914467878976};
  static constexpr double kBelowMiddle[] = {1.0,
                                            4.2313330701600911252e1,
                                            6.8718700749205790830e2,
                                            5.3941960214247511077e3,
                                            2.1213794301586595867e4,
                                            3.9307895800092710610e4,
                                            2.8729085735721942674e4,
                                            5.2264952788528545610e3};
  static constexpr double kTail[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                     5.76949722146069140550e0,  3.64784832476320460504e0,
                                     1.27045825245236838258e0,  2.41780725177450611770e-1,
                                     2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kBelowTail[] = {1.0,
                                          2.05319162663775882187e0,
                                          1.67638483018380384940e0,
                                          6.89767334985100004550e-1,
                                          1.48103976427480074590e-1,
                                          1.51986665636164571966e-2,
                                          5.47593808499534494600e-4,
                                          1.05075007164441684324e-9};
  static constexpr double kFarTail[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                        1.78482653991729133580e0,  2.96560571828504891230e-1,
                                        2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                        2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double kBelowFarTail[] = {1.0,
                                             5.99832206555887937690e-1,
                                             1.36929880922735805310e-1,
                                             1.48753612908506148525e-2,
                                             7.86869131145613259100e-4,
                                             1.84631831751005468180e-5,
                                             1.42151175831644588870e-7,
                                             2.04426310338993978564e-15};
  static constexpr double kMiddleEnds = 0.425;  // in distance from 1/2
};

// |Phi^-1(p)| for a smaller tail of p of at most 0.075, from minus its logarithm: to 745, where the
// numbers end.
template <class T, class A>
Lanes<T, A> quantile_of_tail(Lanes<T, A> minus_log) {
  using L = Lanes<T, A>;
  const L r = sqrt(minus_log);
  const L near = r - 1.6;
  const L y = polynomial(Quantile::kTail, near) / polynomial(Quantile::kBelowTail, near);
  const auto far = r > 5.0;
  if (!xsimd::any(far.bits)) return y;
  const L beyond = minimum(r, 28.0) - 5.0;  // infinity over infinity is none
  return where(
      far, polynomial(Quantile::kFarTail, beyond) / polynomial(Quantile::kBelowFarTail, beyond), y);
}

// The same for tails that are no numbers themselves: v = z^2 / 2 solves
// v = -log p + log(exp(z^2 / 2) Phi(-z)), whose right side has the slope -1 / 2v.
template <class T, class A>
Lanes<T, A> quantile_of_far_tail(Lanes<T, A> minus_log) {
  using L = Lanes<T, A>;
  constexpr double kRootTwo = 1.41421356237309504880;
  constexpr double kLogFourPi = 2.53102424696929079310;
  const L within = minimum(minus_log, static_cast<double>(std::numeric_limits<T>::max()));
  L v = within - 0.5 * (log(within) + kLogFourPi);
  for (int step = 0; step < 2; ++step) {
    const L right = within + log(scaled_tail(kRootTwo * sqrt(v)));
    v += (right - v) / (1.0 + 0.5 / v);
  }
  return where(minus_log > within, minus_log, kRootTwo * sqrt(v));
}

// `scale`, which is 1 or sqrt 1/2, times Phi^-1 of the probability `above` + 1/2, whose
// size for the smaller tail is given by `size_of_tail()`.
template <class T, class A, class F>
Lanes<T, A> quantile(Lanes<T, A> above, double scale, F size_of_tail) {
  using L = Lanes<T, A>;
  constexpr double kRootTwoPi = 2.50662827463100050242, kRootPi = 1.77245385090551602730;
  const auto middle = abs(above) <= Quantile::kMiddleEnds;
  const L inner = where(middle, above, L(0.0));
  const L square = inner * inner;
  const L r = Quantile::kMiddleEnds * Quantile::kMiddleEnds - square;
  const L bend = polynomial(Quantile::kMiddle, r) / polynomial(Quantile::kBelowMiddle, r);
  const L y = above * ((scale == 1 ? kRootTwoPi : kRootPi) + scale * (square * bend));
  if (xsimd::all(middle.bits)) return y;
  const L size = scale * size_of_tail();
  return where(middle, y, where(above < 0.0, -size, size));
}

// y, but infinite where the smaller tail is 0, with the sign of `above`.
template <class L>
L infinite_at_ends(L tail, L above, L y) {
  return where(tail == 0.0, where(above < 0.0, -kInfinity, kInfinity), y);
}

// ln 2 as the nearest number of the type, which is exact to add to a number near -ln 2, and a rest.
template <class T>
inline constexpr double kNearestLn2 =
    std::is_same_v<T, float> ? 0x1.62e43p-1 : 0x1.62e42fefa39efp-1;
template <class T>
inline constexpr double kRestOfLn2 =
    std::is_same_v<T, float> ? -1.9046542999577681e-9 : 2.3190468138462996e-17;

}  // namespace parts

/// The quantile function Phi^-1(p) of the standard normal for p in [0, 1], with its relative
/// accuracy in the lower tail and around 1/2; infinite at the ends, NaN outside. Derivative
/// sqrt(2 pi) exp(x^2/2) with x = Phi^-1(p).
template <class T, class A>
Lanes<T, A> ndtri(Lanes<T, A> p) {
  const Lanes<T, A> above = p - 0.5, tail = minimum(p, 1.0 - p);
  return parts::infinite_at_ends(
      tail, above, parts::quantile(above, 1, [&] { return parts::quantile_of_tail(-log(tail)); }));
}
template <class L>
Dual<L> ndtri(const Dual<L>& p) {
  const L x = ndtri(p.value), tail = minimum(p.value, 1.0 - p.value);
  // exp(x^2/2) itself would have x^2 times the error of x.
  const L slope = parts::mills_ratio(abs(x)) / tail;
  return Dual<L>::chain(p, x, parts::infinite_at_ends(tail, L(1.0), slope));
}

/// Phi^-1(e^y), the inverse of `log_ndtr`, for y in [-inf, 0], with its relative accuracy wherever
/// e^y lies; infinite at the ends, NaN above 0. Derivative Phi(x)/phi(x) with x = Phi^-1(e^y).
template <class T, class A>
Lanes<T, A> ndtri_exp(Lanes<T, A> y) {
  using L = Lanes<T, A>;
  constexpr double kLargest = 740;  // what `quantile_of_tail` takes
  const L above = 0.5 * expm1((y + parts::kNearestLn2<T>)+parts::kRestOfLn2<T>);
  return parts::quantile(above, 1, [&] {
    const L minus_log = where(above < 0.0, -y, -log(-expm1(y)));
    const L size = parts::quantile_of_tail(minus_log);
    const auto far = minus_log > kLargest;
    if (!xsimd::any(far.bits)) return size;
    return where(far, parts::quantile_of_far_tail(where(far, minus_log, L(kLargest))), size);
  });
}
template <class L>
Dual<L> ndtri_exp(const Dual<L>& y) {
  const L x = ndtri_exp(y.value);
  const L over = where(x < 0.0, L(1.0), expm1(-y.value));  // Phi(-|x|) over Phi(x)
  const L slope = parts::mills_ratio(abs(x)) / over;
  return Dual<L>::chain(y, x, parts::infinite_at_ends(y.value, L(1.0), slope));
}

/// The inverse of the error function for x in [-1, 1], with its relative accuracy near 0; infinite
/// at the ends, NaN outside. Derivative sqrt(pi)/2 exp(y^2) with y = erf^-1(x).
template <class T, class A>
Lanes<T, A> erfinv(Lanes<T, A> x) {
  const Lanes<T, A> above = 0.5 * x, tail = 0.5 * (1.0 - abs(x));
  const Lanes<T, A> y =
      parts::quantile(above, parts::kRootHalf, [&] { return parts::quantile_of_tail(-log(tail)); });
  return parts::infinite_at_ends(tail, x, y);
}
template <class L>
Dual<L> erfinv(const Dual<L>& x) {
  const L y = erfinv(x.value), tail = 1.0 - abs(x.value);
  // exp(y^2) itself, but for small y, would have 2 y^2 times the error of y.
  const L grown = where(tail > 0.5, exp(y * y), scaled_erfc(abs(y)) / tail);
  const L slope = parts::kHalfRootPi * grown;
  return Dual<L>::chain(x, y, parts::infinite_at_ends(tail, L(1.0), slope));
}

/// The inverse of the complementary error function for x in [0, 2], with its relative accuracy for
/// small x and around 1; infinite at the ends, NaN outside. Derivative -sqrt(pi)/2 exp(y^2) with
/// y = erfc^-1(x).
template <class T, class A>
Lanes<T, A> erfcinv(Lanes<T, A> x) {
  using parts::kLn2;
  const Lanes<T, A> below = 1.0 - x, tail = minimum(x, 2.0 - x);
  const Lanes<T, A> y = parts::quantile(0.5 * below, parts::kRootHalf,
                                        [&] { return parts::quantile_of_tail(kLn2 - log(tail)); });
  return parts::infinite_at_ends(tail, below, y);
}
template <class L>
Dual<L> erfcinv(const Dual<L>& x) {
  const L y = erfcinv(x.value), tail = minimum(x.value, 2.0 - x.value);
  const L slope = parts::kHalfRootPi * scaled_erfc(abs(y)) / tail;
  return Dual<L>::chain(x, y, -parts::infinite_at_ends(tail, L(1.0), slope));
}

}  // namespace evident
