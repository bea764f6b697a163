#pragma once

// The regularised incomplete beta function of double numbers,
//
//     I_x(a, b) = 1/B(a, b) integral_0^x t^(a-1) (1-t)^(b-1) dt,
//
// with logarithm, inverse and derivatives in all arguments. Every function is handed x and y = 1 -
// x, so that neither end loses digits; the upper tail is I_y(b, a). Arguments outside a, b >= 0 and
// 0 <= x <= 1 give NaN; shapes of 0 and infinity are limits, and NaN where there is none. Nothing
// throws.
//
// With u = logit x and the density g of logit t, I = g M, -(dI/da) = g R and -(dI/db) = g S, where
// M, R and S are integrals of the density's ratio to g, as for the incomplete gamma function.

namespace evident {
namespace special {

/// A function of two shapes and a place, with its derivatives; dx with y = 1 - x.
struct ShapesAndPlace {
  double value, da, db, dx;
};

/// I_x(a, b).
double betainc(double a, double b, double x, double y);
ShapesAndPlace betainc_slopes(double a, double b, double x, double y);
/// log I_x(a, b), also where I underflows.
double log_betainc(double a, double b, double x, double y);
ShapesAndPlace log_betainc_slopes(double a, double b, double x, double y);

/// I and log I at x = 1 / (1 + e^-l), also where x or 1 - x underflows, with d/dl in place of dx.
double betainc_of_logit(double a, double b, double l);
ShapesAndPlace betainc_of_logit_slopes(double a, double b, double l);
double log_betainc_of_logit(double a, double b, double l);
ShapesAndPlace log_betainc_of_logit_slopes(double a, double b, double l);

/// The x, and y = 1 - x with its own relative accuracy, at which I_x(a, b) = p and 1 - p = q.
struct PlaceAndComplement {
  double x, y;
};
PlaceAndComplement betaincinv(double a, double b, double p, double q);
/// x with its derivatives in a, b and, in place of dx, p.
ShapesAndPlace betaincinv_slopes(double a, double b, double p, double q);
/// y likewise.
ShapesAndPlace betaincinv_complement_slopes(double a, double b, double p, double q);

/// The derivatives of logit x with I_x(a, b) held fixed: what a draw from Beta(a, b) passes to its
/// shapes (Figurnov, Mohamed and Mnih 2018, "Implicit reparameterization gradients"). The draw is
/// given by log x and log (1 - x), and may be too near an end for x and 1 - x themselves.
struct BetaDrawGradient {
  double da, db;
};
BetaDrawGradient beta_draw_gradient(double a, double b, double log_x, double log_y);

}  // namespace special
}  // namespace evident
