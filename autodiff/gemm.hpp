#pragma once

#include <cstddef>

namespace evident {

/// Whether `gemm` reads a matrix as it lies in memory or transposed.
enum class Transpose { kNo, kYes };

/// A row-major matrix in memory: its first element, and the distance between rows in elements.
template <class T>
struct MatrixView {
  T* data;
  std::size_t stride;
};

/// C = alpha op(A) op(B) + beta C for row-major matrices: op(A) is m x k, op(B) is k x n, C is
/// m x n and overlaps neither. With beta = 0, C is written without being read. The output is cut
/// into tiles whose size depends on the shape alone, so the result is the same bits for any number
/// of threads. On its first call it sets OpenBLAS to one thread per call for the whole process
/// (see `set_manages_blas_threads`).
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          float alpha, MatrixView<const float> a, MatrixView<const float> b, float beta,
          MatrixView<float> c);
/// The same in double precision.
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          double alpha, MatrixView<const double> a, MatrixView<const double> b, double beta,
          MatrixView<double> c);

/// C = S + alpha op(A) op(B), where the m x n matrix S may have a stride of 0: one row, such as a
/// bias, for all. It is copied tile by tile, just before the product of that tile, and may overlap
/// nothing of C. Otherwise as above.
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          float alpha, MatrixView<const float> a, MatrixView<const float> b,
          MatrixView<const float> start, MatrixView<float> c);
/// The same in double precision.
void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          double alpha, MatrixView<const double> a, MatrixView<const double> b,
          MatrixView<const double> start, MatrixView<double> c);

}  // namespace evident
