#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/gaussian_pieces.hpp>
#include <evident/distributions/multivariate_normal.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::as_columns;
using detail::without_columns;

void check_order(const char* name, const Var& loc, const Var& matrix) {
  const Shape &vectors = loc.shape(), &matrices = matrix.shape();
  if (vectors.empty()) return;  // check_parameters says it
  const std::size_t n = vectors.back(), axes = matrices.size();
  if (axes >= 2 && matrices[axes - 1] == n && matrices[axes - 2] == n) return;
  throw ShapeError(fmt::format(
      "MultivariateNormal: loc {} and {} {} do not fit: for vectors of {} elements {} must have "
      "shape (..., {}, {})",
      to_string(vectors), name, to_string(matrices), n, name, n, n));
}

// Elements that mirror each other differ by no more than rounding.
void check_symmetric(const char* name, const Array& matrix) {
  const std::size_t n = matrix.shape().back();
  const double tolerance = std::sqrt(detail::kRounding);
  for (std::size_t first = 0; first < matrix.size(); first += n * n) {
    const real* a = matrix.data() + first;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double lower = a[i * n + j], upper = a[j * n + i];
        const double scale = std::sqrt(std::abs(double(a[i * n + i]) * double(a[j * n + j])));
        if (!(std::abs(lower - upper) > tolerance * scale)) continue;
        throw ParameterError(fmt::format(
            "MultivariateNormal: {} must be a symmetric positive-definite matrix, got {} at {} and "
            "{} at {} of shape {}: average it with its transpose, or give from_scale_tril a factor",
            name, lower, element_place(matrix.shape(), first + i * n + j), upper,
            element_place(matrix.shape(), first + j * n + i), to_string(matrix.shape())));
      }
    }
  }
}

Var factor_of(const char* name, const Var& matrix) {
  check_symmetric(name, matrix.value());
  try {
    return cholesky(matrix);
  } catch (const DomainError& error) {
    throw ParameterError(
        fmt::format("MultivariateNormal: {} must be a symmetric positive-definite matrix: "
                    "{}",
                    name, error.what()));
  }
}

// Both of the last two axes in the other order.
Var reversed(const Var& x) {
  const std::size_t n = x.shape().back();
  Array backwards = uninitialised({n});
  for (std::size_t i = 0; i < n; ++i) backwards.data()[i] = static_cast<real>(n - 1 - i);
  return index_select(index_select(x, -1, backwards), -2, backwards);
}

// inv(P) = L L': of P = U U' with an upper-triangular U it is the inverse of U'.
Var factor_of_inverse(const Var& precision) {
  const Var upper = reversed(factor_of("precision", reversed(precision)));
  return triangular_solve(transpose(upper), detail::identity_matrix(upper.shape().back()));
}

// Ones on and below the diagonal.
Array lower_ones(std::size_t n) {
  Array result = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) result.data()[i * n + j] = 1;
  }
  return result;
}

}  // namespace

MultivariateNormal::MultivariateNormal(Var loc, Var matrix, Form form)
    : loc_(std::move(loc)), matrix_(std::move(matrix)), form_(form), scale_tril_(matrix_) {
  check_order(parameters()[1].name, loc_, matrix_);
  if (form_ == Form::kCovariance) scale_tril_ = factor_of("covariance", matrix_);
  if (form_ == Form::kPrecision) scale_tril_ = factor_of_inverse(matrix_);
  check_parameters();
  // Products would send gradients above the diagonal, and an optimiser leave the constraint.
  if (form_ == Form::kScaleTril && matrix_.needs_gradient()) {
    scale_tril_ = matrix_ * lower_ones(matrix_.shape().back());
  }
}

MultivariateNormal MultivariateNormal::from_covariance(Var loc, Var covariance) {
  return {std::move(loc), std::move(covariance), Form::kCovariance};
}

MultivariateNormal MultivariateNormal::from_precision(Var loc, Var precision) {
  return {std::move(loc), std::move(precision), Form::kPrecision};
}

MultivariateNormal MultivariateNormal::from_scale_tril(Var loc, Var scale_tril) {
  return {std::move(loc), std::move(scale_tril), Form::kScaleTril};
}

std::vector<Parameter> MultivariateNormal::parameters() const {
  const Parameter loc = {"loc", loc_, constraints::real(), 1};
  switch (form_) {
    case Form::kCovariance:
      return {loc, {"covariance", matrix_, constraints::positive_definite(), 2, true}};
    case Form::kPrecision:
      return {loc, {"precision", matrix_, constraints::positive_definite(), 2, true}};
    default:
      return {loc, {"scale_tril", matrix_, constraints::lower_cholesky(), 2}};
  }
}

Var MultivariateNormal::covariance() const {
  if (form_ == Form::kCovariance) return matrix_;
  return matmul(scale_tril_, transpose(scale_tril_));
}

Var MultivariateNormal::precision() const {
  if (form_ == Form::kPrecision) return matrix_;
  const Var inverse = triangular_solve(scale_tril_, detail::identity_matrix(event_shape().back()));
  return matmul(transpose(inverse), inverse);
}

Var MultivariateNormal::log_prob_at(const Var& x) const {
  return detail::with_infinities(x, [&](const Var& x) {
    const Var standardised = triangular_solve(scale_tril_, as_columns(x - loc_));
    return detail::gaussian_log_density(detail::sum_of_squares(standardised),
                                        detail::half_log_det(scale_tril_), x.shape().back(),
                                        "MultivariateNormal::log_prob");
  });
}

Array MultivariateNormal::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array MultivariateNormal::noise(Rng& rng, const Shape& sample_shape) const {
  return standard_normal(joined(joined(sample_shape, batch_shape()), event_shape()), rng);
}

Var MultivariateNormal::from_noise(const Array& noise) const {
  return loc_ + without_columns(matmul(scale_tril_, as_columns(noise)));
}

Var MultivariateNormal::mean() const {
  return broadcast_to(loc_, joined(batch_shape(), event_shape()));
}

Var MultivariateNormal::variance() const {
  return broadcast_to(sum(square(scale_tril_), {-1}), joined(batch_shape(), event_shape()));
}

Var MultivariateNormal::entropy() const {
  return detail::gaussian_entropy(detail::half_log_det(scale_tril_), event_shape().back(),
                                  batch_shape());
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
