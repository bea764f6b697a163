#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/power.hpp>
#include <evident/autodiff/special/scalar_pieces.hpp>

namespace evident {
namespace special {
namespace {

namespace bp = boost::math::policies;
using Policy = bp::policy<bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
                          bp::overflow_error<bp::ignore_error>,
                          bp::evaluation_error<bp::ignore_error>, bp::promote_double<false>>;

using parts::kHalfLogTwoPi;
constexpr double kLarge = 12;  // from here on the asymptotic series are exact to the last digit

}  // namespace

double expm1_minus(double v) {
  if (!(std::abs(v) < 0.5)) return std::expm1(v) - v;
  double sum = 1.0;
  for (int i = 14; i > 2; --i) sum = 1 + sum * v * (1.0 / i);
  return 0.5 * v * v * sum;
}

double lgamma_one_plus(double a) {
  return a < 0.5 ? std::log1p(boost::math::tgamma1pm1(a, Policy()))
                 : boost::math::lgamma(1 + a, Policy());
}

double log_stirling(double a) {
  if (a < kLarge) return (1 + a) * std::log(a) - a - lgamma_one_plus(a);
  const double s = 1 / (a * a);
  const double rest =
      1.0 / 12 +
      s * (-1.0 / 360 +
           s * (1.0 / 1260 +
                s * (-1.0 / 1680 + s * (1.0 / 1188 + s * (-691.0 / 360360 + s * (1.0 / 156))))));
  return 0.5 * std::log(a) - kHalfLogTwoPi - rest / a;
}

double digamma_minus_log(double a) {
  if (a < kLarge) return boost::math::digamma(a, Policy()) - std::log(a);
  const double s = 1 / (a * a);
  return -0.5 / a -
         s * (1.0 / 12 +
              s * (-1.0 / 120 +
                   s * (1.0 / 252 + s * (-1.0 / 240 + s * (1.0 / 132 + s * (-691.0 / 32760 +
                                                                            s * (1.0 / 12)))))));
}

double digamma_difference(double z, double d) {
  double sum = 0;
  for (; z < kLarge; z += 1) sum += d / z / (z + d);
  // Differences of powers of 1 / z and 1 / (z + d), each a multiple of the first.
  constexpr double kTerms[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                               1.0 / 132, -691.0 / 32760, 1.0 / 12};
  const double p = 1 / z, q = 1 / (z + d);
  const double first = d * p * q;
  const double pp = p * p, qq = q * q;
  double power = 1, quotient = 1, series = 0;
  for (const double term : kTerms) {
    series += term * quotient;
    power *= pp;
    quotient = quotient * qq + power;
  }
  return sum + std::log1p(d * p) + first * (0.5 + (p + q) * series);
}

double centred(double a, double b, double x) {
  const double p = a * x, q = b * x;
  const double p_low = std::fma(a, x, -p), q_low = std::fma(b, x, -q);
  const double sum = p + q;
  const double part = sum - p;
  const double sum_low = (p - (sum - part)) + (q - part);
  return (sum - a) + (sum_low + p_low + q_low);
}

LogNumber operator+(const LogNumber& a, const LogNumber& b) {
  const double sum = a.high + b.high;
  const double part = sum - a.high;
  const double low = (a.high - (sum - part)) + (b.high - part) + (a.low + b.low);
  const double high = sum + low;
  return {high, low - (high - sum)};
}

double quotient(const LogNumber& a, double b, double log_b) {
  if (!(b > 1e-290)) return std::exp(a.log() - log_b);
  const double root = std::exp(0.5 * a.high);
  return root / b * root * (1 + a.low);
}

LogNumber weighted_log(double weight, double x, double x_low, double y) {
  const double ratio = x / y;
  const double rest = (std::fma(-ratio, y, x) + x_low) / x;
  const auto log_ratio = parts::log_in_two(Lanes<double>(ratio));
  const double log_high = log_ratio.high.v.get(0), log_low = log_ratio.low.v.get(0) + rest;
  const double high = weight * log_high;
  return {high, std::fma(weight, log_high, -high) + weight * log_low};
}

}  // namespace special
}  // namespace evident
