#pragma once

#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The matrix product a b: (..., m, k) times (..., k, n) is (..., m, n). The axes before the last
/// two are a batch of matrices and broadcast. A vector (k) on either side is a row or a column, and
/// its axis is dropped from the result. Errors: shapes that do not fit.
Var matmul(const Var& a, const Var& b);

/// x weight + bias: (..., in) with weight (in, out) and bias (out) is (..., out).
/// Errors: shapes that do not fit.
Var linear(const Var& x, const Var& weight, const Var& bias);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
