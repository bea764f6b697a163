#pragma once

#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The matrix product a b: (..., m, k) times (..., k, n) is (..., m, n). The axes before the last
/// two are a batch of matrices and broadcast. A vector (k) on either side is a row or a column, and
/// its axis is dropped from the result. Errors: shapes that do not fit.
Var matmul(const Var& a, const Var& b);

/// The product of a matrix (m, k) with each of many vectors (..., k): (..., m). Other than in
/// `matmul`, what stands in front of the vectors stays there, as the draws of a run of several do.
///
///     const Var logits = matvec(x, beta);   // x (rows, k), beta (k) or (draws, k)
///
/// Errors: shapes that do not fit.
Var matvec(const Var& matrix, const Var& vectors);

/// x weight + bias: (..., in) with weight (in, out) and bias (out) is (..., out).
/// Errors: shapes that do not fit.
Var linear(const Var& x, const Var& weight, const Var& bias);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
