#pragma once

#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/functions/polynomial.hpp>

namespace evident {

namespace parts {

// Printed by scripts/fit_error_function.py, which says what is expanded.
template <class T>
struct ErrorFunction;

template <>
struct ErrorFunction<float> {
  static constexpr double kScaledErfc[] = {
      1.2530080563677553423,      -0.1356210694002736027,      -0.0475621569275200741,
      0.12964411434408139391,     -0.11927527528224089297,     0.068316567771140853377,
      -0.023763576439495039671,   0.0024991168696069475641,    0.0018750791237723530031,
      -0.00072645367903404842363, -0.000092545166869239659643, 0.000077310242240768950556};
  static constexpr double kErf[] = {1.1283791658815026333,     -0.37612626903580438327,
                                    0.11283597463488053138,    -0.026854328796067244337,
                                    0.0051893119426866176811,  -0.00080188549927863869635,
                                    0.000078824971100866635674};
};

template <>
struct ErrorFunction<double> {
  static constexpr double kScaledErfc[] = {
      1.2530080582697296471,      -0.13562110612458115851,     -0.047562294353449196685,
      0.12964515870275939232,     -0.11927366341538638408,     0.068308027344009903797,
      -0.023770514917171336801,   0.0025293918156939695289,    0.0018886903449991718495,
      -0.00077983226965433065201, -0.00010515971958448064841,  0.00012509934245837290944,
      4.9491966499683453145e-6,   -0.000020100542268525610943, -7.3082814687836139291e-7,
      3.4723709449771681704e-6,   3.5576086684080594355e-7,    -6.1660114603987259305e-7,
      -1.4047654315428462329e-7,  1.0183620603842736649e-7,    4.1064013667940352768e-8,
      -1.3312919661038687714e-8,  -8.2175950587114538556e-9,   9.8625335103455875929e-10,
      8.3937348586908775496e-10};
  static constexpr double kErf[] = {
      1.1283791670955125667,     -0.37612638903183543533,     0.11283791670945129749,
      -0.026866170643256994332,  0.0052239776072699452863,    -0.00085483259825432250569,
      0.00012055295112667001076, -0.000014924740785377575036, 1.6447471190594618058e-6,
      -1.6208829856810200783e-7, 1.3721520406351094437e-8,    -7.7985438505499469037e-10};
};

}  // namespace parts

/// exp(-c x^2) for c = 1 or 1/2, in two factors: the rounding of x^2 alone would cost x^2 units in
/// the last place.
template <class T, class A>
Lanes<T, A> exp_minus_square(Lanes<T, A> x, double c) {
  const Lanes<T, A> size = minimum(abs(x), 100.0);  // 0 beyond, and no infinity less itself
  const Lanes<T, A> high = upper_half(size);
  const Lanes<T, A> y = exp(-c * (high * high));
  const Lanes<T, A> rest = expm1(-c * ((size - high) * (size + high)));
  return parts::fused(y, rest, y);
}

namespace parts {

// (1 + 2x) exp(x^2) erfc(x) for x >= 0.
template <class T, class A>
Lanes<T, A> scaled_erfc_polynomial(Lanes<T, A> x) {
  return polynomial(ErrorFunction<T>::kScaledErfc, 1.0 - 6.0 / (x + 3.0));
}

}  // namespace parts

/// exp(x^2) erfc(x) for x >= 0, to a few units in the last place, infinity included.
template <class T, class A>
Lanes<T, A> scaled_erfc(Lanes<T, A> x) {
  return 0.5 * parts::scaled_erfc_polynomial(x) / (0.5 + x);  // 2x may be out of range
}

namespace parts {

// erf(x) for |x| < 1.
template <class T, class A>
Lanes<T, A> erf_of_inner(Lanes<T, A> x) {
  const Lanes<T, A> s = where(abs(x) < 1.0, x, Lanes<T, A>(0.0));
  return x * polynomial(ErrorFunction<T>::kErf, s * s);
}

}  // namespace parts

/// The complementary error function 1 - erf(x), with its relative accuracy in the upper tail;
/// derivative -2/sqrt(pi) exp(-x^2).
template <class T, class A>
Lanes<T, A> erfc(Lanes<T, A> x) {
  const Lanes<T, A> tail = exp_minus_square(x, 1.0) * scaled_erfc(abs(x));
  return where(abs(x) < 0.5, 1.0 - parts::erf_of_inner(x), where(x < 0.0, 2.0 - tail, tail));
}
template <class L>
Dual<L> erfc(const Dual<L>& x) {
  constexpr double kTwoOverRootPi = 1.12837916709551257390;
  return Dual<L>::chain(x, erfc(x.value), -kTwoOverRootPi * exp_minus_square(x.value, 1.0));
}

/// The error function; derivative 2/sqrt(pi) exp(-x^2).
template <class T, class A>
Lanes<T, A> erf(Lanes<T, A> x) {
  const Lanes<T, A> tail = exp_minus_square(x, 1.0) * scaled_erfc(abs(x));
  return where(abs(x) < 1.0, parts::erf_of_inner(x), where(x < 0.0, tail - 1.0, 1.0 - tail));
}
template <class L>
Dual<L> erf(const Dual<L>& x) {
  constexpr double kTwoOverRootPi = 1.12837916709551257390;
  return Dual<L>::chain(x, erf(x.value), kTwoOverRootPi * exp_minus_square(x.value, 1.0));
}

}  // namespace evident
