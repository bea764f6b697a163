#pragma once

#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <limits>

// What both forms of a multivariate normal distribution, and the KL rules between them, are made
// of.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// The n x n identity.
Array identity_matrix(std::size_t n);

// Vectors (..., n) as matrices of one column, (..., n, 1), and back.
Var as_columns(const Var& x);
Var without_columns(const Var& x);

// The matrices (..., n, n) that have these vectors (..., n) on the diagonal.
Var diagonal_matrix(const Var& x);

// The sums of the squares of matrices: (..., n, k) is (...).
Var sum_of_squares(const Var& x);

// The sums of the logarithms of a factor's diagonal, half of a log determinant: (..., n, n) is
// (...).
Var half_log_det(const Var& factor);

// -squares / 2 - half_log_det - n log(2 pi) / 2.
Var gaussian_log_density(const Var& squares, const Var& half_log_det, std::size_t n,
                         const char* name);

// n (1 + log(2 pi)) / 2 + half_log_det, repeated to the batch.
Var gaussian_entropy(const Var& half_log_det, std::size_t n, const Shape& batch);

// Which vectors (..., n) have an infinite element and none that is NaN, as ones and zeros (...).
Var infinite_vectors(const Var& x);

// Whether an element is NaN.
bool any_nan(const Array& x);

// `log_density(x)` of vectors, and -inf at those with infinite elements, of which differences would
// make NaN.
template <class F>
Var with_infinities(const Var& x, F log_density) {
  Var density = log_density(x);
  if (!any_nan(density.value())) return density;
  const Var infinite = infinite_vectors(x);
  const Var finite = where(as_columns(infinite), 0.0, x);
  return where(infinite, -std::numeric_limits<double>::infinity(), log_density(finite));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
