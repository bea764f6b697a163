#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/special/incomplete_beta.hpp>
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
constexpr double kMostTerms = 1000;        // fewer do unless x + y is not 1
constexpr double kFlat = 5;                // smaller shapes take part in series only

// A place with its logarithms, which count where x or y underflows.
struct Place {
  double x, y, log_x, log_y;
  Place swapped() const { return {y, x, log_y, log_x}; }
};

// Of the two the smaller has the digits: both may be floats, whose sum is 1 to a float only.
Place place_of(double x, double y) {
  if (x < y) {
    y = 1 - x;
  } else {
    x = 1 - y;
  }
  return {x, y, y < 0.5 ? std::log1p(-y) : std::log(x), x < 0.5 ? std::log1p(-x) : std::log(y)};
}

Place place_at(double log_odds) {
  const double decay = std::exp(-std::abs(log_odds));
  const double small = decay / (1 + decay), large = 1 / (1 + decay);
  const double log_large = -std::log1p(decay), log_small = log_large - std::abs(log_odds);
  const Place below{small, large, log_small, log_large};
  return log_odds < 0 ? below : below.swapped();
}

// The integrals of the tail on one side of x: I / g, -(dI/da) / g and -(dI/db) / g, or 1 - I in the
// place of I and the other sign.
struct Tail {
  bool lower;
  double mass, slope_a, slope_b;
};

// psi(a + 1) - psi(a + b): below the place with this logarithm no terms of the series cancel.
double series_end(double a, double b) {
  return b < 1 ? digamma_difference(a + b, 1 - b) : -digamma_difference(a + 1, b - 1);
}

// The lower tail by 2F1(a + b, 1; a + 1; x), differentiated term by term.
Tail series(double a, double b, const Place& at, double end) {
  const double from_a = end - at.log_x;
  const double from_b = at.log_y + digamma_difference(b, a);
  double term = 1 / a, mass = term, by_a = 0, by_b = 0;
  double slope_a = term * from_a, slope_b = -term * from_b;
  for (double n = 0; term > 0.05 * kEpsilon * mass && n < kMostTerms; ++n) {
    const double up = a + b + n, down = 1 / (a + 1 + n);
    const double inverse = 1 / up;
    by_a += (1 - b) * inverse * down;
    by_b += inverse;
    term *= up * down * at.x;
    mass += term;
    slope_a += term * (from_a - by_a);
    slope_b -= term * (from_b + by_b);
  }
  return {true, mass, slope_a, slope_b};
}

// The lower tail by quadrature over v, the logit of x less that of t. With L = log(1 + y (e^v -
// 1)), log t = log x - L, log(1 - t) = log y + v - L, and the density falls by (a + b) L - b v, of
// which the linear part is (a - (a + b) x) v.
Tail quadrature(double a, double b, const Place& at) {
  const double x = at.x, y = at.y, sum = a + b;
  const double rate = y < 0.5 ? centred(b, a, y) : -centred(a, b, x);
  const bool by_y = y <= 0.5;
  // L - y v, and its size where it is written with e^-v.
  const auto curved = [&](double v) {
    return by_y ? std::log1p(y * std::expm1(v)) - y * v : std::log1p(x * std::expm1(-v)) + x * v;
  };
  const auto phi = [&](double v) {
    const double t = 1 / (x + y * std::exp(v));
    return std::pair(sum * curved(v) + rate * v, rate + sum * x * (1 - t));
  };
  const double spread = 9 * std::sqrt(sum * x * y);
  const double first = 80 / (rate + std::hypot(rate, spread));
  const double length = first < 0.1 ? first : reach(phi, first);
  const double size = by_y ? y * std::expm1(length) : -x * std::expm1(-length);
  const double from_a = -(at.log_x + digamma_difference(a, b));
  const double from_b = at.log_y + digamma_difference(b, a);
  const GaussRule& rule = gauss_rule();
  Nodes masses = 0.0, slopes_a = 0.0, slopes_b = 0.0;
  for (std::size_t i = 0; i < kNodes; i += Nodes::kWidth) {
    const Nodes v = length * Nodes::load(rule.node + i);
    Nodes curve, log_ratio, log_other;  // L - y v, L and v - L
    if (by_y) {
      const Nodes above = expm1_minus(v, length);
      const Nodes z = y * (above + v);
      const Nodes below = log1p_minus(z, size);
      curve = below + y * above;
      log_ratio = below + z;
      log_other = v - log_ratio;
    } else {
      const Nodes above = expm1_minus(-v, length);
      const Nodes z = x * (above - v);
      const Nodes below = log1p_minus(z, size);
      curve = below + x * above;
      log_other = -(below + z);
      log_ratio = v - log_other;
    }
    const Nodes part = Nodes::load(rule.weight + i) * exp(-(sum * curve + rate * v));
    masses += part;
    slopes_a += part * (from_a + log_ratio);
    slopes_b += part * (from_b + log_other);
  }
  return {true, length * sum_of(masses), length * sum_of(slopes_a), -length * sum_of(slopes_b)};
}

