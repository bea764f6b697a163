#pragma once

#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Running sums along an axis, each element with all before it; they are kept in double.
/// Errors: an axis that is not there.
Var cumsum(const Var& x, int axis = -1);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
