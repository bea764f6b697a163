#pragma once

#include <evident/autodiff/var.hpp>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Whether a reduced axis stays, with length 1.
enum class Keep { kNo, kYes };

/// The axes that a reduction runs over: numbers from 0, or from -1 backwards.
using Axes = std::vector<int>;

/// The axes -1, ..., -count: the last `count`.
Axes last_axes(std::size_t count);

/// The sum of all elements, shape (). Blocks of 1024 are summed in `real`, the blocks in double.
Var sum(const Var& x);
/// The sum over `axes`. Errors: an axis that is not there, or is named twice.
Var sum(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// The mean of all elements, shape (); NaN if there are none.
Var mean(const Var& x);
/// The mean over `axes`.
Var mean(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// log sum exp of all elements, shape (), without overflow; -inf if there are none.
Var logsumexp(const Var& x);
/// log sum exp over `axes`.
Var logsumexp(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

namespace detail {

// out_j = beta out_j + sum_i x_ij for x of shape (rows, columns).
void sum_rows(const real* x, std::size_t rows, std::size_t columns, bool adds, real* out);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
