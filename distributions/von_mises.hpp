#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The von Mises distribution of angles about `loc` m, in radians, with the `concentration` k:
/// log p(x) = k cos(x - m) - log(2 pi I0(k)). The density repeats every turn and is one over the
/// turn from m - pi to m + pi, where draws and the distribution function have their values.
class VonMises final : public Distribution {
 public:
  /// `loc` and `concentration` broadcast to the batch shape; concentration 0 is uniform. Errors: a
  /// loc that is not finite, a concentration that is negative or not finite; shapes that do not
  /// broadcast.
  VonMises(Var loc, Var concentration);

  /// The most probable angle, as given.
  const Var& loc() const { return loc_; }
  /// About one over the variance where it is large, as given.
  const Var& concentration() const { return concentration_; }

  std::string name() const override { return "VonMises"; }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()},
            {"concentration", concentration_, constraints::non_negative()}};
  }
  Constraint support() const override { return constraints::real(); }
  bool reparameterised() const override { return true; }
  /// Draws about 0.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  /// loc and those; the gradient in the concentration is implicit.
  Var from_noise(const Array& noise) const override;
  /// The circular mean, loc.
  Var mean() const override;
  Var median() const override { return mean(); }
  Var mode() const override { return mean(); }
  /// The circular variance 1 - I1(k)/I0(k), between 0 and 1.
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
  Var loc_, concentration_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
