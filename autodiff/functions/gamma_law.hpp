#pragma once

#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/incomplete.hpp>
#include <evident/autodiff/functions/saddle_point.hpp>
#include <limits>

// What Gamma and InverseGamma are made of, as functions of lanes: both are laws of a standard gamma
// number g, which is rate x for the one and rate / x for the other.

namespace evident {
namespace parts {

// a b less what it rounds to.
template <class L>
L product_rest(L a, L b, L product) {
  const L a_high = upper_half(a), b_high = upper_half(b);
  const L a_low = a - a_high, b_low = b - b_high;
  return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

// a log g - g less what depends on a alone, with its derivative in a. For large a that is the
// deviance, so that nothing large cancels; `rest` is what g lacks by rounding.
template <class L>
struct GammaPower {
  L value, da;
};
template <class T, class A>
GammaPower<Lanes<T, A>> gamma_power(Lanes<T, A> a, Lanes<T, A> g, Lanes<T, A> rest,
                                    Lanes<T, A> log_g) {
  using L = Lanes<T, A>;
  L value = a * log_g - g, da = log_g;
  const auto large = a >= kStirlingFrom;
  if (xsimd::any(large.bits)) {
    const L s = where(large, a, L(kStirlingFrom));
    const auto held = g >= static_cast<double>(std::numeric_limits<T>::min());
    const auto [log_ratio, deviance] = log_ratio_of(s, where(held, g, L(1.0)));
    const auto exact = held && abs(rest) <= abs(g);
    const L share = where(exact, rest / g, L(0.0));
    const L near = share * (g - s) - deviance;
    value = where(large, where(held, near, s * (log_g - log(s)) + (s - g)), value);
    da = where(large, where(held, share - log_ratio, log_g - log(s)), da);
  }
  return {value, da};
}

}  // namespace parts

/// What `gamma_density` leaves out: log(a^a e^-a / Gamma(a)) for a >= 5 and -log Gamma(a) below,
/// with its derivative: the part of log densities that depends on the concentration a alone.
template <class T, class A>
Lanes<T, A> gamma_norm(Lanes<T, A> a) {
  using L = Lanes<T, A>;
  const auto large = a >= parts::kStirlingFrom;
  L value = 0.0;
  if (!xsimd::all(large.bits)) value = -parts::lgamma_of_positive(a);
  if (!xsimd::any(large.bits)) return value;
  const L s = where(large, a, L(parts::kStirlingFrom));
  const L r = 1.0 / s;
  return where(large, 0.5 * log(s) - parts::kHalfLogTwoPi - r * parts::stirling_tail(r * r), value);
}
template <class L>
Dual<L> gamma_norm(const Dual<L>& a) {
  const auto large = a.value >= parts::kStirlingFrom;
  const L r = 1.0 / where(large, a.value, L(parts::kStirlingFrom));
  const L slope =
      where(large, 0.5 * r + parts::digamma_tail(r * r), -parts::digamma_of_positive(a.value));
  return Dual<L>::chain(a, gamma_norm(a.value), slope);
}

/// The log density of Gamma(a, rate) at x >= 0 less `gamma_norm(a)` and log rate. At x = 0 it is
/// +inf, 0 or -inf as a is below, at or above 1; -inf at x = inf.
template <class X, class S, class B, class R = parts::PromotedOf<X, S, B>>
R gamma_density(const X& x, const S& shape, const B& rate) {
  using L = typename parts::LanesOf<R>::type;
  using T = typename L::Scalar;
  using parts::kInfinity;
  const L at = parts::value_of<L>(x), a = parts::value_of<L>(shape), r = parts::value_of<L>(rate);
  const L g = r * at;
  L log_g = log(g);
  const auto lost = !(g >= static_cast<double>(std::numeric_limits<T>::min()) && g < kInfinity);
  if (xsimd::any(lost.bits)) log_g = where(lost, log(at) + log(r), log_g);
  const L rest = parts::product_rest(r, at, g);
  const auto [power, da] = parts::gamma_power(a, g, rest, log_g);
  const auto border = at == 0.0, far = at == kInfinity;
  const L side = where(a < 1.0, L(kInfinity), where(a > 1.0, L(-kInfinity), L(0.0)));
  const L value = where(border, side, where(far || g == kInfinity, L(-kInfinity), power - log_g));
  if constexpr (parts::kIsDual<R>) {
    const L excess = where(a > 2.0, (a - g) - 1.0, (a - 1.0) - g);
    L slope = 0.0;
    parts::add_slope(slope, where(border, where(a == 1.0, -r, -side), where(far, -r, excess / at)),
                     x);
    parts::add_slope(slope, where(border, L(-kInfinity), where(far, L(kInfinity), da)), shape);
    parts::add_slope(slope, excess / r, rate);
    return {value, slope};
  } else {
    return value;
  }
}

/// The log density of InverseGamma(a, rate) at x >= 0 less `gamma_norm(a)`, plus log rate; -inf at
/// both ends.
template <class X, class S, class B, class R = parts::PromotedOf<X, S, B>>
R inverse_gamma_density(const X& x, const S& shape, const B& rate) {
  using L = typename parts::LanesOf<R>::type;
  using T = typename L::Scalar;
  using parts::kInfinity;
  const L at = parts::value_of<L>(x), a = parts::value_of<L>(shape), r = parts::value_of<L>(rate);
  const L g = r / at;
  L log_g = log(g);
  const auto lost = !(g >= static_cast<double>(std::numeric_limits<T>::min()) && g < kInfinity);
  if (xsimd::any(lost.bits)) log_g = where(lost, log(r) - log(at), log_g);
  const L product = g * at;
  const L rest = ((r - product) - parts::product_rest(g, at, product)) / at;
  const auto [power, da] = parts::gamma_power(a, g, rest, log_g);
  const auto end = g == kInfinity || at == kInfinity;
  const L value = where(end, L(-kInfinity), power + log_g);
  if constexpr (parts::kIsDual<R>) {
    L slope = 0.0;
    parts::add_slope(
        slope, where(at == 0.0, L(kInfinity), where(at == kInfinity, L(0.0), ((g - a) - 1.0) / at)),
        x);
    parts::add_slope(slope, da, shape);
    parts::add_slope(slope, ((a - g) + 1.0) / r, rate);
    return {value, slope};
  } else {
    return value;
  }
}

/// A tail function of a standard gamma number g, in double, with its values at both ends.
struct GammaTail {
  double (*value)(double a, double g);
  special::ShapeAndPlace (*slopes)(double a, double g);
  /// What it makes of log P(a, g): its value, and its derivative in that as a sign and a logarithm.
  struct OfLogLower {
    double value, sign, log_slope;
  };
  OfLogLower (*of_log_lower)(double log_lower);
  double at_zero, at_infinity;
};
inline constexpr GammaTail kGammaLower{special::gammainc, special::gammainc_slopes,
                                       [](double l) {
                                         return GammaTail::OfLogLower{std::exp(l), 1, l};
                                       },
                                       0, 1};
inline constexpr GammaTail kGammaUpper{special::gammaincc, special::gammaincc_slopes,
                                       [](double l) {
                                         return GammaTail::OfLogLower{-std::expm1(l), -1, l};
                                       },
                                       1, 0};
inline constexpr GammaTail kLogGammaLower{special::log_gammainc, special::log_gammainc_slopes,
                                          [](double l) {
                                            return GammaTail::OfLogLower{l, 1, 0};
                                          },
                                          -parts::kInfinity, 0};
inline constexpr GammaTail kLogGammaUpper{
    special::log_gammaincc, special::log_gammaincc_slopes,
    [](double l) {
      return GammaTail::OfLogLower{std::log(-std::expm1(l)), -1, -std::log(std::expm1(-l))};
    },
    0, -parts::kInfinity};

namespace parts {

// Below this g a double does not hold g itself; P(a, g) is g^a / Gamma(a + 1) to rounding there.
constexpr double kSmallestGamma = 1e-300;

// The tail f at g = rate x, or rate / x with `inverse`, and its derivatives in x, a and rate; x is
// positive and finite.
template <bool inverse>
std::array<double, 4> gamma_tail_slopes(const GammaTail& f, double x, double a, double rate) {
  const double g = inverse ? rate / x : rate * x;
  const double sign = inverse ? -1 : 1;
  if (g < kSmallestGamma) {
    const double log_g = std::log(rate) + sign * std::log(x);
    const auto [log_lower, psi] = special::log_gammainc_near_zero(a, log_g);
    const GammaTail::OfLogLower r = f.of_log_lower(log_lower);
    const double log_slope = r.log_slope + std::log(a);
    return {r.value, sign * r.sign * std::exp(log_slope - std::log(x)),
            r.sign * std::exp(r.log_slope) * (log_g - psi),
            r.sign * std::exp(log_slope - std::log(rate))};
  }
  const special::ShapeAndPlace r = f.slopes(a, g);
  // d log g is one over each, and minus one over x for the inverse.
  return {r.value, inverse ? -(g * r.dx) / x : rate * r.dx, r.da, inverse ? r.dx / x : x * r.dx};
}

template <bool inverse, class X, class S, class B, class R = PromotedOf<X, S, B>>
R gamma_tail(const GammaTail& f, const X& x, const S& shape, const B& rate) {
  const double at_zero = inverse ? f.at_infinity : f.at_zero;
  const double at_infinity = inverse ? f.at_zero : f.at_infinity;
  return lane_by_lane<R>(
      [=](double x, double a, double rate) {
        if (x <= 0) return at_zero;
        if (std::isinf(x)) return at_infinity;
        const double g = inverse ? rate / x : rate * x;
        return g < kSmallestGamma ? gamma_tail_slopes<inverse>(f, x, a, rate)[0] : f.value(a, g);
      },
      [=](double x, double a, double rate) -> std::array<double, 4> {
        if (x <= 0) return {at_zero, 0, 0, 0};
        if (std::isinf(x)) return {at_infinity, 0, 0, 0};
        return gamma_tail_slopes<inverse>(f, x, a, rate);
      },
      x, shape, rate);
}

// g / rate, or rate / g with `inverse`, of a standard gamma number that may be too small to hold.
template <bool inverse>
double gamma_scaled(double g, double log_g, double rate) {
  if (g < kSmallestGamma) return std::exp((inverse ? -1 : 1) * (log_g - std::log(rate)));
  return inverse ? rate / g : g / rate;
}

template <bool inverse, class P, class S, class B, class R = PromotedOf<P, S, B>>
R gamma_quantile(const P& p, const S& shape, const B& rate) {
  const auto of_standard = [](special::ShapeAndPlace g, double p, double a,
                              double rate) -> std::array<double, 4> {
    const double sign = inverse ? -1 : 1;
    if (g.value < kSmallestGamma && (inverse ? p < 1 : p > 0)) {
      const double log_lower = inverse ? std::log1p(-p) : std::log(p);
      const double log_g = special::log_gammaincinv_near_zero(a, log_lower);
      const double x = gamma_scaled<inverse>(0, log_g, rate);
      const double psi = special::log_gammainc_near_zero(a, log_g).psi_of_next;
      return {x, x / (a * (inverse ? 1 - p : p)), sign * x * (psi - log_g) / a, -sign * x / rate};
    }
    if (inverse) {
      const double x = rate / g.value;
      if (x == 0) return {0, kInfinity, 0, 0};
      if (x == kInfinity) return {x, x, -x, x};
      return {x, -x * (g.dx / g.value), -x * (g.da / g.value), 1 / g.value};
    }
    return {g.value / rate, g.dx / rate, g.da / rate, -g.value / rate / rate};
  };
  return lane_by_lane<R>(
      [=](double p, double a, double rate) {
        const double g = inverse ? special::gammainccinv(a, p) : special::gammaincinv(a, p);
        return of_standard({g, 0, 0}, p, a, rate)[0];
      },
      [=](double p, double a, double rate) {
        return of_standard(
            inverse ? special::gammainccinv_slopes(a, p) : special::gammaincinv_slopes(a, p), p, a,
            rate);
      },
      p, shape, rate);
}

template <bool inverse, class S, class B, class N, class R = PromotedOf<S, B, N>>
R gamma_draw(const S& shape, const B& rate, const N& noise) {
  const auto draw = [](double a, double rate, double noise) {
    return a < 1 ? gamma_scaled<inverse>(std::exp(noise), noise, rate)
                 : (inverse ? rate / noise : noise / rate);
  };
  return lane_by_lane<R>(
      draw,
      [=](double a, double rate, double noise) -> std::array<double, 4> {
        const double x = draw(a, rate, noise), sign = inverse ? -1 : 1;
        const double log_slope = special::gamma_draw_gradient(a, a < 1 ? noise : std::log(noise));
        return {x, x == 0 ? 0 : sign * x * log_slope, -sign * x / rate, 0};
      },
      shape, rate, noise);
}

}  // namespace parts

/// A tail of Gamma(a, rate) at x, 0 or below, at infinity or between; shape and rate are positive.
template <class X, class S, class B>
auto gamma_tail(const GammaTail& f, const X& x, const S& shape, const B& rate) {
  return parts::gamma_tail<false>(f, x, shape, rate);
}
/// The same of InverseGamma(a, rate), whose lower tail is the upper one of g.
template <class X, class S, class B>
auto inverse_gamma_tail(const GammaTail& f, const X& x, const S& shape, const B& rate) {
  return parts::gamma_tail<true>(f, x, shape, rate);
}

/// The x of Gamma(a, rate) below which p lies, also where that of a rate of 1 underflows.
template <class P, class S, class B>
auto gamma_quantile(const P& p, const S& shape, const B& rate) {
  return parts::gamma_quantile<false>(p, shape, rate);
}
/// The same of InverseGamma(a, rate).
template <class P, class S, class B>
auto inverse_gamma_quantile(const P& p, const S& shape, const B& rate) {
  return parts::gamma_quantile<true>(p, shape, rate);
}

/// The draw of Gamma(a, rate) that `noise` stands for: a standard gamma draw of concentration a,
/// given by its logarithm for a < 1. Its derivative in a is that with its probability held fixed
/// (Figurnov, Mohamed and Mnih 2018).
template <class S, class B, class N>
auto gamma_draw(const S& shape, const B& rate, const N& noise) {
  return parts::gamma_draw<false>(shape, rate, noise);
}
/// The same of InverseGamma(a, rate): rate over the standard gamma draw.
template <class S, class B, class N>
auto inverse_gamma_draw(const S& shape, const B& rate, const N& noise) {
  return parts::gamma_draw<true>(shape, rate, noise);
}

/// a + log Gamma(a) + (1 - a) digamma(a), the entropy of a standard gamma law, and its derivative
/// 1 + (1 - a) trigamma(a); neither cancels for large a.
template <class T, class A>
Lanes<T, A> gamma_entropy(Lanes<T, A> a) {
  using L = Lanes<T, A>;
  const auto large = a >= parts::kStirlingFrom;
  const L s = where(large, a, L(parts::kStirlingFrom));
  const L r = 1.0 / s;
  const L high = 0.5 * log(s) + (parts::kHalfLogTwoPi + 0.5) +
                 r * (parts::stirling_tail(r * r) - 0.5) + (s - 1.0) * parts::digamma_tail(r * r);
  const L low = a + parts::lgamma_of_positive(a) + (1.0 - a) * parts::digamma_of_positive(a);
  return where(large, high, low);
}
template <class L>
Dual<L> gamma_entropy(const Dual<L>& a) {
  const auto large = a.value >= 30.0;
  const L r = 1.0 / where(large, a.value, L(30.0));
  const L w = r * r;
  // trigamma(a) less 1/a + 1/(2 a^2), by its asymptotic series.
  const L tail =
      r * w * (1.0 / 6 - w * (1.0 / 30 - w * (1.0 / 42 - w * (1.0 / 30 - w * (5.0 / 66)))));
  const L high = 0.5 * r + 0.5 * w + tail - tail / r;
  const L low = 1.0 + (1.0 - a.value) * parts::trigamma_of_positive(a.value);
  return Dual<L>::chain(a, gamma_entropy(a.value), where(large, high, low));
}

}  // namespace evident