Tail lower_tail(double a, double b, const Place& at, double end) {
  const bool few_terms =
      at.x <= 0.65 && (a <= 30 || (a + b) * at.x < 0.4 * (a + 1) || (a <= kFlat && b <= kFlat));
  return few_terms || a <= kFlat ? series(a, b, at, end) : quadrature(a, b, at);
}

// For 0 < a, b < infinity and log_x, log_y < 0.
Tail tail_at(double a, double b, const Place& at) {
  const bool flat_a = a <= kFlat, flat_b = b <= kFlat;
  double end = 0, other_end = 0;
  bool lower;
  if (flat_a == flat_b) {
    lower = flat_a ? at.x <= 0.5 : centred(a, b, at.x) < 0;
    (lower ? end : other_end) = lower ? series_end(a, b) : series_end(b, a);
  } else if (flat_a) {
    end = series_end(a, b);
    lower = at.log_x < end;
    if (!lower) other_end = series_end(b, a);
  } else {
    other_end = series_end(b, a);
    lower = !(at.log_y < other_end);
    if (lower) end = series_end(a, b);
  }
  if (lower) return lower_tail(a, b, at, end);
  const Tail t = lower_tail(b, a, at.swapped(), other_end);
  return {false, t.mass, -t.slope_b, -t.slope_a};
}

// a log(x / x0) for the x0 = a / (a + b) at which x^a y^b is largest; `x_low` is what x has beyond
// it.
LogNumber log_power(double a, double b, double x, double x_low, double log_x) {
  const double sum = a + b;
  const double sum_low = a < b ? a - (sum - b) : b - (sum - a);
  const double product = x * sum;
  const double product_low = std::fma(x, sum, -product) + x * sum_low + x_low * sum;
  const double ratio = product / a;
  if (product > 1e-290 && ratio > 1e-290 && ratio < 1e290) {
    return weighted_log(a, product, product_low, a);
  }
  return {a * (log_x + std::log1p(b / a)), 0};
}

// The logarithm of g = x^a y^b / B(a, b).
LogNumber log_density(double a, double b, const Place& at) {
  const LogNumber outer{log_stirling(a) + log_stirling(b) - log_stirling(a + b), 0};
  // The smaller of x and y is exact, the larger may be rounded.
  const double rest = at.x < at.y ? (1 - at.y) - at.x : (1 - at.x) - at.y;
  const double low = std::abs(rest) < kEpsilon ? rest : 0;
  return outer + (log_power(a, b, at.x, at.x < at.y ? 0 : low, at.log_x) +
                  log_power(b, a, at.y, at.x < at.y ? low : 0, at.log_y));
}

