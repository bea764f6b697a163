#include "gaussian_forms.hpp"

#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/low_rank_multivariate_normal.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

namespace evident::testing {
namespace {

constexpr std::size_t kRank = 2;  // of low-rank covariances

Array pattern(std::size_t n, double below, double on) {
  Array result = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      result.data()[i * n + j] = static_cast<real>(j == i ? on : below);
    }
  }
  return result;
}

// A A' + I / 2.
Var positive_definite(const Var& a) {
  return matmul(a, transpose(a)) + Var(pattern(a.shape().back(), 0, 0.5));
}
DenseMatrix positive_definite(const DenseMatrix& a) {
  DenseMatrix result = a * a.transposed();
  for (std::size_t i = 0; i < a.order(); ++i) result(i, i) += 0.5L;
  return result;
}

// What is below the diagonal, and the exponentials of what is on it.
Var factor(const Var& a) {
  const std::size_t n = a.shape().back();
  return a * Var(pattern(n, 1, 0)) + exp(a) * Var(pattern(n, 0, 1));
}
DenseMatrix factor(const DenseMatrix& a) {
  DenseMatrix result(a.order());
  for (std::size_t i = 0; i < a.order(); ++i) {
    for (std::size_t j = 0; j < i; ++j) result(i, j) = a(i, j);
    result(i, i) = std::exp(a(i, i));
  }
  return result;
}

template <class D>
std::shared_ptr<const Distribution> shared(D d) {
  return std::make_shared<const D>(std::move(d));
}

// The exponentials of the last column.
Var last_column(const Var& a) {
  const std::size_t n = a.shape().back();
  return exp(reshape(slice(a, -1, n - 1, n), Shape(a.shape().begin(), a.shape().end() - 1)));
}

}  // namespace

const std::vector<GaussianForm>& gaussian_forms() {
  static const std::vector<GaussianForm> forms = {
      {"covariance",
       [](const Var& loc, const Var& a) {
         return shared(MultivariateNormal::from_covariance(loc, positive_definite(a)));
       },
       [](const DenseMatrix& a) { return positive_definite(a); }},
      {"precision",
       [](const Var& loc, const Var& a) {
         return shared(MultivariateNormal::from_precision(loc, positive_definite(a)));
       },
       [](const DenseMatrix& a) { return positive_definite(a).inverse().first; }},
      {"scale_tril",
       [](const Var& loc, const Var& a) {
         return shared(MultivariateNormal::from_scale_tril(loc, factor(a)));
       },
       [](const DenseMatrix& a) { return factor(a) * factor(a).transposed(); }},
      {"low rank",
       [](const Var& loc, const Var& a) {
         return shared(LowRankMultivariateNormal(loc, slice(a, -1, 0, kRank), last_column(a)));
       },
       [](const DenseMatrix& a) {
         DenseMatrix result(a.order());
         for (std::size_t i = 0; i < a.order(); ++i) {
           for (std::size_t j = 0; j < a.order(); ++j) {
             for (std::size_t k = 0; k < kRank; ++k) result(i, j) += a(i, k) * a(j, k);
           }
           result(i, i) += std::exp(a(i, a.order() - 1));
         }
         return result;
       }},
      {"independent",
       [](const Var& loc, const Var& a) {
         return shared(to_event(Normal(loc, last_column(a)), 1));
       },
       [](const DenseMatrix& a) {
         DenseMatrix result(a.order());
         for (std::size_t i = 0; i < a.order(); ++i) {
           result(i, i) = std::exp(2 * a(i, a.order() - 1));
         }
         return result;
       }},
  };
  return forms;
}

}  // namespace evident::testing
