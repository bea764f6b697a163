#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/functions/error_function.hpp>
#include <evident/autodiff/functions/polynomial.hpp>

// Modified Bessel functions of the first kind, of order 0 and 1, as logarithms and as their ratio.

namespace evident {

namespace parts {

// Printed by scripts/fit_bessel.py, which says what is expanded.
template <class T>
struct Bessel;

template <>
struct Bessel<float> {
  static constexpr double kMiddle = 8;
  static constexpr double kSmallI0[] = {0.99999999765033622774,     0.25000002920996808437,
                                        0.027777717934019589227,    0.0017361585886152788909,
                                        0.000069425361624069444608, 1.9334022889509686657e-6,
                                        3.8756239095465275981e-8,   6.6729893958322190252e-10,
                                        4.9552535634753845708e-12,  1.4616693555402433295e-13};
  static constexpr double kSmallI1[] = {
      1.0000000007874936187,     0.49999998814370159397,    0.083333362811687402339,
      0.0069444158948423484829,  0.00034723637843128921278, 0.000011569989073295179652,
      2.7630545135785926318e-7,  4.8371281617835514111e-9,  7.4449859482668688031e-11,
      4.8885938216782233147e-13, 1.3345037050711176829e-14};
  static constexpr double kSmallI1Slope[] = {
      0.99999999949371232166,    1.5000000090778529389,     0.41666663974580152213,
      0.048611142347087011418,   0.0031249813001008320393,  0.0001273214085464048981,
      3.5809811777871391907e-6,  7.402930432245278081e-8,   1.1410255918086474246e-9,
      1.5752770750658156385e-11, 9.2735025815872986311e-14, 2.3284613281875475995e-15};
  static constexpr double kSmallRatioSlope[] = {
      1.0000000039154787028,      0.49999989059548748083,     0.16666717343370157098,
      0.034721296870703766351,    0.0048619946079404384764,   0.00048560413251680129272,
      0.000036565051344245998215, 2.0627396681047095348e-6,   1.0641637107821747631e-7,
      2.5802961354108775849e-9,   2.1767366550896933749e-10,  -3.4808627127632246088e-12,
      3.5714248381392328735e-13,  -6.5825826561311557162e-15, 1.3886849733404698727e-16};
  static constexpr double kLargeI0[] = {0.40217651281544419447,    0.0033605557001427147294,
                                        0.00013615603206676122869, 0.000011112148285239390319,
                                        1.6391348715752509935e-6,  3.6266703847970849033e-7};
  static constexpr double kLargeI1[] = {0.38939845522427889693,     -0.0097495813703771798126,
                                        -0.00021916808853495126544, -0.000015003965466132857672,
                                        -2.0097889902961671402e-6,  -4.2103501550232312109e-7};
  static constexpr double kLargeRatio[] = {0.5083559146476255973,      0.0089634988550435948788,
                                           0.00068274711217230214497,  0.000088740600506597140884,
                                           0.000017322324450166098373, 5.365059835521638847e-6,
                                           2.0440116512362144793e-6,   4.2272641174375758981e-7};
  static constexpr double kLargeRatioSlope[] = {
      0.51731939637155219055,     0.019292560987818212227,    0.0023152547749094465482,
      0.00042414245843713235586,  0.00010826153142121253925,  0.000041926404379902819408,
      0.000027495319481993949278, 0.000010647568740620414444, -6.0878410353532273118e-6,
      -4.9603624470288770602e-6};
};

template <>
struct Bessel<double> {
  static constexpr double kMiddle = 12;
  static constexpr double kSmallI0[] = {
      1.000000000000000001,      0.24999999999999997986,     0.027777777777777844745,
      0.0017361111111110227954,  0.000069444444444505945824, 1.9290123456529034865e-6,
      3.9367598898765044742e-8,  6.1511873122490696191e-10,  7.5940586370012029232e-12,
      7.594056188872688199e-14,  6.2760995491130662339e-16,  4.3582765406422987947e-18,
      2.5794703012039627429e-20, 1.3137991463437694628e-22,  5.9028001029973948152e-25,
      2.1715720798820126097e-27, 9.5582595404580955931e-30,  8.2485154997045236637e-33,
      1.5776053444849990035e-34};
  static constexpr double kSmallI1[] = {
      0.99999999999999999957,    0.50000000000000000959,    0.083333333333333297992,
      0.0069444444444444961586,  0.00034722222222218220668, 0.000011574074074092989213,
      2.7557319223390786204e-7,  4.9209498627435459894e-9,  6.8346525639970845809e-11,
      7.594058686896271337e-13,  6.9036870807140674297e-15, 5.230084977342356523e-17,
      3.3525118516497367165e-19, 1.8425063986617206912e-21, 8.7579921028019223036e-24,
      3.6904406224232568875e-26, 1.2758963831535306e-28,    5.3226399875100754508e-31,
      4.2805491385266664326e-34, 7.9006549903342762803e-36};
  static constexpr double kSmallI1Slope[] = {
      1.0000000000000000004,     1.4999999999999999911,     0.41666666666666670272,
      0.048611111111111052882,   0.0031250000000000497953,  0.00012731481481478875532,
      3.5824514991272644706e-6,  7.3814247919148498581e-8,  1.1618909399087806133e-9,
      1.4428710958182985699e-11, 1.4497748486983229859e-13, 1.2029151194065437167e-15,
      8.3815490677506762455e-18, 4.9734966833851727347e-20, 2.5444421374855452126e-22,
      1.1311788255238952071e-24, 4.4783526735572638876e-27, 1.4582739465588736542e-29,
      5.7661314623003458116e-32, 4.3633274747976458925e-35, 7.7164903333233721915e-37};
  static constexpr double kSmallRatioSlope[] = {
      0.99999999999999999907,     0.50000000000000004051,     0.16666666666666637378,
      0.034722222222223065833,    0.0048611111111098180526,   0.00048611111111233287363,
      0.000036375661374883736778, 2.1110874909054381253e-6,   9.7735531850182887552e-8,
      3.6922312389241493183e-9,   1.1595436213551783921e-10,  3.074548691885063699e-12,
      6.9738122156388500639e-14,  1.368505195719153489e-15,   2.3458487271888323768e-17,
      3.5444123015617528532e-19,  4.7449204408022436814e-21,  5.7250392116584164926e-23,
      5.9953202294022308729e-25,  6.4627754143214346011e-27,  3.8319274336069014744e-29,
      7.7573669802596724622e-31,  -3.6642731195125136343e-33, 1.2638519920078448998e-34,
      -1.1074053936683616505e-36, 1.1490731622873110821e-38,  -5.7453610661091892156e-41,
      2.1231342628869685975e-43};
  static constexpr double kLargeI0[] = {
      0.40107106506684741645,     0.0021821681721167957253,   0.00005598482533367928693,
      2.7977070257766628253e-6,   2.1716050262093788126e-7,   2.3688338438819636755e-8,
      3.443434241232730551e-9,    6.4867958367118654585e-10,  1.5622948046722945316e-10,
      4.5867961175510674473e-11,  1.8722023652278288159e-11,  1.5473275663780064974e-11,
      8.6809177650513845483e-12,  -3.0447300359286615549e-12, -4.7455346212162747205e-12,
      -2.4117568993983597974e-13, 6.4376576540246212637e-13};
  static constexpr double kLargeI1[] = {
      0.39262449420411655458,     -0.0064054536034822195143,  -0.000091247553550778374051,
      -3.8279513621299118404e-6,  -2.7268454764371702314e-7,  -2.8253602644638093856e-8,
      -3.9675520981862668523e-9,  -7.2882206004717991533e-10, -1.7216093304140589215e-10,
      -4.9849959648783092682e-11, -2.0004618836565968733e-11, -1.6257849427054401922e-11,
      -9.1887216338132064788e-12, 3.0310816576448756551e-12,  4.916657558094202997e-12,
      2.8644635747102511734e-13,  -6.5508286922805915089e-13};
  static constexpr double kLargeRatio[] = {
      0.5054408516649119032,      0.0056904253840194480327,   0.00026838311413842029709,
      0.000020800070891067244337, 2.2678472763845930105e-6,   3.2631177296936417151e-7,
      6.0057767954819275378e-8,   1.3949538824241935425e-8,   4.0978054172257674077e-9,
      1.5358334822501581892e-9,   7.4487051213697147996e-10,  5.1053935949888722439e-10,
      3.5061188082543174933e-10,  -2.4955101855431292062e-11, -3.2724004198422639192e-10,
      -1.7768687203730048431e-10, 8.7775278787206773865e-11,  8.2071966500866910298e-11,
      -9.3711347594637279542e-12, -1.3478576112200520393e-11};
  static constexpr double kLargeRatioSlope[] = {
      0.51113127704893147041,     0.011917616996318744719,    0.00086754955506419034904,
      0.000092271672435915212296, 0.000012970796058985821906, 2.318222618093461782e-6,
      5.1804066340805921139e-7,   1.4432191406456406529e-7,   5.0770945604392148553e-8,
      2.3139757254871964148e-8,   1.3557644243991494548e-8,   9.1515615978550766131e-9,
      4.7891440140077045599e-9,   -2.2574723306528458882e-9,  -8.3056652576945749853e-9,
      -5.3508046060055077699e-9,  3.4227414830970268169e-9,   4.9763202969439765448e-9,
      -5.9308597517074108511e-10, -2.3754367967432226476e-9,  -2.8569584279341057918e-11,
      6.6428632598658756592e-10,  2.1694228209967235418e-11,  -8.5931755091175960214e-11};
};

// A function of |x| by one formula in y = x^2 / 4 up to the middle and another in u = 2 middle/|x|
// - 1 beyond, each computed where a lane needs it.
template <class T, class A, class Small, class Large>
Lanes<T, A> by_size(Lanes<T, A> size, Small of_small, Large of_large) {
  using L = Lanes<T, A>;
  constexpr double kMiddle = Bessel<T>::kMiddle;
  const auto small = size <= kMiddle;
  const L inner = where(small, size, L(kMiddle)), outer = where(small, L(kMiddle), size);
  if (xsimd::all(small.bits)) return of_small(inner, 0.25 * inner * inner);
  const L beyond = of_large(outer, 2 * kMiddle / outer - 1.0);
  if (!xsimd::any(small.bits)) return beyond;
  return where(small, of_small(inner, 0.25 * inner * inner), beyond);
}

// With the sign of x.
template <class L>
L with_sign_of(L x, L size) {
  return where(x < 0.0, -size, where(x == 0.0, x, size));
}

// log(scaled exp(x) / sqrt x), for infinite x too.
template <class T, class A>
Lanes<T, A> log_of_scaled(Lanes<T, A> x, Lanes<T, A> scaled) {
  return x + log(scaled / sqrt(minimum(x, static_cast<double>(std::numeric_limits<T>::max()))));
}

}  // namespace parts

/// I1(x) / I0(x), the mean resultant length of a von Mises distribution of concentration x; about
/// x/2 near 0 and 1 - 1/(2x) for large x, with its relative accuracy. Derivative 1 - r/x - r^2 with
/// r = I1(x)/I0(x), from 1/2 to 1/(2 x^2), computed without cancellation.
template <class T, class A>
Lanes<T, A> bessel_ratio(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  using C = parts::Bessel<T>;
  const L size = parts::by_size(
      abs(x),
      [](L x, L y) {
        return 0.5 * x * parts::polynomial(C::kSmallI1, y) /
               (1.0 + y * parts::polynomial(C::kSmallI0, y));
      },
      [](L x, L u) { return 1.0 - parts::polynomial(C::kLargeRatio, u) / x; });
  return parts::with_sign_of(x, size);
}
template <class L>
Dual<L> bessel_ratio(const Dual<L>& x) {
  using C = parts::Bessel<typename L::Scalar>;
  const L slope = parts::by_size(
      abs(x.value),
      [](L, L y) {
        const L i0 = 1.0 + y * parts::polynomial(C::kSmallI0, y);
        return 0.5 * parts::polynomial(C::kSmallRatioSlope, y) / (i0 * i0);
      },
      [](L x, L u) { return parts::polynomial(C::kLargeRatioSlope, u) / x / x; });
  return Dual<L>::chain(x, bessel_ratio(x.value), slope);
}

/// log I0(x) of the modified Bessel function of the first kind of order 0, with its relative
/// accuracy near 0, where it is x^2/4; derivative I1(x)/I0(x).
template <class T, class A>
Lanes<T, A> log_bessel_i0(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  using C = parts::Bessel<T>;
  return parts::by_size(
      abs(x), [](L, L y) { return log1p(y * parts::polynomial(C::kSmallI0, y)); },
      [](L x, L u) { return parts::log_of_scaled(x, parts::polynomial(C::kLargeI0, u)); });
}
template <class L>
Dual<L> log_bessel_i0(const Dual<L>& x) {
  return Dual<L>::chain(x, log_bessel_i0(x.value), bessel_ratio(x.value));
}

/// log I1(|x|) of the modified Bessel function of the first kind of order 1, about log(|x|/2) near
/// 0; derivative I0(x)/I1(x) - 1/x, taken as +inf at both zeros.
template <class T, class A>
Lanes<T, A> log_bessel_i1(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  using C = parts::Bessel<T>;
  using parts::kLn2;
  return parts::by_size(
      abs(x),
      [](L x, L y) {
        // Half of a subnormal number may be none.
        const auto tiny = x < 1e-8;
        const L half = 0.5 * parts::polynomial(C::kSmallI1, y);
        return log(x * where(tiny, L(1.0), half)) - where(tiny, kLn2, 0.0);
      },
      [](L x, L u) { return parts::log_of_scaled(x, parts::polynomial(C::kLargeI1, u)); });
}
template <class L>
Dual<L> log_bessel_i1(const Dual<L>& x) {
  using C = parts::Bessel<typename L::Scalar>;
  const L slope = parts::by_size(
      abs(x.value),
      [](L x, L y) {
        return parts::polynomial(C::kSmallI1Slope, y) / (x * parts::polynomial(C::kSmallI1, y));
      },
      [](L x, L) { return 1.0 / bessel_ratio(x) - 1.0 / x; });
  return Dual<L>::chain(x, log_bessel_i1(x.value), where(x.value < 0.0, -slope, slope));
}

}  // namespace evident
