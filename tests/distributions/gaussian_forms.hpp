#pragma once

#include <cstddef>
#include <evident/distributions/distribution.hpp>
#include <memory>
#include <string>
#include <vector>

#include "dense_matrix.hpp"

namespace evident::testing {

/// One way to make normal distributions of vectors: of a loc (..., n) and of any numbers a, shape
/// (..., n, n), of which a covariance is made.
struct GaussianForm {
  std::string name;
  std::shared_ptr<const Distribution> (*make)(const Var& loc, const Var& a);
  /// The covariance by the plainest means.
  DenseMatrix (*covariance)(const DenseMatrix& a);
};

/// MultivariateNormal of each of its matrices, LowRankMultivariateNormal, and vectors of
/// independent normal numbers.
const std::vector<GaussianForm>& gaussian_forms();

}  // namespace evident::testing
