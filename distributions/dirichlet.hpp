#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Dirichlet distribution of vectors of k shares, numbers >= 0 that add up to 1, with a
/// `concentration` a_i for each and a0 their sum:
/// log p(x) = sum (a_i - 1) log x_i + log Gamma(a0) - sum log Gamma(a_i), the density of all shares
/// but the last. It is computed by the saddle point of the gamma laws whose shares these are
/// (Loader 2000).
///
/// Where a share is 0 it is +inf, or -inf, as its concentration is below 1, or above; -inf where
/// there are shares of both kinds, which has no limit. Shares of a small concentration may be too
/// small for a number and are then 0: `sample_log` has their logarithms.
class Dirichlet final : public Distribution {
 public:
  /// `concentration` of shape (batch, k). Errors: one that is not positive and finite; a scalar.
  explicit Dirichlet(Var concentration);

  /// As given.
  const Var& concentration() const { return concentration_; }

  std::string name() const override { return "Dirichlet"; }
  std::vector<Parameter> parameters() const override {
    return {{"concentration", concentration_, constraints::positive(), 1}};
  }
  Constraint support() const override { return constraints::simplex(); }
  Shape event_shape() const override { return {concentration_.shape().back()}; }
  bool reparameterised() const override { return true; }
  /// The logarithms of the gamma draws whose shares the draws are.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  /// Those shares; the gradients in the concentrations are implicit.
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  /// Errors: a concentration that is not above 1, for which the density is largest on an edge.
  Var mode() const override;
  Var variance() const override;
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array draw_log(Rng& rng, const Shape& sample_shape) const override;

 private:
  /// a0, shape (batch, 1).
  Var total() const;

  Var concentration_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
