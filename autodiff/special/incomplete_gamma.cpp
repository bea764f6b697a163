#include <boost/math/special_functions/expint.hpp>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/special/incomplete_gamma.hpp>
#include <evident/autodiff/special/quadrature.hpp>
#include <evident/autodiff/special/safeguarded_newton.hpp>
#include <evident/autodiff/special/scalar_pieces.hpp>
#include <limits>
#include <utility>

namespace evident {
namespace special {
namespace {

using parts::kInfinity;
using parts::kNan;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kSmallestShape = 1e-290;  // computed with where the shape is 0 or next to it
constexpr double kSeriesShape = 30;        // series below, quadrature above

// The integrals of the tail on one side of x: P / g and -(dP/da) / g, or Q / g and (dQ/da) / g.
struct Tail {
  bool lower;
  double mass, slope;
};

Tail series(double a, double x, double log_x, double psi_of_next) {
  double term = 1 / a, mass = term, harmonic = 0, slope = 0;
  for (double n = 1; term > 0.1 * kEpsilon * mass; ++n) {
    const double inverse = 1 / (a + n);
    harmonic += inverse;
    term *= x * inverse;
    mass += term;
    slope += term * harmonic;
  }
  return {true, mass, (psi_of_next - log_x) * mass + slope};
}

// By quadrature over v = |s - u|, where h(u) - h(s) = x (e^v - 1 - v) + (x - a) v above x, and with
// -v in the place of v below.
Tail quadrature(double a, double x, double log_x, bool lower) {
  const double sign = lower ? -1 : 1;
  const double excess = std::abs(x - a);
  const double log_ratio = excess < 0.5 * a ? std::log1p((x - a) / a) : log_x - std::log(a);
  const double distance = sign * (log_ratio - digamma_minus_log(a));  // of log x from psi(a)
  const auto phi = [&](double v) {
    return std::pair(x * expm1_minus(sign * v) + excess * v,
                     sign * x * std::expm1(sign * v) + excess);
  };
  const double first = 80 / (excess + std::hypot(excess, 9 * std::sqrt(x)));
  const double length = first < 0.1 ? first : reach(phi, first);
  const GaussRule& rule = gauss_rule();
  Nodes masses = 0.0, moments = 0.0;
  for (std::size_t i = 0; i < kNodes; i += Nodes::kWidth) {
    const Nodes v = length * Nodes::load(rule.node + i);
    const Nodes part =
        Nodes::load(rule.weight + i) * exp(-(x * expm1_minus(sign * v, length) + excess * v));
    masses += part;
    moments += part * v;
  }
  const double mass = sum_of(masses), moment = sum_of(moments);
  return {lower, length * mass, length * (distance * mass + moment)};
}

double psi_of_next(double a) { return std::log1p(a) + digamma_minus_log(a + 1); }

// For a > 0, x < infinity. `log_x` counts where x underflows.
Tail tail_at(double a, double x, double log_x) {
  if (a > kSeriesShape) {
    if (x >= 0.4 * a) return quadrature(a, x, log_x, x < a);
    return series(a, x, log_x, std::log(a) + digamma_minus_log(a) + 1 / a);
  }
  const double psi = psi_of_next(a);
  return log_x < psi ? series(a, x, log_x, psi) : quadrature(a, x, log_x, false);
}

// The logarithm of g = x^a e^-x / Gamma(a).
LogNumber log_density(double a, double x, double log_x) {
  const LogNumber outer{log_stirling(a), 0};
  const double ratio = x / a;
  if (!(ratio > 1e-290 && ratio < 1e290)) {
    return outer + LogNumber{a * (log_x - std::log(a)) - (x - a), 0};
  }
  return outer + (LogNumber{a, 0} + LogNumber{-x, 0}) + weighted_log(a, x, 0, a);
}

// -log P for small a and x, where it is of the size of a.
double minus_log_lower(double a, double x, double log_x) {
  double power = 1, sum = 0;
  for (double n = 1; std::abs(power) > 0.1 * kEpsilon; ++n) {
    power *= -x / n;
    sum += power / (a + n);
  }
  return lgamma_one_plus(a) - a * log_x - std::log1p(a * sum);
}

// P and Q with their logarithms, log g and the tail they come from.
struct Both {
  double lower, upper, log_lower, log_upper;
  LogNumber log_density;
  Tail tail;
};

Both both_at(double a, double x, double log_x) {
  Both r{};
  r.tail = tail_at(a, x, log_x);
  r.log_density = log_density(a, x, log_x);
  if (r.tail.lower && a < 0.5 && x < 1) {
    r.log_lower = -minus_log_lower(a, x, log_x);
    r.lower = std::exp(r.log_lower);
    r.upper = -std::expm1(r.log_lower);
    r.log_upper = std::log(r.upper);
    return r;
  }
  const double log_tail = r.log_density.log() + std::log(r.tail.mass);
  const double near = std::fmin(r.log_density.value() * r.tail.mass, 1);
  const double far = 1 - near;
  const double log_far = std::log1p(-near);
  if (r.tail.lower) {
    return {near, far, log_tail, log_far, r.log_density, r.tail};
  }
  return {far, near, log_far, log_tail, r.log_density, r.tail};
}

bool outside(double a, double x) {
  return !(a >= 0 && x >= 0) || (a == 0 && x == 0) || (a == kInfinity && x == kInfinity);
}

// Whether (a, x) is on the border of the domain, and P there: 0 or 1.
bool on_border(double a, double x, double& lower) {
  lower = x == 0 || a == kInfinity ? 0 : 1;
  return a == 0 || x == 0 || a == kInfinity || x == kInfinity;
}

// The density at x = 0.
double density_at_zero(double a) { return a < 1 ? kInfinity : a == 1 ? 1 : 0; }

double inner_shape(double a) { return std::fmax(a, kSmallestShape); }

}  // namespace

double gammainc(double a, double x) {
  double lower;
  if (outside(a, x)) return kNan;
  if (on_border(a, x, lower)) return lower;
  return both_at(inner_shape(a), x, std::log(x)).lower;
}

double gammaincc(double a, double x) {
  double lower;
  if (outside(a, x)) return kNan;
  if (on_border(a, x, lower)) return 1 - lower;
  return both_at(inner_shape(a), x, std::log(x)).upper;
}

double log_gammainc(double a, double x) {
  double lower;
  if (outside(a, x)) return kNan;
  if (on_border(a, x, lower)) return lower == 1 ? 0 : -kInfinity;
  return both_at(inner_shape(a), x, std::log(x)).log_lower;
}

double log_gammaincc(double a, double x) {
  double lower;
  if (outside(a, x)) return kNan;
  if (on_border(a, x, lower)) return lower == 0 ? 0 : -kInfinity;
  return both_at(inner_shape(a), x, std::log(x)).log_upper;
}

ShapeAndPlace gammainc_slopes(double a, double x) {
  if (outside(a, x)) return {kNan, kNan, kNan};
  if (x == 0) return {0, 0, density_at_zero(a)};
  if (a == kInfinity || x == kInfinity) return {a == kInfinity ? 0.0 : 1.0, 0, 0};
  if (a == 0) return {1, -boost::math::expint(1, x), 0};
  const double shape = inner_shape(a), log_x = std::log(x);
  const Both r = both_at(shape, x, log_x);
  return {r.lower, -r.log_density.value() * r.tail.slope, quotient(r.log_density, x, log_x)};
}

ShapeAndPlace gammaincc_slopes(double a, double x) {
  const ShapeAndPlace p = gammainc_slopes(a, x);
  return {gammaincc(a, x), -p.da, -p.dx};
}

ShapeAndPlace log_gammainc_slopes(double a, double x) {
  if (outside(a, x)) return {kNan, kNan, kNan};
  if (x == 0) return {-kInfinity, -kInfinity, kInfinity};
  if (a == kInfinity) return {-kInfinity, -kInfinity, kInfinity};
  if (x == kInfinity) return {0, 0, 0};
  if (a == 0) return {0, -boost::math::expint(1, x), 0};
  const double shape = inner_shape(a), log_x = std::log(x);
  const Both r = both_at(shape, x, log_x);
  // Within the tail the density cancels.
  if (r.tail.lower) return {r.log_lower, -r.tail.slope / r.tail.mass, 1 / (x * r.tail.mass)};
  const double ratio = r.log_density.value() / r.lower;
  return {r.log_lower, -ratio * r.tail.slope, ratio / x};
}

ShapeAndPlace log_gammaincc_slopes(double a, double x) {
  if (outside(a, x)) return {kNan, kNan, kNan};
  if (x == 0) return {0, 0, -density_at_zero(a)};
  if (a == kInfinity) return {0, 0, 0};
  if (x == kInfinity) return {-kInfinity, kInfinity, -1};
  const double log_x = std::log(x);
  const Both r = both_at(inner_shape(a), x, log_x);
  const double value = a == 0 ? -kInfinity : r.log_upper;
  if (!r.tail.lower) {
    const double rate = 1 / (x * r.tail.mass);
    return {value, a == 0 ? kInfinity : r.tail.slope / r.tail.mass, -rate};
  }
  const double ratio = r.log_density.value() / r.upper;
  return {value, a == 0 ? kInfinity : ratio * r.tail.slope, -ratio / x};
}

NearZero log_gammainc_near_zero(double a, double log_x) {
  return {a * log_x - lgamma_one_plus(a), psi_of_next(a)};
}
double log_gammaincinv_near_zero(double a, double log_lower) {
  return (log_lower + lgamma_one_plus(a)) / a;
}

namespace {

// x for P(a, x) = p or, with p = 1 - q, for Q(a, x) = q; the smaller of the two decides.
double inner_inverse(double a, double p, double q) {
  const double lower_guess = log_gammaincinv_near_zero(a, std::log(p));
  // Wilson and Hilferty 1931: the cube root of a Gamma is nearly normal.
  const double size = std::sqrt(-2 * std::log(std::fmin(p, q)));
  const double z = size - (2.515517 + size * (0.802853 + size * 0.010328)) /
                              (1 + size * (1.432788 + size * (0.189269 + size * 0.001308)));
  const double root = 1 - 1 / (9 * a) + (p < q ? -z : z) / (3 * std::sqrt(a));
  double u = root > 0.3 ? std::log(a) + 3 * std::log(root) : lower_guess;
  if (a < 1 && q < 0.5) {
    u = lower_guess < -1
            ? lower_guess
            : std::log(std::fmax(0.3, -std::log(q) + (a - 1) * std::log(2 - std::log(q)) +
                                          std::log(a) - lgamma_one_plus(a)));
  }
  const bool by_lower = p < 0.5;
  const double target = std::log(by_lower ? p : q);
  const auto excess = [&](double x, double log_x) {
    const Both r = both_at(a, x, log_x);
    const double value = by_lower ? r.log_lower - target : target - r.log_upper;
    const double slope = r.tail.lower == by_lower
                             ? 1 / r.tail.mass
                             : r.log_density.value() / (by_lower ? r.lower : r.upper);
    return std::pair(value, slope);
  };
  u = safeguarded_newton([&](double at) { return excess(std::exp(at), at); }, u, -kInfinity, 709);
  const double x = std::exp(u);
  if (!(x > 1e-300)) return x;
  // One more step takes away what the rounding of log x means for x.
  const auto [value, slope] = excess(x, std::log(x));
  return x - x * std::fmin(std::fmax(value / slope, -1e-9), 1e-9);
}

double inverse(double a, double p, double q) {
  if (!(a >= 0 && p >= 0 && q >= 0)) return kNan;
  if (p == 0) return 0;
  if (q == 0) return kInfinity;
  if (a == 0) return 0;
  if (a == kInfinity) return kInfinity;
  return inner_inverse(inner_shape(a), p, q);
}

// The derivatives of the inverse at a point of its graph, by the implicit function theorem.
ShapeAndPlace inverse_slopes(double a, double x, double sign) {
  if (std::isnan(x)) return {kNan, kNan, kNan};
  if (x == 0) return {0, 0, sign * (a < 1 ? 0 : a == 1 ? 1 : kInfinity)};
  if (x == kInfinity) return {kInfinity, a == kInfinity ? kNan : kInfinity, sign * kInfinity};
  const double shape = inner_shape(a), log_x = std::log(x);
  return {x, x * gamma_draw_gradient(shape, log_x),
          sign * std::exp(log_x - log_density(shape, x, log_x).log())};
}

}  // namespace

double gammaincinv(double a, double p) { return inverse(a, p, 1 - p); }
double gammainccinv(double a, double q) { return inverse(a, 1 - q, q); }
ShapeAndPlace gammaincinv_slopes(double a, double p) {
  return inverse_slopes(a, gammaincinv(a, p), 1);
}
ShapeAndPlace gammainccinv_slopes(double a, double q) {
  return inverse_slopes(a, gammainccinv(a, q), -1);
}

double gamma_draw_gradient(double a, double log_x) {
  if (!(a >= 0) || std::isnan(log_x) || (a == kInfinity && log_x == kInfinity)) return kNan;
  if (log_x == kInfinity || a == kInfinity) return 0;
  if (log_x == -kInfinity) return kInfinity;
  return tail_at(inner_shape(a), std::exp(log_x), log_x).slope;
}

}  // namespace special
}  // namespace evident
