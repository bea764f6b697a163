#pragma once

// The von Mises distribution of angles in [-pi, pi] about 0, in double: density
// e^(kappa cos x) / (2 pi I_0(kappa)). Nothing throws; kappa < 0 gives NaN.

namespace evident {
namespace special {

/// log(e^-kappa I_0(kappa)).
double log_scaled_bessel_i0(double kappa);

/// The probability of an angle below x, with its relative accuracy near -pi; 0 below, 1 above.
double von_mises_cdf(double kappa, double x);
/// The angle with that probability below it.
double von_mises_quantile(double kappa, double p);
/// dx / dkappa with the probability below x held fixed: what a draw passes to its concentration
/// (Figurnov, Mohamed and Mnih 2018, "Implicit reparameterization gradients"). Odd in x.
double von_mises_draw_gradient(double kappa, double x);

}  // namespace special
}  // namespace evident
