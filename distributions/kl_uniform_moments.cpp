#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/von_mises_law.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_moment_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <evident/distributions/weibull.hpp>

// A Uniform against what asks for means of its logarithm, of powers or of a cosine.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::beside_power;
using detail::hypotenuse;
using detail::kUnlimited;
using detail::log_gamma_about;
using detail::normal_divergence;
using detail::vanishing_exp;
using detail::where_nested;
using parts::kLn2;
using parts::kPi;

constexpr double kLogPi = 1.14472988584940017414342735135;

// sinh(y)/y - 1 of v = y^2, for -1 <= v <= 1: of negative v, sin(y)/y - 1 of v = -y^2.
template <class Y>
Y excess_of_sinhc(const Y& v) {
  Y sum = Y(0.0);
  for (double n = 17; n >= 3; n -= 2) sum = v / (n * (n - 1)) * (1.0 + sum);
  return sum;
}

// Of X in [low, high], 0 < low: with y half of log(high/low), w the width over high and t = e^-2y.
// Where low is not positive others stand in.
template <class X, class Y, class R = Promoted<X, Y>>
struct LogOfUniform {
  R w, y;
  R rest;  // E log X less log high - 1

  LogOfUniform(const X& low, const Y& high) {
    const auto inside = low > 0.0;
    const R from = where(inside, low, R(1.0)), to = where(inside, high, R(2.0));
    w = (to - from) / to;
    y = 0.5 * log_ratio(to, from);
    rest = 2.0 * y * (from / to) / w;
  }
  // Near 0, where the others below are differences of what agrees, their series.
  auto near() const { return y < 1.0; }
  R series() const { return excess_of_sinhc(R(square(where(near(), y, R(0.5))))); }
  R far() const { return where(near(), R(1.0), y); }

  // The root of the variance 1 - (y / sinh y)^2 of log X.
  R deviation() const {
    const R e = series(), z = far();
    const R shrunk = where(near(), 1.0 / (1.0 + e), -2.0 * z * exp(-z) / expm1(-2.0 * z));
    const R left = where(near(), e / (1.0 + e), 1.0 - shrunk);
    return sqrt(left * (1.0 + shrunk));
  }
  // E log X + log E 1/X = y coth y - 1 + log(y / sinh y).
  R log_gap() const {
    const R e = series(), z = far(), t = exp(-2.0 * z);
    const R half = 0.5 * where(near(), y, R(0.5));
    const R of_cosh = 2.0 * square(half * (1.0 + excess_of_sinhc(R(square(half)))));
    return where(near(), (of_cosh - e) / (1.0 + e) - log1p(e),
                 2.0 * z * t / (1.0 - t) - 1.0 + log(2.0 * z) - log1p(-t));
  }
};

// atan(x / y) for x, y >= 0, not both 0, be the quotient out of range.
template <class R>
R angle_of(const R& x, const R& y) {
  const auto steep = x > y;
  const R inner = atan(where(steep, y, x) / where(steep, x, y));
  return where(steep, 0.5 * kPi - inner, inner);
}

// E log(x^2 + c^2) for x uniform in [a, b], the largest of |a|, |b| and c > 0 being 1. With z = x +
// i c it is twice the real part of log z: half its sum at the ends, and twice atanh(h/m) m/h - 1
// with their middle m and half their distance h, or, of ends that are not near each other, by
// parts.
template <class X, class Y, class C, class W, class R = Promoted<Promoted<X, Y>, Promoted<C, W>>>
R mean_log_of_squares(const X& a, const Y& b, const C& scale, const W& width) {
  const auto turned = a + b < 0.0;
  const R u = where(turned, -b, a), v = where(turned, -a, b);  // |u| <= v
  const auto some = scale > 0.0;
  const R c = where(some, R(scale), R(1.0));
  constexpr double kPoint = 1e-30;  // so narrow that the width does not count
  const auto point = width < kPoint;
  const auto opposite = u < 0.0 && !point;
  const auto near = u > 0.5 * v || point;
  const R w = where(point, R(kPoint), R(width));
  const R from = where(opposite, R(0.0), u), back = where(opposite, -u, R(0.0));
  const R angle =
      where(opposite, angle_of(v, c) + angle_of(back, c), angle_of(w, R(c + from / c * v)));
  const R turn = where(some, c * angle, R(0.0));
  const R low = where(near, u, v);
  const R at_low = square(low) + square(R(scale));
  const R logs = log1p(w * (u + v) / at_low);
  const R close = log(at_low) + 0.5 * logs + 0.5 * (u + v) * logs / w;
  const R size = hypotenuse(u, R(scale));
  const R of_u = where(size > 0.0, 2.0 * u * log(where(size > 0.0, size, R(1.0))), R(0.0));
  const R apart = (2.0 * v * log(hypotenuse(v, R(scale))) - of_u) / w;
  return where(near, close, apart) + 2.0 * (turn / w - 1.0);
}

