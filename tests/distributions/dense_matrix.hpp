#pragma once

#include <cmath>
#include <cstddef>
#include <evident/autodiff/array.hpp>
#include <utility>
#include <vector>

namespace evident::testing {

/// A square matrix in long double with the plainest algorithms: what linear algebra is compared
/// with.
class DenseMatrix {
 public:
  explicit DenseMatrix(std::size_t n) : n_(n), x_(n * n) {}
  /// The matrix that begins at `from`.
  DenseMatrix(std::size_t n, const real* from) : n_(n), x_(from, from + n * n) {}

  std::size_t order() const { return n_; }
  long double& operator()(std::size_t i, std::size_t j) { return x_[i * n_ + j]; }
  long double operator()(std::size_t i, std::size_t j) const { return x_[i * n_ + j]; }

  DenseMatrix transposed() const {
    DenseMatrix result(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < n_; ++j) result(i, j) = (*this)(j, i);
    }
    return result;
  }

  friend DenseMatrix operator*(const DenseMatrix& a, const DenseMatrix& b) {
    DenseMatrix result(a.n_);
    for (std::size_t i = 0; i < a.n_; ++i) {
      for (std::size_t j = 0; j < a.n_; ++j) {
        for (std::size_t k = 0; k < a.n_; ++k) result(i, j) += a(i, k) * b(k, j);
      }
    }
    return result;
  }

  /// The inverse, and the logarithm of the absolute determinant, by Gauss and Jordan's elimination
  /// with pivots.
  std::pair<DenseMatrix, long double> inverse() const {
    DenseMatrix left = *this, right(n_);
    for (std::size_t i = 0; i < n_; ++i) right(i, i) = 1;
    long double log_det = 0;
    for (std::size_t column = 0; column < n_; ++column) {
      std::size_t pivot = column;
      for (std::size_t i = column; i < n_; ++i) {
        if (std::abs(left(i, column)) > std::abs(left(pivot, column))) pivot = i;
      }
      for (std::size_t j = 0; j < n_; ++j) {
        std::swap(left(column, j), left(pivot, j));
        std::swap(right(column, j), right(pivot, j));
      }
      const long double divisor = left(column, column);
      log_det += std::log(std::abs(divisor));
      for (std::size_t j = 0; j < n_; ++j) {
        left(column, j) /= divisor;
        right(column, j) /= divisor;
      }
      for (std::size_t i = 0; i < n_; ++i) {
        const long double factor = left(i, column);
        for (std::size_t j = 0; i != column && j < n_; ++j) {
          left(i, j) -= factor * left(column, j);
          right(i, j) -= factor * right(column, j);
        }
      }
    }
    return {right, log_det};
  }

  /// x' A x.
  long double form(const std::vector<long double>& x) const {
    long double result = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < n_; ++j) result += x[i] * (*this)(i, j) * x[j];
    }
    return result;
  }

  /// The sum of the diagonal.
  long double trace() const {
    long double result = 0;
    for (std::size_t i = 0; i < n_; ++i) result += (*this)(i, i);
    return result;
  }

 private:
  std::size_t n_;
  std::vector<long double> x_;
};

}  // namespace evident::testing
