#pragma once

#include <evident/autodiff/gemm.hpp>

namespace evident {

/// A vector in memory: its first element, and the distance between two in elements.
template <class T>
struct VectorView {
  T* data;
  std::size_t stride;
};

/// y = alpha op(A) x + beta y, where A is a row-major matrix of rows x columns as it lies in memory
/// and y overlaps neither. With beta = 0, y is written without being read. It reads the matrix
/// once, at the speed of memory; the parts that threads take depend on the shape alone. Errors:
/// none.
void gemv(Transpose transpose, std::size_t rows, std::size_t columns, float alpha,
          MatrixView<const float> a, VectorView<const float> x, float beta, VectorView<float> y);
/// The same in double precision.
void gemv(Transpose transpose, std::size_t rows, std::size_t columns, double alpha,
          MatrixView<const double> a, VectorView<const double> x, double beta,
          VectorView<double> y);

}  // namespace evident
