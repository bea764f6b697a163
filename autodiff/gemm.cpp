#include <cblas.h>

#include <algorithm>
#include <evident/autodiff/error.hpp>
#include <evident/autodiff/gemm.hpp>
#include <evident/autodiff/threads.hpp>
#include <limits>
#include <mutex>

namespace evident {
namespace {

// A tile of at most 256 keeps two cores busy on the products of a small network; multiples of 16
// keep OpenBLAS in its fast path.
constexpr std::size_t kTile = 256;
constexpr std::size_t kMultiple = 16;

struct Split {
  std::size_t count;
  std::size_t length;
};

// Even parts, so that no core is left with a sliver while another works on a full tile.
Split split(std::size_t extent) {
  const std::size_t wanted = (extent + kTile - 1) / kTile;
  std::size_t length = (extent + wanted - 1) / wanted;
  length = (length + kMultiple - 1) / kMultiple * kMultiple;
  return {(extent + length - 1) / length, length};
}

void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, float alpha,
          MatrixView<const float> a, MatrixView<const float> b, float beta, MatrixView<float> c) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a.data, static_cast<int>(a.stride), b.data,
              static_cast<int>(b.stride), beta, c.data, static_cast<int>(c.stride));
}

void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
          MatrixView<const double> a, MatrixView<const double> b, double beta,
          MatrixView<double> c) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a.data, static_cast<int>(a.stride), b.data,
              static_cast<int>(b.stride), beta, c.data, static_cast<int>(c.stride));
}

template <class T>
void scale(std::size_t m, std::size_t n, T beta, MatrixView<T> c) {
  for (std::size_t i = 0; i < m; ++i) {
    T* row = c.data + i * c.stride;
    for (std::size_t j = 0; j < n; ++j) row[j] = beta == 0 ? T(0) : beta * row[j];
  }
}

template <class T>
void tiled(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n,
           std::size_t k, T alpha, MatrixView<const T> a, MatrixView<const T> b, T beta,
           MatrixView<T> c) {
  if (m == 0 || n == 0) return;
  if (k == 0) return scale(m, n, beta, c);
  constexpr auto limit = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (std::max({m, n, k, a.stride, b.stride, c.stride}) > limit) {
    throw ShapeError("gemm: a matrix side is above 2147483647, the limit of BLAS: split it");
  }
  static std::once_flag configured;
  if (manages_blas_threads()) std::call_once(configured, [] { openblas_set_num_threads(1); });

  const Split rows = split(m);
  const Split columns = split(n);
  const auto ta = transpose_a == Transpose::kYes ? CblasTrans : CblasNoTrans;
  const auto tb = transpose_b == Transpose::kYes ? CblasTrans : CblasNoTrans;
  parallel(rows.count * columns.count, [&](std::size_t tile) {
    const std::size_t i = tile / columns.count * rows.length;
    const std::size_t j = tile % columns.count * columns.length;
    const T* a_tile = a.data + (transpose_a == Transpose::kYes ? i : i * a.stride);
    const T* b_tile = b.data + (transpose_b == Transpose::kYes ? j * b.stride : j);
    blas(ta, tb, static_cast<int>(std::min(rows.length, m - i)),
         static_cast<int>(std::min(columns.length, n - j)), static_cast<int>(k), alpha,
         {a_tile, a.stride}, {b_tile, b.stride}, beta, {c.data + i * c.stride + j, c.stride});
  });
}

}  // namespace

void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          float alpha, MatrixView<const float> a, MatrixView<const float> b, float beta,
          MatrixView<float> c) {
  tiled(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, c);
}

void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          double alpha, MatrixView<const double> a, MatrixView<const double> b, double beta,
          MatrixView<double> c) {
  tiled(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, c);
}

}  // namespace evident
