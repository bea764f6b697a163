#pragma once

#include <evident/autodiff/gemm.hpp>

namespace evident {

/// Which side of the unknown the triangular matrix stands on.
enum class Side { kLeft, kRight };

/// Solves op(L) X = B (left, L is m x m) or X op(L) = B (right, L is n x n) for the m x n matrix X,
/// which takes the place of B. L is lower-triangular and nothing above its diagonal is read; a zero
/// on the diagonal gives inf or NaN. Right-hand sides are cut into parts whose size depends on the
/// shape alone: the same bits for any number of threads, of which OpenBLAS uses one a call, as for
/// `gemm`.
void trsm(Side side, Transpose transpose, std::size_t m, std::size_t n, MatrixView<const float> l,
          MatrixView<float> b);
/// The same in double precision.
void trsm(Side side, Transpose transpose, std::size_t m, std::size_t n, MatrixView<const double> l,
          MatrixView<double> b);

}  // namespace evident
