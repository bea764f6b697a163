#pragma once

// What the special functions of one number are made of: differences that cancel when they are
// written as they stand.

namespace evident {
namespace special {

/// e^v - 1 - v, with its relative accuracy near 0.
double expm1_minus(double v);
/// log Gamma(1 + a) for a >= 0, with its relative accuracy near 0.
double lgamma_one_plus(double a);
/// log(a^a e^-a / Gamma(a)) for a > 0: what is left of log Gamma's size after Stirling's formula,
/// so that densities far from the origin do not lose digits (Loader 2000, "Fast and accurate
/// computation of binomial probabilities").
double log_stirling(double a);
/// The digamma function less the logarithm, psi(a) - log a, for a > 0.
double digamma_minus_log(double a);
/// psi(z + d) - psi(z) for z > 0, d >= 0, with its relative accuracy however small d is.
double digamma_difference(double z, double d);
/// (a + b) x - a to about one rounding of the result.
double centred(double a, double b, double x);

/// A logarithm as the sum of two numbers, the second below the rounding of the first: the relative
/// error of e^x is the absolute one of x, and x may be several hundred.
struct LogNumber {
  double high, low;

  double log() const { return high + low; }
  double value() const { return __builtin_exp(high) * (1 + low); }
};
/// a + b of numbers in two parts.
LogNumber operator+(const LogNumber& a, const LogNumber& b);
/// e^a / b, also where e^a underflows and the quotient does not.
double quotient(const LogNumber& a, double b, double log_b);
/// weight log((x + x_low) / y) for x, y > 0 whose ratio is neither subnormal nor infinite.
LogNumber weighted_log(double weight, double x, double x_low, double y);

}  // namespace special
}  // namespace evident
