#pragma once

#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/polynomial.hpp>
#include <evident/autodiff/lanes.hpp>
#include <utility>

namespace evident {

namespace parts {

// sin and cos of x in [-pi/4, pi/4], by their Taylor series: of (sin(x)/x - 1)/x^2 and (cos(x) -
// 1)/x^2 in x^2.
inline constexpr double kSineSeries[] = {
    -1.0 / 6,        1.0 / 120,          -1.0 / 5040,           1.0 / 362880,
    -1.0 / 39916800, 1.0 / 6227020800.0, -1.0 / 1307674368000.0};
inline constexpr double kCosineSeries[] = {
    -0.5,           1.0 / 24,          -1.0 / 720,           1.0 / 40320,
    -1.0 / 3628800, 1.0 / 479001600.0, -1.0 / 87178291200.0, 1.0 / 20922789888000.0};
template <class L>
L sine_series(L x) {
  const L z = x * x;
  return where(x == 0.0, x, fused(x * z, polynomial(kSineSeries, z), x));  // -0 stays -0
}
template <class L>
L cosine_series(L x) {
  const L z = x * x;
  return fused(z, polynomial(kCosineSeries, z), L(1.0));
}

// An angle as a whole number of quarter turns and a rest of at most an eighth of a turn. Pi/2 comes
// in three parts, the first two times any number of quarters that occurs exact (Cody and Waite
// 1980).
template <class T, class A>
std::pair<Lanes<T, A>, Lanes<T, A>> quarters_and_rest(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  constexpr bool kFloat = std::is_same_v<T, float>;
  constexpr double kParts[] = {kFloat ? 1.5703125 : 1.57079632673412561417,
                               kFloat ? 4.837512969970703125e-4 : 6.07710050630396597660e-11,
                               kFloat ? 7.54978995489188216e-8 : 2.02226624879595063154e-21};
  const L quarters = xsimd::nearbyint((x * 0.63661977236758134308).v);
  const L rest = ((x - quarters * kParts[0]) - quarters * kParts[1]) - quarters * kParts[2];
  return {quarters, where(quarters == 0.0, x, rest)};  // -0 stays -0
}

// sin(x) for shift 0, cos(x) for 1. A lane's value does not depend on the others.
template <class T, class A>
Lanes<T, A> sine_shifted(Lanes<T, A> x, double shift) {
  using L = Lanes<T, A>;
  constexpr double kFar = std::is_same_v<T, float> ? 100 : 1e5;  // what the three parts bear
  const auto near = abs(x) < kFar;
  const auto [quarters, rest] = quarters_and_rest(where(near, x, L(0.0)));
  const L turned = quarters + shift;
  const L phase = turned - 4.0 * L(xsimd::floor((0.25 * turned).v));  // 0, 1, 2 or 3
  const L size = where(phase == 1.0 || phase == 3.0, cosine_series(rest), sine_series(rest));
  const L y = where(phase >= 2.0, -size, size);
  if (xsimd::all(near.bits)) return y;
  alignas(64) T far[L::kWidth];
  x.store(far);
  for (T& angle : far) angle = shift == 0 ? std::sin(angle) : std::cos(angle);
  return where(near, y, L::load(far));
}

}  // namespace parts

/// Sine of an angle in radians; derivative cosine.
template <class T, class A>
Lanes<T, A> sin(Lanes<T, A> x) {
  return parts::sine_shifted(x, 0);
}
/// Cosine of an angle in radians; derivative -sine.
template <class T, class A>
Lanes<T, A> cos(Lanes<T, A> x) {
  return parts::sine_shifted(x, 1);
}
template <class L>
Dual<L> sin(const Dual<L>& x) {
  return Dual<L>::chain(x, sin(x.value), cos(x.value));
}
template <class L>
Dual<L> cos(const Dual<L>& x) {
  return Dual<L>::chain(x, cos(x.value), -sin(x.value));
}

/// The angle in [-pi/2, pi/2] whose tangent is x; derivative 1/(1 + x^2).
template <class T, class A>
Lanes<T, A> atan(Lanes<T, A> x) {
  return xsimd::atan(x.v);
}
template <class L>
Dual<L> atan(const Dual<L>& x) {
  return Dual<L>::chain(x, atan(x.value), 1.0 / (1.0 + x.value * x.value));
}

/// tan(pi x), exact at whole numbers, infinite halfway between them with the sign of the side
/// towards 0; derivative pi / cos(pi x)^2.
template <class T, class A>
Lanes<T, A> tanpi(Lanes<T, A> x) {
  using L = Lanes<T, A>;
  using parts::kPi;
  const L rest = where(abs(x) <= 0.5, x, x - L(xsimd::nearbyint(x.v)));  // -0 stays -0
  const L size = abs(rest);
  const auto steep = size > 0.25;
  const L angle = kPi * where(steep, 0.5 - size, size);
  const L s = parts::sine_series(angle), c = parts::cosine_series(angle);
  return xsimd::copysign((where(steep, c, s) / where(steep, s, c)).v, rest.v);
}
template <class L>
Dual<L> tanpi(const Dual<L>& x) {
  using parts::kPi;
  const L y = tanpi(x.value);
  return Dual<L>::chain(x, y, kPi * (1.0 + y * y));
}

}  // namespace evident
