#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The normal distribution of vectors of n elements with mean `loc` and covariance matrix S = L L',
/// of which it keeps the lower factor L, `scale_tril`:
/// log p(x) = -|inv(L) (x - loc)|^2 / 2 - sum log L_ii - n log(2 pi) / 2.
///
/// It is made of a covariance, of a precision, the inverse of a covariance, or of the factor; the
/// first two are factored once, when it is made. There is no distribution function.
class MultivariateNormal final : public Distribution {
 public:
  /// `loc` of shape (batch, n) and symmetric positive-definite matrices of shape (batch, n, n); the
  /// batches broadcast. Errors: a loc that is not finite; a matrix that is not symmetric or not
  /// positive definite, which says at which minor; shapes that do not fit.
  static MultivariateNormal from_covariance(Var loc, Var covariance);
  /// With the inverse of the covariance. Errors: those of `from_covariance`.
  static MultivariateNormal from_precision(Var loc, Var precision);
  /// With the lower factor of the covariance, whose gradient is lower-triangular.
  /// Errors: a loc that is not finite; a matrix that is not lower-triangular with a positive
  /// diagonal; shapes that do not fit.
  static MultivariateNormal from_scale_tril(Var loc, Var scale_tril);

  /// The mean, as given.
  const Var& loc() const { return loc_; }
  /// The lower factor of the covariance, in the shape of the matrix it was made of.
  const Var& scale_tril() const { return scale_tril_; }
  /// The covariance, in that shape.
  Var covariance() const;
  /// Its inverse, in that shape.
  Var precision() const;

  std::string name() const override { return "MultivariateNormal"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override { return constraints::real(); }
  Shape event_shape() const override { return {loc_.shape().back()}; }
  bool reparameterised() const override { return true; }
  /// Standard normal vectors.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var mode() const override { return mean(); }
  Var variance() const override;
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;

 private:
  /// Which matrix it was made of.
  enum class Form { kCovariance, kPrecision, kScaleTril };

  MultivariateNormal(Var loc, Var matrix, Form form);

  Var loc_, matrix_;
  Form form_;
  Var scale_tril_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
