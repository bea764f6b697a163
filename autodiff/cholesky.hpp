#pragma once

#include <cstddef>
#include <evident/autodiff/array.hpp>
#include <optional>

// Cholesky factors of batches of matrices, one after the other in memory. What the functions do to
// one matrix depends on the shape of the batch alone: the same bits for any number of threads.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// Where a factorisation came to its end: at the leading minor of this order, counted from 1.
struct NotPositiveDefinite {
  std::size_t matrix;
  std::size_t order;
};

// The lower factors of `count` symmetric n x n matrices of which the lower triangles are read, with
// zeros above the diagonal; or the first matrix that has none.
std::optional<NotPositiveDefinite> cholesky_factor(std::size_t count, std::size_t n, const real* a,
                                                   real* l);

// The gradients of the matrices from those of their factors, symmetric (Murray 2016).
void cholesky_adjoint(std::size_t count, std::size_t n, const real* l, const real* gradient,
                      real* result);

// The inverses of the matrices from their factors.
void cholesky_inverse(std::size_t count, std::size_t n, const real* l, real* result);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
