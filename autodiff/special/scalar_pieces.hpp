#pragma once

// What the special functions of one number are made of: differences that cancel when they are
// written as they stand.

namespace evident {
namespace special {

/// log(1 + z) - z for z >= -1, with its relative accuracy near 0.
double log1p_minus(double z);
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

}  // namespace special
}  // namespace evident
