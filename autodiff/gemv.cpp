#include <cblas.h>

#include <algorithm>
#include <evident/autodiff/blas.hpp>
#include <evident/autodiff/gemv.hpp>
#include <evident/autodiff/memory.hpp>
#include <evident/autodiff/threads.hpp>
#include <vector>

namespace evident {
namespace {

// y += alpha op(A) x
void add_product(CBLAS_TRANSPOSE transpose, std::size_t rows, std::size_t columns, float alpha,
                 MatrixView<const float> a, VectorView<const float> x, VectorView<float> y) {
  cblas_sgemv(CblasRowMajor, transpose, static_cast<int>(rows), static_cast<int>(columns), alpha,
              a.data, static_cast<int>(a.stride), x.data, static_cast<int>(x.stride), 1, y.data,
              static_cast<int>(y.stride));
}

void add_product(CBLAS_TRANSPOSE transpose, std::size_t rows, std::size_t columns, double alpha,
                 MatrixView<const double> a, VectorView<const double> x, VectorView<double> y) {
  cblas_dgemv(CblasRowMajor, transpose, static_cast<int>(rows), static_cast<int>(columns), alpha,
              a.data, static_cast<int>(a.stride), x.data, static_cast<int>(x.stride), 1, y.data,
              static_cast<int>(y.stride));
}

// BLAS may read what it multiplies by 0; a NaN there would stay.
template <class T>
void scale(T beta, VectorView<T> y, std::size_t count) {
  if (beta == 1) return;
  for (std::size_t i = 0; i < count; ++i) {
    T& value = y.data[i * y.stride];
    value = beta == 0 ? T(0) : beta * value;
  }
}

// Even parts of the rows, an even number of them.
struct Parts {
  std::size_t count, length;

  Parts(std::size_t rows, std::size_t columns, std::size_t most) {
    constexpr std::size_t kTask = 65536;  // elements that are worth another thread's attention
    const std::size_t pairs = std::min(rows * columns / (2 * kTask), most / 2);
    count = std::clamp<std::size_t>(2 * pairs, 1, rows);
    length = (rows + count - 1) / count;
    count = (rows + length - 1) / length;
  }
};

template <class T>
void down_the_rows(std::size_t rows, std::size_t columns, T alpha, MatrixView<const T> a,
                   VectorView<const T> x, VectorView<T> y) {
  const Parts parts(rows, columns, rows);
  parallel(parts.count, [&](std::size_t part) {
    const std::size_t first = part * parts.length;
    add_product(CblasNoTrans, std::min(parts.length, rows - first), columns, alpha,
                {a.data + first * a.stride, a.stride}, x, {y.data + first * y.stride, y.stride});
  });
}

// Every part of the rows has sums of its own, in lines of the cache that no other part writes to.
template <class T>
void across_the_rows(std::size_t rows, std::size_t columns, T alpha, MatrixView<const T> a,
                     VectorView<const T> x, VectorView<T> y) {
  constexpr std::size_t kMostParts = 16, kLine = 64;
  const Parts parts(rows, columns, std::min(kMostParts, rows / 16));
  if (parts.count == 1) return add_product(CblasTrans, rows, columns, alpha, a, x, y);
  const std::size_t width = (columns + kLine - 1) / kLine * kLine;
  std::vector<T, PoolAllocator<T>> sums(parts.count * width, T(0));
  parallel(parts.count, [&](std::size_t part) {
    const std::size_t first = part * parts.length;
    add_product(CblasTrans, std::min(parts.length, rows - first), columns, alpha,
                {a.data + first * a.stride, a.stride}, {x.data + first * x.stride, x.stride},
                {sums.data() + part * width, 1});
  });
  for (std::size_t part = 0; part < parts.count; ++part) {
    for (std::size_t j = 0; j < columns; ++j) y.data[j * y.stride] += sums[part * width + j];
  }
}

template <class T>
void product(Transpose transpose, std::size_t rows, std::size_t columns, T alpha,
             MatrixView<const T> a, VectorView<const T> x, T beta, VectorView<T> y) {
  prepare_blas("gemv", std::max({rows, columns, a.stride, x.stride, y.stride}));
  scale(beta, y, transpose == Transpose::kYes ? columns : rows);
  if (rows == 0 || columns == 0) return;
  if (transpose == Transpose::kYes) {
    across_the_rows(rows, columns, alpha, a, x, y);
  } else {
    down_the_rows(rows, columns, alpha, a, x, y);
  }
}

}  // namespace

void gemv(Transpose transpose, std::size_t rows, std::size_t columns, float alpha,
          MatrixView<const float> a, VectorView<const float> x, float beta, VectorView<float> y) {
  product(transpose, rows, columns, alpha, a, x, beta, y);
}

void gemv(Transpose transpose, std::size_t rows, std::size_t columns, double alpha,
          MatrixView<const double> a, VectorView<const double> x, double beta,
          VectorView<double> y) {
  product(transpose, rows, columns, alpha, a, x, beta, y);
}

}  // namespace evident
