#pragma once

#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/incomplete.hpp>
#include <evident/autodiff/functions/saddle_point.hpp>
#include <evident/autodiff/special/student_t_draw.hpp>

// What StudentT is made of, as functions of lanes: of the standard law with `df` degrees of
// freedom.

namespace evident {

namespace parts {

inline double log_student_t_tail(double df, double t) {
  if (std::isinf(t)) return -INFINITY;
  const double log_ratio = std::log(std::abs(t)) - 0.5 * std::log(df);
  if (log_ratio > 150) {
    // x^(df/2) / (df B(df/2, 1/2)), where x itself underflows.
    const double a = 0.5 * df;
    return -df * log_ratio - std::log(df) -
           (std::lgamma(a) + std::lgamma(0.5) - std::lgamma(a + 0.5));
  }
  const double square = std::exp(2 * log_ratio);
  return std::log(0.5) +
         special::log_betainc(0.5 * df, 0.5, 1 / (1 + square), square / (1 + square));
}

// P(T > |t|), in double.
inline double student_t_tail(double df, double t) {
  if (std::isnan(t)) return t;
  const double ratio = t / std::sqrt(df), square = ratio * ratio;
  if (!(square < 1e300)) return std::exp(log_student_t_tail(df, t));
  return 0.5 * special::betainc(0.5 * df, 0.5, 1 / (1 + square), square / (1 + square));
}

inline double student_t_cdf_scalar(double df, double t) {
  const double tail = student_t_tail(df, t);
  return t <= 0 ? tail : 1 - tail;
}

inline double student_t_log_cdf_scalar(double df, double t) {
  return t <= 0 ? log_student_t_tail(df, t) : std::log1p(-student_t_tail(df, t));
}

inline double student_t_quantile_scalar(double df, double p) {
  if (!(p >= 0 && p <= 1)) return std::nan("");
  const double tail = p < 0.5 ? p : 1 - p;
  const auto at = special::betaincinv(0.5 * df, 0.5, 2 * tail, 1 - 2 * tail);
  double log_x = std::log(at.x);
  if (tail > 0 && at.x < 1e-290) {
    // P(T > t) = x^a / (2 a B(a, 1/2)) there, with x = df/t^2 and a = df/2.
    const double a = 0.5 * df;
    log_x = (std::log(2 * tail) + std::log(a) + std::lgamma(a) + std::lgamma(0.5) -
             std::lgamma(a + 0.5)) /
            a;
  }
  const double t = at.x < 1e-290 ? std::exp(0.5 * (std::log(df) - log_x))
                                 : std::sqrt(df) * std::sqrt(at.y / at.x);
  return p < 0.5 ? -t : t;
}

}  // namespace parts

/// What the log density has of df alone: log Gamma((df + 1)/2) - log Gamma(df/2) - log(pi df)/2.
template <class D>
auto student_t_norm(const D& df) {
  return -lbeta(0.5 * df, 0.5 + 0.0 * df) - 0.5 * log(df);
}

/// The rest of it but for -log scale: -(df + 1)/2 log(1 + t^2/df) with t = (x - loc)/scale, also
/// where t^2 overflows.
template <class D, class X, class M, class S, class R = parts::PromotedOf<D, X, M, S>>
R student_t_kernel(const D& freedom, const X& at, const M& loc, const S& spread) {
  using L = typename parts::LanesOf<R>::type;
  using parts::kInfinity;
  const L df = parts::value_of<L>(freedom), scale = parts::value_of<L>(spread);
  const L distance = parts::value_of<L>(at) - parts::value_of<L>(loc), t = distance / scale;
  const L w = t * (t / df);
  L log_term = log1p(w);
  const auto far = w > 1e30;
  if (xsimd::any(far.bits)) {
    log_term = where(far, 2.0 * log_ratio(abs(distance), scale) - log(df), log_term);
  }
  const L half = 0.5 * (df + 1.0);
  if constexpr (parts::kIsDual<R>) {
    const L share = where(w == kInfinity, L(1.0), w / (1.0 + w));  // t^2 / (df + t^2)
    const L dx = where(abs(t) <= 1.0, -2.0 * half * t / (df + t * t) / scale,
                       -2.0 * half * share / distance);
    L slope = 0.0;
    parts::add_slope(slope, half * share / df - 0.5 * log_term, freedom);
    parts::add_slope(slope, dx, at);
    parts::add_slope(slope, -dx, loc);
    parts::add_slope(slope, 2.0 * half * share / scale, spread);
    return {-half * log_term, slope};
  } else {
    return -half * log_term;
  }
}
/// That of the standard law.
template <class L>
L student_t_kernel(const L& df, const L& t) {
  return student_t_kernel(df, t, L(0.0), L(1.0));
}

/// Its derivative in df is minus the density times that of a draw; so are those of what follows.
template <class D, class T, class R = Promoted<D, T>>
R student_t_cdf(const D& freedom, const T& standard) {
  using L = typename parts::LanesOf<R>::type;
  const L df = parts::value_of<L>(freedom), t = parts::value_of<L>(standard);
  const L value = in_jumps_on_each_lane(parts::student_t_cdf_scalar, df, t);
  if constexpr (parts::kIsDual<R>) {
    const L density = exp(student_t_norm(df) + student_t_kernel(df, t));
    const L move = in_jumps_on_each_lane(special::student_t_draw_gradient, df, t);
    L slope = 0.0;
    parts::add_slope(slope, where(density == 0.0, L(0.0), -density * move), freedom);
    parts::add_slope(slope, density, standard);
    // Not 0 times an infinite slope of what a tiny scale divides.
    return {value, where(density == 0.0, L(0.0), slope)};
  } else {
    return value;
  }
}

/// log P(T <= t), also where the probability underflows.
template <class D, class T, class R = Promoted<D, T>>
R student_t_log_cdf(const D& freedom, const T& standard) {
  using L = typename parts::LanesOf<R>::type;
  using parts::kInfinity;
  const L df = parts::value_of<L>(freedom), t = parts::value_of<L>(standard);
  const L value = in_jumps_on_each_lane(parts::student_t_log_cdf_scalar, df, t);
  if constexpr (parts::kIsDual<R>) {
    const L hazard = where(abs(t) == kInfinity, L(0.0),
                           exp(student_t_norm(df) + student_t_kernel(df, t) - value));
    const L move = in_jumps_on_each_lane(special::student_t_draw_gradient, df, t);
    L slope = 0.0;
    parts::add_slope(slope, where(hazard == 0.0, L(0.0), -hazard * move), freedom);
    parts::add_slope(slope, hazard, standard);
    return {value, where(hazard == 0.0, L(0.0), slope)};
  } else {
    return value;
  }
}

/// The t with P(T <= t) = p.
template <class D, class P, class R = Promoted<D, P>>
R student_t_quantile(const D& freedom, const P& probability) {
  using L = typename parts::LanesOf<R>::type;
  const L df = parts::value_of<L>(freedom), p = parts::value_of<L>(probability);
  const L value = in_jumps_on_each_lane(parts::student_t_quantile_scalar, df, p);
  if constexpr (parts::kIsDual<R>) {
    L slope = 0.0;
    parts::add_slope(slope, in_jumps_on_each_lane(special::student_t_draw_gradient, df, value),
                     freedom);
    parts::add_slope(slope, exp(-student_t_norm(df) - student_t_kernel(df, value)), probability);
    return {value, slope};
  } else {
    return value;
  }
}

/// A draw t, with the derivative in df that it has with its probability held fixed (Figurnov,
/// Mohamed and Mnih 2018).
template <class D, class T, class R = Promoted<D, T>>
R student_t_draw(const D& freedom, const T& draw) {
  using L = typename parts::LanesOf<R>::type;
  const L df = parts::value_of<L>(freedom), t = parts::value_of<L>(draw);
  if constexpr (parts::kIsDual<R>) {
    L slope = 0.0;
    parts::add_slope(slope, in_jumps_on_each_lane(special::student_t_draw_gradient, df, t),
                     freedom);
    return {t, slope};
  } else {
    return t;
  }
}

/// The entropy of the standard law: (df + 1)/2 (psi((df + 1)/2) - psi(df/2)) + log(df)/2 +
/// log B(df/2, 1/2).
template <class D, class R = Promoted<D, D>>
R student_t_entropy(const D& freedom) {
  return of_two<R>(freedom, 0.0, [](auto df, auto) {
    using L = decltype(df);
    const L half = 0.5 * df;
    const L value =
        -(half + 0.5) * parts::digamma_fall(half, L(0.5)) + 0.5 * log(df) + lbeta(half, L(0.5));
    const L curvature = parts::trigamma_of_positive(half) - parts::trigamma_of_positive(half + 0.5);
    return Partials<L>{value, 0.5 / df - 0.5 * (half + 0.5) * curvature, L(0.0)};
  });
}

}  // namespace evident
