#pragma once

#include <evident/autodiff/axes.hpp>

// The loops of reductions over the middle of (outer, middle, inner), at memory speed. How the work
// is cut depends on the shape alone, so that results are the same bits for any number of threads.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// Blocks of 1024 are summed in `real`, the blocks in double.
void sum_middle(const Extents& e, const real* x, real* out);

// out_j = beta out_j + sum_i x_ij for x of shape (rows, columns).
void sum_rows(const real* x, std::size_t rows, std::size_t columns, bool adds, real* out);

// The largest; a NaN among them is the result. -inf for none.
void max_middle(const Extents& e, const real* x, real* out);

// The smallest; a NaN among them is the result. +inf for none.
void min_middle(const Extents& e, const real* x, real* out);

// The product, in double.
void product_middle(const Extents& e, const real* x, real* out);

// out = (adds ? out : 0) + the gradient times the product of the others, in double: of those before
// an element and those behind it, so that none need be divided by.
void products_of_others(const Extents& e, const real* x, const real* gradient, bool adds,
                        real* out);

// log sum exp, each sum scaled by its largest term.
void logsumexp_middle(const Extents& e, const real* x, real* out);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
