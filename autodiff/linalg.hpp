#pragma once

#include <evident/autodiff/gemm.hpp>
#include <evident/autodiff/var.hpp>

// Linear algebra on square matrices, the last two axes of an array; the axes before them are a
// batch. Small matrices are computed as many at a time as a register has lanes.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The lower factor L of a symmetric positive-definite matrix, a = L L', with zeros above the
/// diagonal: (..., n, n) is (..., n, n). Only the lower triangle of `a` is read, and its gradient
/// is symmetric (Murray 2016, "Differentiation of the Cholesky decomposition").
/// Errors: not square; not positive definite, which says of which matrix and at which minor.
Var cholesky(const Var& a);

/// The solution x of op(L) x = b for a lower-triangular L, nothing above whose diagonal is read:
/// (..., n, n) and (..., n, k) is (..., n, k), where the axes before the last two broadcast. With
/// one axis, (n), `b` is a vector and so are the solutions, (..., n); a batch of vectors is
/// (..., n, 1). `transpose` chooses L' x = b. The gradient of L is lower-triangular. A zero on the
/// diagonal of L gives inf or NaN. Errors: shapes that do not fit.
Var triangular_solve(const Var& l, const Var& b, Transpose transpose = Transpose::kNo);

/// log |a| of a symmetric positive-definite matrix, 2 sum log L_ii with a = L L': (..., n, n) is
/// (...). Reads and errors as `cholesky`.
Var log_determinant(const Var& a);

/// The inverse of a symmetric positive-definite matrix, by its factor: (..., n, n) is (..., n, n).
/// To solve with a matrix, `triangular_solve` with its factor is faster and more exact. Reads and
/// errors as `cholesky`.
Var inverse_spd(const Var& a);

/// The diagonal of a matrix: (..., m, n) is (..., min(m, n)). Errors: fewer than two axes.
Var diagonal(const Var& x);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
