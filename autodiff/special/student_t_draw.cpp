#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/special/incomplete_beta.hpp>
#include <evident/autodiff/special/quadrature.hpp>
#include <evident/autodiff/special/scalar_pieces.hpp>
#include <evident/autodiff/special/student_t_draw.hpp>
#include <limits>
#include <utility>

namespace evident {
namespace special {
namespace {

using parts::kInfinity;
constexpr double kFewDegrees = 20;

// psi((n + 1) / 2) - psi(n / 2) - 1 / n for n >= 20, which is about 1 / (2 n^2). With beta(n) =
// sum_k (-1)^k / (n + k), the difference of the digammas is 2 beta(n), and its asymptotic series is
// 1 / n + sum_k (2^2k - 1) B_2k / (k n^2k); the first steps go by beta(n) + beta(n + 1) = 1 / n.
double digammas_of_halves(double n) {
  if (n < 40) {
    // f(n) = 2 beta(n) - 1/n satisfies f(n) = f(n + 2) + 1/n - 2/(n + 1) + 1/(n + 2).
    const double step = 2 / (n * (n + 1) * (n + 2));
    return step + digammas_of_halves(n + 2);
  }
  const double s = 1 / (n * n);
  return s * (0.5 + s * (-0.25 + s * (0.5 + s * (-17.0 / 8 + s * (31.0 / 2 + s * (-691.0 / 4))))));
}

// By log t: with z = t^2 / (n + t^2), logit z = 2 log t - log n, and z is a draw from
// Beta(1/2, n/2).
double by_beta(double n, double t) {
  const double root = std::sqrt(n);
  const double ratio = t / root, inverse = root / t;
  const double log_z =
      ratio < 1 ? 2 * std::log(ratio) - std::log1p(ratio * ratio) : -std::log1p(inverse * inverse);
  const double log_y = ratio < 1 ? -std::log1p(ratio * ratio)
                                 : 2 * std::log(inverse) - std::log1p(inverse * inverse);
  return 0.5 * t * (1 / n + 0.5 * beta_draw_gradient(0.5, 0.5 * n, log_z, log_y).db);
}

// Twice the derivative in n of the logarithm of the density, at q = t^2 / n. Each part is of order
// 1 / n^2 at a t that stays where it is.
Nodes twice_score(double n, double constant, Nodes q) {
  const Nodes share = q / (1.0 + q);
  const Nodes inner = where(q < 0.4, q, Nodes(0.0));
  const Nodes near = -log1p_minus(inner, 0.4) - inner * share;
  return constant + where(q < 0.4, near, share - log1p(q)) + share * (1.0 / n);
}

// The integral of the score from 0 to t.
double from_centre(double n, double t, double constant) {
  const GaussRule& rule = gauss_rule();
  const double power = 0.5 * (n + 1), end = std::log1p(t * t / n);
  Nodes sum = 0.0;
  for (std::size_t i = 0; i < kNodes; i += Nodes::kWidth) {
    const Nodes at = t * Nodes::load(rule.node + i);
    const Nodes q = at * at * (1.0 / n);
    sum +=
        Nodes::load(rule.weight + i) * exp(power * (end - log1p(q))) * twice_score(n, constant, q);
  }
  return -0.5 * t * sum_of(sum);
}

// The integral of the score from t to infinity, over v = log of the place less log t.
double from_infinity(double n, double t, double constant) {
  const double power = 0.5 * (n + 1);
  const double start = t * (t / n), z = start / (1 + start);
  const auto phi = [&](double v) {
    const double growth = z * std::expm1(2 * v);
    return std::pair(power * std::log1p(growth) - v, 2 * power * (z + growth) / (1 + growth) - 1);
  };
  const double length = reach(phi, std::fmin(40 / (2 * power * z - 1), 3));
  const GaussRule& rule = gauss_rule();
  Nodes sum = 0.0;
  for (std::size_t i = 0; i < kNodes; i += Nodes::kWidth) {
    const Nodes v = length * Nodes::load(rule.node + i);
    const Nodes growth = z * expm1(2.0 * v);
    sum += Nodes::load(rule.weight + i) * exp(v - power * log1p(growth)) *
           twice_score(n, constant, start * exp(2.0 * v));
  }
  return 0.5 * t * length * sum_of(sum);
}

}  // namespace

double student_t_draw_gradient(double df, double t) {
  if (!(df > 0) || std::isnan(t)) return std::numeric_limits<double>::quiet_NaN();
  if (t == 0 || df == kInfinity) return 0;
  if (std::isinf(t)) return -t;
  const double size = std::abs(t);
  double slope;
  if (df < kFewDegrees) {
    slope = by_beta(df, size);
  } else {
    const double constant = digammas_of_halves(df);
    // Where the score of many degrees changes its sign.
    slope = size < 1.55                 ? from_centre(df, size, constant)
            : size * (size / df) > 1e10 ? by_beta(df, size)
                                        : from_infinity(df, size, constant);
  }
  return t < 0 ? -slope : slope;
}

}  // namespace special
}  // namespace evident
