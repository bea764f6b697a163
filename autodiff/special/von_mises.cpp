#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/trigonometric.hpp>
#include <evident/autodiff/special/quadrature.hpp>
#include <evident/autodiff/special/safeguarded_newton.hpp>
#include <evident/autodiff/special/von_mises.hpp>
#include <utility>

namespace evident {
namespace special {
namespace {

using parts::kPi;
constexpr double kPiRest = 1.22464679914735317636e-16;  // what pi has beyond it
using parts::kInfinity;
using parts::kNan;
constexpr double kFewTerms = 25;  // series below, asymptotic series above

// e^-kappa I_0(kappa) and 1 - I_1 / I_0.
struct Bessel {
  double scaled, deficit;
};

Bessel bessel(double kappa) {
  if (kappa < kFewTerms) {
    // I_0 - I_1 loses what the deficit is below 1: a digit or two.
    const double z = 0.25 * kappa * kappa;
    double term = 1, zeroth = 1, first = 1;
    for (double k = 1; term > 1e-18 * zeroth; ++k) {
      term *= z / (k * k);
      zeroth += term;
      first += term / (k + 1);
    }
    return {zeroth * std::exp(-kappa), 1 - 0.5 * kappa * first / zeroth};
  }
  // Abramowitz and Stegun 1965, 9.7.1; the terms of the difference are of one sign.
  double zeroth_term = 1, first_term = 1, zeroth = 1, difference = 0;
  for (double k = 1; k < 40; ++k) {
    const double odd = 2 * k - 1;
    const double scale = 1 / (8 * kappa * k);
    const double next = zeroth_term * odd * odd * scale;
    if (next > zeroth_term || next < 1e-18) break;
    zeroth_term = next;
    first_term *= (odd * odd - 4) * scale;
    zeroth += zeroth_term;
    difference += zeroth_term - first_term;
  }
  return {zeroth / std::sqrt(2 * kPi * kappa), difference / zeroth};
}

// The length of the integral over v of e^(kappa (cos(x + v) - cos x)) for 0 <= x, up to pi.
double length_beyond(double kappa, double x, double left) {
  const double sine = std::sin(x), cosine = std::cos(x);
  const auto phi = [&](double v) {
    const double half = std::sin(0.5 * v);
    return std::pair(kappa * (sine * std::sin(v) + 2 * cosine * half * half),
                     kappa * std::sin(x + v));
  };
  if (phi(left).first <= 50) return left;
  const double slope = kappa * sine, curve = kappa * std::fmax(cosine, 0);
  const double first = 80 / (slope + std::hypot(slope, 9 * std::sqrt(curve)));
  const double v = reach(phi, std::fmin(first, 0.99 * left));
  return std::fmin(v, left);
}

// cos(x + v) - cos x.
Nodes drop_of_cosine(double sine, double cosine, Nodes v) {
  const Nodes half = sin(0.5 * v);
  return -(sine * sin(v) + 2.0 * cosine * half * half);
}

double left_of(double x) { return (kPi - x) + kPiRest; }

// The probability beyond x in [0, pi], with `left` = pi - x, as a multiple of e^(k (cos x - 1)).
double tail_over_density(double kappa, double x, double left) {
  const double sine = left < 1 ? std::sin(left) : std::sin(x), cosine = std::cos(x);
  const double length = length_beyond(kappa, x, left);
  const GaussRule& rule = gauss_rule();
  Nodes sum = 0.0;
  for (std::size_t i = 0; i < kNodes; i += Nodes::kWidth) {
    const Nodes v = length * Nodes::load(rule.node + i);
    sum += Nodes::load(rule.weight + i) * exp(kappa * drop_of_cosine(sine, cosine, v));
  }
  return length * sum_of(sum) / (2 * kPi * bessel(kappa).scaled);
}

// log e^(k (cos x - 1)).
double log_fall(double kappa, double x) {
  const double half = std::sin(0.5 * x);
  return -2 * kappa * half * half;
}

double upper_tail(double kappa, double x, double left) {
  return tail_over_density(kappa, x, left) * std::exp(log_fall(kappa, x));
}

double log_upper_tail(double kappa, double x) {
  return std::log(tail_over_density(kappa, x, left_of(x))) + log_fall(kappa, x);
}

double density(double kappa, double x) {
  return std::exp(log_fall(kappa, x)) / (2 * kPi * bessel(kappa).scaled);
}

}  // namespace

double log_scaled_bessel_i0(double kappa) { return std::log(bessel(kappa).scaled); }

double von_mises_cdf(double kappa, double x) {
  if (!(kappa >= 0) || std::isnan(x)) return kNan;
  if (x < -kPi) return 0;
  if (x > kPi) return 1;
  if (kappa == kInfinity) return x < 0 ? 0 : x > 0 ? 1 : 0.5;
  const double size = std::abs(x);
  const double tail = upper_tail(kappa, size, left_of(size));
  return x < 0 ? tail : 1 - tail;
}

double von_mises_log_cdf(double kappa, double x) {
  if (!(kappa >= 0) || std::isnan(x)) return kNan;
  if (x < -kPi) return -kInfinity;
  if (x > kPi) return 0;
  if (kappa == kInfinity) return x < 0 ? -kInfinity : x > 0 ? 0 : std::log(0.5);
  if (x < 0) return log_upper_tail(kappa, -x);
  return std::log1p(-upper_tail(kappa, x, left_of(x)));
}

double von_mises_quantile(double kappa, double p) {
  if (!(kappa >= 0 && p >= 0 && p <= 1)) return kNan;
  if (p == 0.5 || (kappa == kInfinity && p > 0 && p < 1)) return 0;
  const double tail = std::fmin(p, 1 - p);
  if (tail == 0) return p == 0 ? -kPi : kPi;
  const double log_tail = std::log(tail);
  const double spread = std::sqrt(-2 * log_tail) / std::sqrt(kappa);
  const double x = safeguarded_newton(
      [&](double at) {
        const double beyond = upper_tail(kappa, at, left_of(at));
        return std::pair(log_tail - std::log(beyond), density(kappa, at) / beyond);
      },
      spread < 1 ? 0.7 * spread : kPi * (1 - 2 * tail), 0, kPi);
  return p < 0.5 ? -x : x;
}

double von_mises_draw_gradient(double kappa, double x) {
  if (!(kappa >= 0) || !(std::abs(x) <= 4)) return kNan;
  const double size = std::abs(x);
  if (size >= kPi || size == 0 || kappa == kInfinity) return 0;
  const double deficit = bessel(kappa).deficit;
  const double sine = std::sin(size), cosine = std::cos(size), half = std::sin(0.5 * size);
  const double fall = 2 * half * half;  // 1 - cos x
  const bool inner = fall < deficit;
  const double left = left_of(size);
  const double length = inner ? size : length_beyond(kappa, size, left);
  const double direction = inner ? -1 : 1;
  const GaussRule& rule = gauss_rule();
  Nodes sum = 0.0;
  for (std::size_t i = 0; i < kNodes; i += Nodes::kWidth) {
    const Nodes v = direction * length * Nodes::load(rule.node + i);
    const Nodes drop = drop_of_cosine(sine, cosine, v);
    sum += Nodes::load(rule.weight + i) * exp(kappa * drop) * (deficit - fall + drop);
  }
  const double slope = direction * length * sum_of(sum);
  return x < 0 ? -slope : slope;
}

}  // namespace special
}  // namespace evident
