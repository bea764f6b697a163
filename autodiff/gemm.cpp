#include <cblas.h>

#include <algorithm>
#include <evident/autodiff/blas.hpp>
#include <evident/autodiff/gemm.hpp>
#include <evident/autodiff/gemv.hpp>
#include <evident/autodiff/threads.hpp>

namespace evident {
namespace {

// A tile of at most 256 keeps two cores busy on the products of a small network; multiples of 16
// keep OpenBLAS in its fast path.
constexpr std::size_t kTile = 256;
constexpr std::size_t kMultiple = 16;
// Multiplications that take no longer than the preparations of BLAS.
constexpr std::size_t kPlain = 128;

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

// The product by plain loops: of a few elements BLAS would spend its time on preparations, and of
// no elements it knows nothing.
template <class T>
void plain(Transpose ta, Transpose tb, std::size_t m, std::size_t n, std::size_t k, T alpha,
           MatrixView<const T> a, MatrixView<const T> b, T beta, MatrixView<T> c) {
  const std::size_t a_row = ta == Transpose::kYes ? 1 : a.stride;
  const std::size_t a_column = ta == Transpose::kYes ? a.stride : 1;
  const std::size_t b_row = tb == Transpose::kYes ? 1 : b.stride;
  const std::size_t b_column = tb == Transpose::kYes ? b.stride : 1;
  for (std::size_t i = 0; i < m; ++i) {
    T* row = c.data + i * c.stride;
    for (std::size_t j = 0; j < n; ++j) {
      const T* x = a.data + i * a_row;
      const T* y = b.data + j * b_column;
      T sum = 0;
      for (std::size_t l = 0; l < k; ++l, x += a_column, y += b_row) sum += *x * *y;
      row[j] = beta == 0 ? alpha * sum : alpha * sum + beta * row[j];
    }
  }
}

template <class T>
void copy(std::size_t m, std::size_t n, MatrixView<const T> from, MatrixView<T> to) {
  for (std::size_t i = 0; i < m; ++i) {
    std::copy_n(from.data + i * from.stride, n, to.data + i * to.stride);
  }
}

// The product where C is a row or a column. BLAS would rearrange the whole matrix for it.
template <class T>
void by_vector(Transpose ta, Transpose tb, std::size_t m, std::size_t n, std::size_t k, T alpha,
               MatrixView<const T> a, MatrixView<const T> b, T beta, MatrixView<T> c) {
  const bool a_turned = ta == Transpose::kYes, b_turned = tb == Transpose::kYes;
  if (n == 1) {
    return gemv(ta, a_turned ? k : m, a_turned ? m : k, alpha, a, {b.data, b_turned ? 1 : b.stride},
                beta, {c.data, c.stride});
  }
  gemv(b_turned ? Transpose::kNo : Transpose::kYes, b_turned ? n : k, b_turned ? k : n, alpha, b,
       {a.data, a_turned ? a.stride : 1}, beta, {c.data, 1});
}

// C = alpha op(A) op(B) + beta C, having copied S to C if there is one.
template <class T>
void tiled(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n,
           std::size_t k, T alpha, MatrixView<const T> a, MatrixView<const T> b, T beta,
           MatrixView<const T> start, MatrixView<T> c) {
  if (m == 0 || n == 0) return;
  const bool starts = start.data != nullptr;
  if (m * n * k <= kPlain) {
    if (starts) copy(m, n, start, c);
    return plain(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, c);
  }
  prepare_blas("gemm", std::max({m, n, k, a.stride, b.stride, c.stride}));

  if (m == 1 || n == 1) {
    if (starts) copy(m, n, start, c);
    return by_vector(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, c);
  }
  const Split rows = split(m);
  const Split columns = split(n);
  const auto ta = transpose_a == Transpose::kYes ? CblasTrans : CblasNoTrans;
  const auto tb = transpose_b == Transpose::kYes ? CblasTrans : CblasNoTrans;
  parallel(rows.count * columns.count, [&](std::size_t tile) {
    const std::size_t i = tile / columns.count * rows.length;
    const std::size_t j = tile % columns.count * columns.length;
    const std::size_t height = std::min(rows.length, m - i);
    const std::size_t width = std::min(columns.length, n - j);
    const T* a_tile = a.data + (transpose_a == Transpose::kYes ? i : i * a.stride);
    const T* b_tile = b.data + (transpose_b == Transpose::kYes ? j * b.stride : j);
    const MatrixView<T> c_tile = {c.data + i * c.stride + j, c.stride};
    if (starts) copy(height, width, {start.data + i * start.stride + j, start.stride}, c_tile);
    blas(ta, tb, static_cast<int>(height), static_cast<int>(width), static_cast<int>(k), alpha,
         {a_tile, a.stride}, {b_tile, b.stride}, beta, c_tile);
  });
}

}  // namespace

void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          float alpha, MatrixView<const float> a, MatrixView<const float> b, float beta,
          MatrixView<float> c) {
  tiled<float>(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, {nullptr, 0}, c);
}

void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          double alpha, MatrixView<const double> a, MatrixView<const double> b, double beta,
          MatrixView<double> c) {
  tiled<double>(transpose_a, transpose_b, m, n, k, alpha, a, b, beta, {nullptr, 0}, c);
}

void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          float alpha, MatrixView<const float> a, MatrixView<const float> b,
          MatrixView<const float> start, MatrixView<float> c) {
  tiled<float>(transpose_a, transpose_b, m, n, k, alpha, a, b, 1, start, c);
}

void gemm(Transpose transpose_a, Transpose transpose_b, std::size_t m, std::size_t n, std::size_t k,
          double alpha, MatrixView<const double> a, MatrixView<const double> b,
          MatrixView<const double> start, MatrixView<double> c) {
  tiled<double>(transpose_a, transpose_b, m, n, k, alpha, a, b, 1, start, c);
}

}  // namespace evident