// Against the law of density s / (pi ((x - m)^2 + s^2)). In units of the largest of what counts, a
// constant, nothing is out of range.
Var against_cauchy(const Uniform& q, const Var& loc, const Var& scale, const char* name) {
  const Var unit(elementwise(
                     [](auto low, auto high, auto loc, auto scale) {
                       const auto from = abs(low - loc), to = abs(high - loc);
                       const auto end = where(from > to, from, to);
                       return where(end > scale, end, scale);
                     },
                     q.low(), q.high(), loc, scale, name)
                     .value());
  return elementwise(
      [](auto low, auto high, auto loc, auto scale, auto unit) {
        const auto width = high - low;
        return mean_log_of_squares((low - loc) / unit, (high - loc) / unit, scale / unit,
                                   width / unit) +
               log_ratio(unit, scale) + log_ratio(unit, width) + kLogPi;
      },
      q.low(), q.high(), loc, scale, unit, name);
}

}  // namespace

void detail::add_uniform_moment_kl() {
  KlRule<Uniform, LogNormal>([](const Uniform& q, const LogNormal& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto scale) {
          const LogOfUniform law(low, high);
          const auto whole = low == 0.0;
          const auto entropy = where(whole, 1.0, log(law.w) + 1.0 - law.rest);
          const auto mean = log(where(low >= 0.0, high, 1.0)) + where(whole, 0.0, law.rest) - 1.0;
          const auto deviation = where(whole, 1.0, law.deviation());
          const auto value =
              normal_divergence(entropy, (mean - loc) / scale, deviation / scale, scale);
          return where(low >= 0.0, value, kUnlimited);
        },
        q.low(), q.high(), p.loc(), p.scale(), "kl(Uniform, LogNormal)");
  });
  // With u = (high - low)/high, E (X/high)^k = (1 - (low/high)^(k + 1)) / ((k + 1) u).
  KlRule<Uniform, Weibull>([](const Uniform& q, const Weibull& p) {
    return elementwise(
        [](auto low, auto high, auto scale, auto k) {
          const LogOfUniform law(low, high);
          const auto whole = low == 0.0, inside = low >= 0.0;
          const auto u = where(whole, 1.0, law.w);
          const auto power = where(whole, 1.0, -expm1(-2.0 * (k + 1.0) * law.y)) / ((k + 1.0) * u);
          const auto of_log = where(whole, 0.0, law.rest) - 1.0;
          const auto apart = k * log_ratio(where(inside, high, 1.0), scale);
          const auto value = beside_power(-apart - (k - 1.0) * of_log - log(k) - log(u),
                                          vanishing_exp(apart) * power);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.scale(), p.concentration(), "kl(Uniform, Weibull)");
  });
  // E 1/X = log(high/low)/(high - low), infinite for low = 0.
  KlRule<Uniform, InverseGamma>([](const Uniform& q, const InverseGamma& p) {
    return elementwise(
        [](auto low, auto high, auto shape, auto rate) {
          const LogOfUniform law(low, high);
          const auto inside = low > 0.0;
          const auto to = where(inside, high, 1.0);
          const auto share = 2.0 * (law.y / law.w);
          const auto log_mean = log(rate) + (log(share) - log(to));
          const auto value = log_gamma_about(shape, rate / to * share, log_mean) +
                             shape * law.log_gap() + (law.rest - 1.0 - log(law.w));
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.concentration(), p.rate(), "kl(Uniform, InverseGamma)");
  });
  KlRule<Uniform, Cauchy>([](const Uniform& q, const Cauchy& p) {
    return against_cauchy(q, p.loc(), p.scale(), "kl(Uniform, Cauchy)");
  });
  KlRule<Uniform, HalfCauchy>([](const Uniform& q, const HalfCauchy& p) {
    return where_nested(against_cauchy(q, 0, p.scale(), "kl(Uniform, HalfCauchy)") - kLn2, q.low(),
                        q.high(), 0, kUnlimited, "kl(Uniform, HalfCauchy)");
  });
  // With h half of the width and d the distance of the middle from the loc,
  // E cos(X - m) = cos(d) sin(h)/h. A density over a turn is none over more.
  KlRule<Uniform, VonMises>([](const Uniform& q, const VonMises& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto k) {
          const auto width = high - low;
          const auto inside = width <= 2.0 * kPi;
          const auto h = where(inside, 0.5 * width, 1.0);
          const auto near = h < 1.0;
          const auto far = where(near, 1.0, h);
          const auto short_of_1 =
              where(near, -excess_of_sinhc(-square(where(near, h, 1.0))), 1.0 - sin(far) / far);
          const auto d = 0.5 * (low + high) - loc;
          const auto turned = 2.0 * square(sin(0.5 * d));  // 1 - cos(d)
          const auto value = parts::kLogTwoPi + log_scaled_bessel_i0(k) - log(width) +
                             k * (turned + (1.0 - turned) * short_of_1);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.loc(), p.concentration(), "kl(Uniform, VonMises)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
