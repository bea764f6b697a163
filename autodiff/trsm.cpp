#include <cblas.h>

#include <algorithm>
#include <evident/autodiff/blas.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/autodiff/trsm.hpp>

namespace evident {
namespace {

constexpr std::size_t kTask = 131072;  // multiplications that are worth another thread's attention
constexpr std::size_t kPart = 64;      // right-hand sides that OpenBLAS solves at full speed

void several(CBLAS_SIDE side, CBLAS_TRANSPOSE t, int m, int n, MatrixView<const float> l,
             MatrixView<float> b) {
  cblas_strsm(CblasRowMajor, side, CblasLower, t, CblasNonUnit, m, n, 1, l.data,
              static_cast<int>(l.stride), b.data, static_cast<int>(b.stride));
}

void several(CBLAS_SIDE side, CBLAS_TRANSPOSE t, int m, int n, MatrixView<const double> l,
             MatrixView<double> b) {
  cblas_dtrsm(CblasRowMajor, side, CblasLower, t, CblasNonUnit, m, n, 1, l.data,
              static_cast<int>(l.stride), b.data, static_cast<int>(b.stride));
}

void single(CBLAS_TRANSPOSE t, int n, MatrixView<const float> l, float* b, std::size_t step) {
  cblas_strsv(CblasRowMajor, CblasLower, t, CblasNonUnit, n, l.data, static_cast<int>(l.stride), b,
              static_cast<int>(step));
}

void single(CBLAS_TRANSPOSE t, int n, MatrixView<const double> l, double* b, std::size_t step) {
  cblas_dtrsv(CblasRowMajor, CblasLower, t, CblasNonUnit, n, l.data, static_cast<int>(l.stride), b,
              static_cast<int>(step));
}

template <class T>
void solve(Side side, Transpose transpose, std::size_t m, std::size_t n, MatrixView<const T> l,
           MatrixView<T> b) {
  if (m == 0 || n == 0) return;
  prepare_blas("trsm", std::max({m, n, l.stride, b.stride}));
  const bool left = side == Side::kLeft;
  const std::size_t order = left ? m : n;
  const std::size_t count = left ? n : m;
  const bool transposed = transpose == Transpose::kYes;
  if (count == 1) {  // X op(L) = B is op(L)' X' = B'
    return single(transposed == left ? CblasTrans : CblasNoTrans, static_cast<int>(order), l,
                  b.data, left ? b.stride : 1);
  }
  const std::size_t length = std::max(kPart, kTask / (order * order) / kPart * kPart);
  parallel((count + length - 1) / length, [&](std::size_t part) {
    const std::size_t first = part * length;
    const int own = static_cast<int>(std::min(length, count - first));
    const int fixed = static_cast<int>(order);
    several(left ? CblasLeft : CblasRight, transposed ? CblasTrans : CblasNoTrans,
            left ? fixed : own, left ? own : fixed, l,
            {b.data + first * (left ? 1 : b.stride), b.stride});
  });
}

}  // namespace

void trsm(Side side, Transpose transpose, std::size_t m, std::size_t n, MatrixView<const float> l,
          MatrixView<float> b) {
  solve(side, transpose, m, n, l, b);
}

void trsm(Side side, Transpose transpose, std::size_t m, std::size_t n, MatrixView<const double> l,
          MatrixView<double> b) {
  solve(side, transpose, m, n, l, b);
}

}  // namespace evident