// -log I for a < 0.1 and b >= 10 a, where it is of the size of a, and x below 1 and about 1 / b.
double minus_log_lower(double a, double b, const Place& at) {
  // log(Gamma(b + a) / Gamma(b)) as the integral of the digamma function, by Gauss's rule.
  constexpr double kNode[] = {0.04691007703066800360, 0.23076534494715845448, 0.5,
                              0.76923465505284154552, 0.95308992296933199640};
  constexpr double kWeight[] = {0.11846344252809454376, 0.23931433524968323402,
                                0.28444444444444444444, 0.23931433524968323402,
                                0.11846344252809454376};
  double digamma = 0;
  for (int i = 0; i < 5; ++i) {
    const double z = b + a * kNode[i];
    digamma += kWeight[i] * (std::log(z) + digamma_minus_log(z));
  }
  double power = 1, sum = 0;
  for (double n = 1;
       n < kMostTerms && std::abs(power) > 0.1 * kEpsilon * std::fmin(1, std::abs(sum)); ++n) {
    power *= (n - b) / n * at.x;
    sum += power / (a + n);
  }
  return lgamma_one_plus(a) - a * (digamma + at.log_x) - std::log1p(a * sum);
}

// I and 1 - I, their logarithms, log g and the tail they come from.
struct Both {
  double lower, upper, log_lower, log_upper;
  LogNumber log_density;
  Tail tail;
};

Both both_at(double a, double b, const Place& at) {
  const Tail tail = tail_at(a, b, at);
  const LogNumber log_g = log_density(a, b, at);
  // What is near 1 by the size of the smaller shape, and what is left of 1.
  const double small = tail.lower ? a : b, large = tail.lower ? b : a;
  const double place = tail.lower ? at.x : at.y;
  if (small < 0.1 && large > 10 * small && place * std::fmax(large, 1) < 1.5) {
    const double log_near = -minus_log_lower(small, large, tail.lower ? at : at.swapped());
    const double near = std::exp(log_near), far = -std::expm1(log_near);
    const double log_far = std::log(far);
    if (tail.lower) return {near, far, log_near, log_far, log_g, tail};
    return {far, near, log_far, log_near, log_g, tail};
  }
  const double log_near = log_g.log() + std::log(tail.mass);
  const double near = std::fmin(log_g.value() * tail.mass, 1);
  const double far = 1 - near, log_far = std::log1p(-near);
  if (tail.lower) return {near, far, log_near, log_far, log_g, tail};
  return {far, near, log_far, log_near, log_g, tail};
}

double inner_shape(double a) { return std::fmax(a, kSmallestShape); }

// A shape at which derivatives are those at 0 to all digits, and whose logarithm keeps its own.
double limit_shape(double a) { return a == 0 ? 1e-18 : inner_shape(a); }

bool outside(double a, double b, double x, double y) {
  const bool ends = (x == 0 && a == 0) || (y == 0 && b == 0);
  const bool shapes = (a == 0 && b == 0) || (a == kInfinity && b == kInfinity);
  return !(a >= 0 && b >= 0 && x >= 0 && y >= 0 && x <= 1 && y <= 1) || ends || shapes;
}

// Whether (a, b, x) is on the border of the domain, and I there: 0 or 1.
bool on_border(double a, double b, double x, double y, double& lower) {
  lower = x == 0 || (y != 0 && (b == 0 || a == kInfinity)) ? 0 : 1;
  return x == 0 || y == 0 || a == 0 || b == 0 || a == kInfinity || b == kInfinity;
}

// The density at x = 0.
double density_at_zero(double a, double b) { return a < 1 ? kInfinity : a == 1 ? b : 0; }

}  // namespace

double betainc(double a, double b, double x, double y) {
  double lower;
  if (outside(a, b, x, y)) return kNan;
  if (on_border(a, b, x, y, lower)) return lower;
  return both_at(inner_shape(a), inner_shape(b), place_of(x, y)).lower;
}

double log_betainc(double a, double b, double x, double y) {
  double lower;
  if (outside(a, b, x, y)) return kNan;
  if (on_border(a, b, x, y, lower)) return lower == 1 ? 0 : -kInfinity;
  return both_at(inner_shape(a), inner_shape(b), place_of(x, y)).log_lower;
}

