#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/gemm.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// The sides of a product: (m x k) times (k x n).
struct Sides {
  std::size_t m, n, k;
};

// One factor of a batched product: its matrices, one after the other, how each is read, and the
// shape of the batch, which broadcasts.
struct Factor {
  const real* data;
  Shape batch;
  Transpose transpose = Transpose::kNo;
};

// C = alpha op(A) op(B) + (adds ? C : 0), matrix by matrix. The three batches broadcast to one
// shape, and what falls on the same matrix of C adds up there, so that no factor and no gradient is
// expanded. Small matrices are shared out among the threads, each matrix of C to one of them; large
// ones are cut into gemm's tiles. The same bits for any number of threads.
void batched_product(Sides e, real alpha, const Factor& a, const Factor& b, bool adds, real* c,
                     const Shape& c_batch);

// The axes of `shape` before the last `count`.
Shape leading(const Shape& shape, std::size_t count);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
