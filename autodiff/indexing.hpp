#pragma once

#include <evident/autodiff/var.hpp>

// Elements chosen by their places along an axis. Indices are Arrays of whole numbers; in float,
// which holds those up to 2^24, an axis cannot be longer than that.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The elements first, ..., last - 1 along an axis, which stays. Errors: an axis that is not there;
/// elements that it does not have; first > last.
Var slice(const Var& x, int axis, std::size_t first, std::size_t last);

/// The elements at `indices`, shape (k), along an axis, which has length k in the result: for axis
/// 0, out_j = x_indices[j]. An index may repeat: its gradients add up, in the order of the indices.
/// Errors: an axis that is not there; indices of another rank; an index that is not a whole number
/// or not on the axis; an axis longer than the numbers that `real` holds exactly.
Var index_select(const Var& x, int axis, const Array& indices);

/// One element for each index, along an axis: for axis 1 of a matrix, out_ij = x_i,indices_ij. Off
/// the axis, `indices` has the lengths of `x` (PyTorch's function of this name also takes shorter
/// ones); the result has the shape of `indices`. Gradients of a repeated index add up.
/// Errors: those of `index_select`; indices of a shape that does not fit.
Var gather(const Var& x, int axis, const Array& indices);

/// The unit vectors of whole numbers: shape (labels..., classes), 1 at the label and 0 elsewhere.
/// Errors: a label that is not one of 0, ..., classes - 1; more classes than `real` holds exactly.
Array one_hot(const Array& labels, std::size_t classes);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
