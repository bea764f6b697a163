#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_moment_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>

// A Uniform against what asks for its logarithm's moments, or for powers of it.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using detail::log_gamma_about;
using detail::normal_of_log;
using parts::kLn2;

constexpr double kLogPi = 1.14472988584940017414342735135;

// sinh(y)/y - 1 for 0 <= y <= 1, whose terms are all positive.
template <class Y>
Y excess_of_sinh(const Y& y) {
  const Y v = square(y);
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
  R series() const { return excess_of_sinh(where(near(), y, R(0.5))); }
  R far() const { return where(near(), R(1.0), y); }

  // The variance 1 - (y / sinh y)^2 of log X.
  R variance() const {
    const R e = series(), z = far();
    const R shrunk = where(near(), 1.0 / (1.0 + e), -2.0 * z * exp(-z) / expm1(-2.0 * z));
    const R left = where(near(), e / (1.0 + e), 1.0 - shrunk);
    return left * (1.0 + shrunk);
  }
  // E log X + log E 1/X = y coth y - 1 + log(y / sinh y).
  R log_gap() const {
    const R e = series(), z = far(), t = exp(-2.0 * z);
    const R half = 0.5 * where(near(), y, R(0.5));
    const R of_cosh = 2.0 * square(half * (1.0 + excess_of_sinh(half)));
    return where(near(), (of_cosh - e) / (1.0 + e) - log1p(e),
                 2.0 * z * t / (1.0 - t) - 1.0 + log(2.0 * z) - log1p(-t));
  }
};

// log(1 + t^2), where the square may overflow.
template <class X>
X log1p_of_square(const X& t) {
  const auto far = abs(t) > 1.0;
  const X inner = where(far, 1.0 / where(far, t, X(1.0)), t);
  return where(far, 2.0 * log(abs(where(far, t, X(1.0)))), X(0.0)) + log1p(square(inner));
}

// E log(1 + X^2) for X uniform in [a, b]. With z = x + i, log(1 + x^2) is twice the real part of
// log z: half its sum at the ends, and twice atanh(h/c) c/h - 1 with their middle c and half their
// distance h.
template <class X, class Y, class W, class R = Promoted<Promoted<X, Y>, W>>
R mean_log1p_of_square(const X& a, const Y& b, const W& width) {
  const auto turned = abs(a) > abs(b);
  const R u = where(turned, -b, a), v = where(turned, -a, b);  // |u| <= v
  const auto large = abs(u) > 1.0;
  const R inner = where(large, 1.0 / where(large, u, R(1.0)), u);
  const R root = sqrt(1.0 + square(inner)) * where(large, abs(u), R(1.0));
  // log((1 + v^2)/(1 + u^2)).
  const R at_u = log1p_of_square(u), at_v = log1p_of_square(v);
  const R excess = (width / root) * ((u + v) / root);
  const auto held = excess < 1e30;
  const R logs = where(held, log1p(where(held, excess, R(0.0))), at_v - at_u);
  // atan v - atan u.
  const auto opposite = u * v < -0.5;
  const auto beyond = v > 1.0;
  const R same = where(opposite, R(0.0), u);
  const R over = where(beyond, v, R(1.0)), under = where(beyond, R(1.0), v);
  const R tangent =
      where(beyond, (width / over) / (1.0 / over + same), width / (1.0 + same * under));
  const R angle = where(opposite, atan(v) - atan(u), atan(tangent));
  return 0.5 * (at_u + at_v) + 2.0 * ((0.25 * (u + v) * logs + angle) / width - 1.0);
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
          const auto variance = where(whole, 1.0, law.variance());
          const auto value = normal_of_log(entropy, mean, variance, loc, scale);
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
          const auto value = exp(apart) * power - apart - (k - 1.0) * of_log - log(k) - log(u);
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
          const auto per_rate = 2.0 * (law.y / law.w) / to;
          const auto log_mean = log(rate) + (log(2.0 * (law.y / law.w)) - log(to));
          const auto value = log_gamma_about(shape, rate * per_rate, log_mean) +
                             shape * law.log_gap() + (law.rest - 1.0 - log(law.w));
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.concentration(), p.rate(), "kl(Uniform, InverseGamma)");
  });
  KlRule<Uniform, Cauchy>([](const Uniform& q, const Cauchy& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto scale) {
          const auto width = (high - low) / scale;
          return mean_log1p_of_square((low - loc) / scale, (high - loc) / scale, width) -
                 log(width) + kLogPi;
        },
        q.low(), q.high(), p.loc(), p.scale(), "kl(Uniform, Cauchy)");
  });
  KlRule<Uniform, HalfCauchy>([](const Uniform& q, const HalfCauchy& p) {
    return elementwise(
        [](auto low, auto high, auto scale) {
          const auto inside = low >= 0.0;
          const auto width = (high - low) / scale;
          const auto value =
              mean_log1p_of_square(low / scale, high / scale, width) - log(width) + (kLogPi - kLn2);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.scale(), "kl(Uniform, HalfCauchy)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