ShapesAndPlace betainc_slopes(double a, double b, double x, double y) {
  if (outside(a, b, x, y)) return {kNan, kNan, kNan, kNan};
  if (x == 0) return {0, 0, 0, b == kInfinity ? kInfinity : density_at_zero(a, b)};
  if (y == 0) return {1, 0, 0, a == kInfinity ? kInfinity : density_at_zero(b, a)};
  if (a == kInfinity || b == kInfinity) return {b == kInfinity ? 1.0 : 0.0, 0, 0, 0};
  const Place at = place_of(x, y);
  const Both r = both_at(limit_shape(a), limit_shape(b), at);
  const double g = r.log_density.value();
  if (a == 0) return {1, -g * r.tail.slope_a, 0, 0};
  if (b == 0) return {0, 0, -g * r.tail.slope_b, 0};
  return {r.lower, -g * r.tail.slope_a, -g * r.tail.slope_b,
          quotient(r.log_density, x * y, at.log_x + at.log_y)};
}

ShapesAndPlace log_betainc_slopes(double a, double b, double x, double y) {
  if (outside(a, b, x, y)) return {kNan, kNan, kNan, kNan};
  if (x == 0) {
    return {-kInfinity, -kInfinity, b == 0 || a == kInfinity ? kInfinity : digamma_difference(b, a),
            kInfinity};
  }
  if (y == 0) return {0, 0, 0, density_at_zero(b, a)};
  if (a == kInfinity) return {-kInfinity, std::log(x), kInfinity, kInfinity};
  if (b == kInfinity) return {0, 0, 0, 0};
  const Place at = place_of(x, y);
  const Both r = both_at(limit_shape(a), limit_shape(b), at);
  if (a == 0) return {0, -r.log_density.value() * r.tail.slope_a, 0, 0};
  const double value = b == 0 ? -kInfinity : r.log_lower;
  // Within the tail the density cancels.
  const double ratio = r.tail.lower ? 1 / r.tail.mass : r.log_density.value() / r.lower;
  return {value, -ratio * r.tail.slope_a, b == 0 ? kInfinity : -ratio * r.tail.slope_b,
          ratio / x / y};
}

namespace {

// Whether there is a limit to take, or nothing: the functions of x itself know it.
bool at_limit(double a, double b, double l) {
  return !(a > 0 && b > 0 && std::fmax(a, b) * std::fmax(std::abs(l), 1) < kInfinity);
}
double place_of_limit(double l) { return l < 0 ? 0 : l > 0 ? 1 : l == 0 ? 0.5 : kNan; }

}  // namespace

double betainc_of_logit(double a, double b, double l) {
  if (at_limit(a, b, l)) return betainc(a, b, place_of_limit(l), place_of_limit(-l));
  return both_at(inner_shape(a), inner_shape(b), place_at(l)).lower;
}

double log_betainc_of_logit(double a, double b, double l) {
  if (at_limit(a, b, l)) return log_betainc(a, b, place_of_limit(l), place_of_limit(-l));
  return both_at(inner_shape(a), inner_shape(b), place_at(l)).log_lower;
}

ShapesAndPlace betainc_of_logit_slopes(double a, double b, double l) {
  if (at_limit(a, b, l)) {
    ShapesAndPlace limit = betainc_slopes(a, b, place_of_limit(l), place_of_limit(-l));
    limit.dx = std::isnan(limit.dx) ? kNan : 0;
    return limit;
  }
  const Both r = both_at(inner_shape(a), inner_shape(b), place_at(l));
  const double g = r.log_density.value();
  return {r.lower, -g * r.tail.slope_a, -g * r.tail.slope_b, g};
}

ShapesAndPlace log_betainc_of_logit_slopes(double a, double b, double l) {
  if (at_limit(a, b, l)) {
    ShapesAndPlace limit = log_betainc_slopes(a, b, place_of_limit(l), place_of_limit(-l));
    limit.dx = std::isnan(limit.dx) ? kNan : l < 0 ? a : 0;
    return limit;
  }
  const Both r = both_at(inner_shape(a), inner_shape(b), place_at(l));
  const double ratio = r.tail.lower ? 1 / r.tail.mass : r.log_density.value() / r.lower;
  return {r.log_lower, -ratio * r.tail.slope_a, -ratio * r.tail.slope_b, ratio};
}

