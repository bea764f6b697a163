#pragma once

#include <evident/autodiff/var.hpp>

// The incomplete gamma and beta functions as elementwise operations, differentiable in all
// arguments. Shapes broadcast. Outside their domains they are NaN. In formulas there are their
// inverses too: `functions/incomplete.hpp`.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The regularised lower incomplete gamma function P(a, x) = 1/Gamma(a) integral_0^x t^(a-1) e^-t
/// dt for a, x >= 0.
Var gammainc(const Var& a, const Var& x);
/// The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with its relative
/// accuracy in the upper tail.
Var gammaincc(const Var& a, const Var& x);
/// log P(a, x), also where P underflows.
Var log_gammainc(const Var& a, const Var& x);
/// log Q(a, x), also where Q underflows.
Var log_gammaincc(const Var& a, const Var& x);
/// The regularised incomplete beta function I_x(a, b) = 1/B(a, b) integral_0^x t^(a-1) (1-t)^(b-1)
/// dt for a, b >= 0 and 0 <= x <= 1; 1 - I_x(a, b) = I_(1-x)(b, a).
Var betainc(const Var& a, const Var& b, const Var& x);
/// log I_x(a, b), also where I underflows.
Var log_betainc(const Var& a, const Var& b, const Var& x);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
