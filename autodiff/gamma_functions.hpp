#pragma once

#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// log |Gamma(x)|, relatively accurate at its zeros 1 and 2; derivative digamma(x). +inf at 0, -1,
/// -2, ... and at both infinities.
Var lgamma(const Var& x);
/// The derivative of log |Gamma(x)|; derivative trigamma(x). -inf at 0, NaN at -1, -2, ...
Var digamma(const Var& x);
/// The second derivative of log |Gamma(x)|; derivative polygamma(2, x). +inf at 0, -1, -2, ...
Var trigamma(const Var& x);
/// log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b) for a, b >= 0, without cancellation
/// for large a or b; derivative digamma(a) - digamma(a + b) in a. +inf at 0, NaN below.
Var lbeta(const Var& a, const Var& b);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
