#pragma once

namespace evident {
namespace special {

/// dt / d df with the distribution function of the standard Student's t at t held fixed: what a
/// draw passes to its degrees of freedom (Figurnov, Mohamed and Mnih 2018, "Implicit
/// reparameterization gradients"). Odd in t; about -(t^3 + t) / (4 df^2) for large df, 0 for df =
/// infinity. NaN unless df > 0.
double student_t_draw_gradient(double df, double t);

}  // namespace special
}  // namespace evident
