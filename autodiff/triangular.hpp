#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/gemm.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// Solves op(L) X = B for a batch of n x k matrices X, which takes the place of B. The batch of L
// broadcasts to that of X; nothing above the diagonal of L is read. The same bits for any number of
// threads.
void solve_triangular(Transpose transpose, std::size_t n, std::size_t k, const real* l,
                      const Shape& l_batch, const Shape& batch, real* x);

// The lower triangles of -X Y' for batches of n x k matrices, with zeros above; the batch of the
// result broadcasts to theirs, and what it is repeated for adds up.
void subtracted_outer(std::size_t n, std::size_t k, const real* x, const real* y,
                      const Shape& batch, real* result, const Shape& result_batch);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
