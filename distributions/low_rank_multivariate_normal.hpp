#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The normal distribution of vectors of n elements with mean `loc` and covariance W W' + diag(d),
/// where W = `cov_factor` has r columns, few beside n, and d = `cov_diag`: what r common factors
/// and noise of each element's own make, as in factor analysis.
///
/// No n x n matrix is formed but by `covariance` and `scale_tril`: with V = W / sqrt d by rows,
/// e = (x - loc) / sqrt d and the capacitance C = I + V'V, of order r,
/// log p(x) = -(|e - V u|^2 + |u|^2) / 2 - (log |C| + sum log d) / 2 - n log(2 pi) / 2 with
/// u = inv(C) V'e. That is the identity of Woodbury (1950) without its difference of large terms.
class LowRankMultivariateNormal final : public Distribution {
 public:
  /// `loc` and `cov_diag` of shape (batch, n), `cov_factor` of shape (batch, n, r); the batches
  /// broadcast. Errors: a loc or factor that is not finite; a cov_diag that is not positive and
  /// finite; shapes that do not fit.
  LowRankMultivariateNormal(Var loc, Var cov_factor, Var cov_diag);

  /// The mean, as given.
  const Var& loc() const { return loc_; }
  /// W, as given.
  const Var& cov_factor() const { return cov_factor_; }
  /// d, as given.
  const Var& cov_diag() const { return cov_diag_; }
  /// W W' + diag(d), shape (batch, n, n), the batch that of both.
  Var covariance() const;
  /// The lower factor of the covariance.
  Var scale_tril() const;
  /// inv(sqrt of the capacitance) V' over sqrt d: the factor B of the inverse of the covariance,
  /// inv(diag(d)) - B'B, shape (batch, r, n).
  Var precision_factor() const;
  /// The sums of y' inv(covariance) y over the columns y of matrices: (..., n, k) is (...).
  Var squares(const Var& columns) const;
  /// Half of the logarithm of the covariance's determinant, shape (batch) of both parts.
  Var half_log_det() const;

  std::string name() const override { return "LowRankMultivariateNormal"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override { return constraints::real(); }
  Shape event_shape() const override { return {loc_.shape().back()}; }
  bool reparameterised() const override { return true; }
  /// Standard normal vectors of r + n elements: the factors and what is each element's own.
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
  Var loc_, cov_factor_, cov_diag_;
  Var deviation_;    ///< sqrt d as columns, (batch, n, 1)
  Var scaled_;       ///< V
  Var capacitance_;  ///< the lower factor of C
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
