#pragma once

// The regularised incomplete gamma functions of double numbers,
//
//     P(a, x) = 1/Gamma(a) integral_0^x t^(a-1) e^-t dt,    Q = 1 - P,
//
// with logarithms, inverses and derivatives in both arguments. Arguments outside a >= 0, x >= 0
// give NaN; a = 0 and infinities are limits, and NaN where there is none. Nothing throws.
//
// With u = log x and the density g of log t, P = g M and -(dP/da) = g R, where M and R are
// integrals of e^(h(s) - h(u)) and (psi(a) - s) e^(h(s) - h(u)) over s < u, h(s) = a s - e^s:
// neither overflows in any tail. Their power series and, for larger a, quadrature add terms of one
// sign. Beyond the place where P's series would cancel the same is done with Q.

namespace evident {
namespace special {

/// A function of a shape and a place, with its derivatives.
struct ShapeAndPlace {
  double value, da, dx;
};

/// P(a, x).
double gammainc(double a, double x);
ShapeAndPlace gammainc_slopes(double a, double x);
/// Q(a, x), with its relative accuracy in the upper tail.
double gammaincc(double a, double x);
ShapeAndPlace gammaincc_slopes(double a, double x);
/// log P(a, x), also where P underflows.
double log_gammainc(double a, double x);
ShapeAndPlace log_gammainc_slopes(double a, double x);
/// log Q(a, x), also where Q underflows.
double log_gammaincc(double a, double x);
ShapeAndPlace log_gammaincc_slopes(double a, double x);

/// log P(a, x) = a log x - log Gamma(a + 1) for an x so small that the rest is below rounding, also
/// where x underflows. Its derivatives are a in log x and log x - psi(a + 1) in a.
struct NearZero {
  double log_lower, psi_of_next;
};
NearZero log_gammainc_near_zero(double a, double log_x);
/// The log x of that, from log P: (log P + log Gamma(a + 1)) / a, also where x underflows.
double log_gammaincinv_near_zero(double a, double log_lower);

/// The x at which P(a, x) = p; NaN unless 0 <= p <= 1. The derivatives are those in a and p.
double gammaincinv(double a, double p);
ShapeAndPlace gammaincinv_slopes(double a, double p);
/// The x at which Q(a, x) = q; NaN unless 0 <= q <= 1. The derivatives are those in a and q.
double gammainccinv(double a, double q);
ShapeAndPlace gammainccinv_slopes(double a, double q);

/// d log x / da with P(a, x) held fixed: what a draw of a standard Gamma passes to its shape
/// (Figurnov, Mohamed and Mnih 2018, "Implicit reparameterization gradients"). The draw is given by
/// its logarithm, and may be far too small for x itself. 0 for x = infinity.
double gamma_draw_gradient(double a, double log_x);

}  // namespace special
}  // namespace evident
