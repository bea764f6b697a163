#pragma once

#include <evident/autodiff/var.hpp>

// The distribution function of the standard normal and its relatives, elementwise. Values and
// derivatives are those of the functions of the same names in `functions.hpp`.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The distribution function Phi of the standard normal, with its relative accuracy in the lower
/// tail.
Var ndtr(const Var& x);
/// log Phi(x), with its relative accuracy in both tails, to -x^2/2 for very negative x.
Var log_ndtr(const Var& x);
/// The quantile function Phi^-1(p) of the standard normal for p in [0, 1]; infinite at the ends,
/// with an infinite derivative, NaN outside.
Var ndtri(const Var& p);
/// The inverse of the error function for x in [-1, 1]; infinite at the ends, with an infinite
/// derivative, NaN outside.
Var erfinv(const Var& x);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
