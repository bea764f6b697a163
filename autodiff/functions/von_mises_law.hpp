#pragma once

#include <cmath>
#include <evident/autodiff/functions/bessel.hpp>
#include <evident/autodiff/functions/lane_by_lane.hpp>
#include <evident/autodiff/functions/trigonometric.hpp>
#include <evident/autodiff/special/von_mises.hpp>

// What VonMises is made of, as functions of lanes: of angles about 0.

namespace evident {

/// 1 - I1(k)/I0(k), with its relative accuracy for large k.
template <class T, class A>
Lanes<T, A> bessel_ratio_complement(Lanes<T, A> k) {
  using L = Lanes<T, A>;
  const L r = 1.0 / where(k > 100.0, k, L(100.0));
  // The asymptotic series (Abramowitz and Stegun 1964, 9.7.1, divided).
  const L series =
      r *
      (0.5 + r * (0.125 + r * (0.125 + r * (25.0 / 128 + r * (13.0 / 32 + r * (1073.0 / 1024))))));
  return where(k > 100.0, series, 1.0 - bessel_ratio(k));
}
template <class L>
Dual<L> bessel_ratio_complement(const Dual<L>& k) {
  return Dual<L>::chain(k, bessel_ratio_complement(k.value),
                        -bessel_ratio(Dual<L>::variable(k.value)).slope);
}

/// log(e^-k I0(k)), with the derivative I1(k)/I0(k) - 1.
template <class T, class A>
Lanes<T, A> log_scaled_bessel_i0(Lanes<T, A> k) {
  return in_jumps_on_each_lane(special::log_scaled_bessel_i0, k);
}
template <class L>
Dual<L> log_scaled_bessel_i0(const Dual<L>& k) {
  return Dual<L>::chain(k, log_scaled_bessel_i0(k.value), -bessel_ratio_complement(k.value));
}

/// The log density k cos x - log(2 pi I0(k)) less log(e^-k I0(k)) and log(2 pi): -2 k sin^2(x/2).
template <class K, class X>
auto von_mises_kernel(const K& k, const X& x) {
  return -2.0 * k * square(sin(0.5 * x));
}

namespace parts {

template <class L>
L log_von_mises_density(L k, L x) {
  return von_mises_kernel(k, x) - log_scaled_bessel_i0(k) - 1.83787706640934548356;
}

template <class L>
L von_mises_density(L k, L x) {
  return exp(log_von_mises_density(k, x));
}

}  // namespace parts

/// The probability of an angle below x; its derivative in k is minus the density times that of a
/// draw.
template <class K, class X, class R = Promoted<K, X>>
R von_mises_cdf(const K& concentration, const X& angle) {
  using L = typename parts::LanesOf<R>::type;
  const L k = parts::value_of<L>(concentration), x = parts::value_of<L>(angle);
  const L value = in_jumps_on_each_lane(special::von_mises_cdf, k, x);
  if constexpr (parts::kIsDual<R>) {
    const L density = parts::von_mises_density(k, x);
    L slope = 0.0;
    parts::add_slope(slope,
                     -density * in_jumps_on_each_lane(special::von_mises_draw_gradient, k, x),
                     concentration);
    parts::add_slope(slope, density, angle);
    return {value, slope};
  } else {
    return value;
  }
}

/// Its logarithm, accurate at both ends.
template <class K, class X, class R = Promoted<K, X>>
R von_mises_log_cdf(const K& concentration, const X& angle) {
  using L = typename parts::LanesOf<R>::type;
  const L k = parts::value_of<L>(concentration), x = parts::value_of<L>(angle);
  const L value = in_jumps_on_each_lane(special::von_mises_log_cdf, k, x);
  if constexpr (parts::kIsDual<R>) {
    const L hazard = exp(parts::log_von_mises_density(k, x) - value);
    L slope = 0.0;
    parts::add_slope(slope, -hazard * in_jumps_on_each_lane(special::von_mises_draw_gradient, k, x),
                     concentration);
    parts::add_slope(slope, hazard, angle);
    return {value, slope};
  } else {
    return value;
  }
}

/// The angle with the probability p below it.
template <class K, class P, class R = Promoted<K, P>>
R von_mises_quantile(const K& concentration, const P& probability) {
  using L = typename parts::LanesOf<R>::type;
  const L k = parts::value_of<L>(concentration), p = parts::value_of<L>(probability);
  const L value = in_jumps_on_each_lane(special::von_mises_quantile, k, p);
  if constexpr (parts::kIsDual<R>) {
    L slope = 0.0;
    parts::add_slope(slope, in_jumps_on_each_lane(special::von_mises_draw_gradient, k, value),
                     concentration);
    parts::add_slope(slope, 1.0 / parts::von_mises_density(k, value), probability);
    return {value, slope};
  } else {
    return value;
  }
}

/// A draw, with the derivative that it has with its probability held fixed (Figurnov, Mohamed and
/// Mnih 2018).
template <class K, class X, class R = Promoted<K, X>>
R von_mises_draw(const K& concentration, const X& draw) {
  using L = typename parts::LanesOf<R>::type;
  const L k = parts::value_of<L>(concentration), x = parts::value_of<L>(draw);
  if constexpr (parts::kIsDual<R>) {
    L slope = 0.0;
    parts::add_slope(slope, in_jumps_on_each_lane(special::von_mises_draw_gradient, k, x),
                     concentration);
    return {x, slope};
  } else {
    return x;
  }
}

}  // namespace evident
