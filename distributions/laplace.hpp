#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Laplace distribution, two exponentials back to back with mean distance `scale` from `loc`:
/// log p(x) = -|x - loc| / scale - log(2 scale). At the kink x = loc the derivatives of log_prob in
/// x and in loc are taken as 0.
class Laplace final : public Distribution {
 public:
  /// `loc` and `scale` broadcast to the batch shape. Errors: a loc that is not finite, a scale that
  /// is not positive and finite; shapes that do not broadcast.
  Laplace(Var loc, Var scale);

  /// The mean, as given.
  const Var& loc() const { return loc_; }
  /// The mean distance from it, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "Laplace"; }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()}, {"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::real(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var median() const override { return mean(); }
  Var mode() const override { return mean(); }
  Var variance() const override;
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Var cdf_at(const Var& x) const override;
  Var log_cdf_at(const Var& x) const override;
  Var log_survival_at(const Var& x) const override;
  Var icdf_at(const Var& p) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;

 private:
  Var loc_, scale_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
