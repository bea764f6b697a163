#pragma once

#include <evident/autodiff/var.hpp>

// Modified Bessel functions of the first kind, elementwise. Values and derivatives are those of the
// functions of the same names in `functions.hpp`.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// log I0(x), with its relative accuracy near 0 and without overflow.
Var log_bessel_i0(const Var& x);
/// log I1(|x|), without overflow; -inf at 0, with an infinite derivative.
Var log_bessel_i1(const Var& x);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