namespace {

// logit x for I_x(a, b) = p <= 1/2.
double log_odds_of_inverse(double a, double b, double p) {
  const double log_p = std::log(p);
  double u;
  if (a < 1) {  // where I is about x^a / (a B(a, b))
    u = (log_p + std::log(a) - log_stirling(a) - log_stirling(b) + log_stirling(a + b) -
         a * std::log1p(b / a) - b * std::log1p(a / b)) /
        a;
    u = std::fmin(u, std::log(a + 1) - std::log(b));
  } else {
    const double size = std::sqrt(-2 * log_p);
    const double z = size - (2.515517 + size * (0.802853 + size * 0.010328)) /
                                (1 + size * (1.432788 + size * (0.189269 + size * 0.001308)));
    u = std::log(a / b) - z * std::sqrt(1 / a + 1 / b);
  }
  return safeguarded_newton(
      [&](double log_odds) {
        const Both r = both_at(a, b, place_at(log_odds));
        const double slope = r.tail.lower ? 1 / r.tail.mass : r.log_density.value() / r.lower;
        return std::pair(r.log_lower - log_p, slope);
      },
      u, -kInfinity, kInfinity);
}

// The inverse as logit x.
double log_odds(double a, double b, double p, double q) {
  if (!(a >= 0 && b >= 0 && p >= 0 && q >= 0) || (a == 0 && b == 0) ||
      (a == kInfinity && b == kInfinity)) {
    return kNan;
  }
  if (p == 0 || a == 0 || b == kInfinity) return -kInfinity;
  if (q == 0 || b == 0 || a == kInfinity) return kInfinity;
  const double shape_a = inner_shape(a), shape_b = inner_shape(b);
  return p <= q ? log_odds_of_inverse(shape_a, shape_b, p)
                : -log_odds_of_inverse(shape_b, shape_a, q);
}

}  // namespace

PlaceAndComplement betaincinv(double a, double b, double p, double q) {
  const double u = log_odds(a, b, p, q);
  if (std::isnan(u)) return {kNan, kNan};
  const Place at = place_at(u);
  return {at.x, at.y};
}

ShapesAndPlace betaincinv_slopes(double a, double b, double p, double q) {
  const double u = log_odds(a, b, p, q);
  if (std::isnan(u)) return {kNan, kNan, kNan, kNan};
  const Place at = place_at(u);
  if (std::isinf(u)) {
    const double shape = u < 0 ? a : b, other = u < 0 ? b : a;
    const bool inner = shape > 0 && other < kInfinity;
    return {at.x, 0, 0, !inner || shape < 1 ? 0 : shape == 1 ? 1 / other : kInfinity};
  }
  const double shape_a = inner_shape(a), shape_b = inner_shape(b);
  const Tail t = tail_at(shape_a, shape_b, at);
  const double size = at.log_x + at.log_y, density = std::exp(size);
  return {at.x, density * t.slope_a, density * t.slope_b,
          std::exp(size - log_density(shape_a, shape_b, at).log())};
}

ShapesAndPlace betaincinv_complement_slopes(double a, double b, double p, double q) {
  const ShapesAndPlace x = betaincinv_slopes(a, b, p, q);
  return {betaincinv(a, b, p, q).y, -x.da, -x.db, -x.dx};
}

BetaDrawGradient beta_draw_gradient(double a, double b, double log_x, double log_y) {
  if (!(a >= 0 && b >= 0 && log_x <= 0 && log_y <= 0) || (a == kInfinity && b == kInfinity)) {
    return {kNan, kNan};
  }
  if (log_x == -kInfinity) return {kInfinity, b == kInfinity ? 0 : -digamma_difference(b, a) / a};
  if (log_y == -kInfinity) return {a == kInfinity ? 0 : digamma_difference(a, b) / b, -kInfinity};
  if (a == kInfinity || b == kInfinity) return {0, 0};
  const Place at{std::exp(log_x), std::exp(log_y), log_x, log_y};
  const Tail t = tail_at(inner_shape(a), inner_shape(b), at);
  return {t.slope_a, t.slope_b};
}

}  // namespace special
}  // namespace evident
