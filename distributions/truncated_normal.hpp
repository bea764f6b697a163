#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The normal distribution given that its value is in [low, high]: with u = (x - loc) / scale, a
/// and b the same of low and high, log p(x) = -u^2/2 - log(2 pi)/2 - log scale - log(Phi(b) -
/// Phi(a)). `loc` and `scale` are those of the normal distribution, not the mean and the deviation
/// of this one. Intervals may lie anywhere: in a tail everything is measured from the end next to
/// loc, where the mass is, and moments are integrals without differences of numbers that agree.
class TruncatedNormal final : public Distribution {
 public:
  /// The four broadcast to the batch shape; `low` and `high` may be infinite. Errors: a loc that is
  /// not finite, a scale that is not positive and finite; low that is not less than high; shapes
  /// that do not broadcast.
  TruncatedNormal(Var loc, Var scale, Var low, Var high);

  /// The mean before truncation, as given.
  const Var& loc() const { return loc_; }
  /// The standard deviation before truncation, as given.
  const Var& scale() const { return scale_; }
  /// The lower end of the support, as given.
  const Var& low() const { return low_; }
  /// The upper end of the support, as given.
  const Var& high() const { return high_; }

  std::string name() const override { return "TruncatedNormal"; }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()},
            {"scale", scale_, constraints::positive()},
            {"low", low_, constraints::extended_real()},
            {"high", high_, constraints::extended_real()}};
  }
  /// [low, high], without infinities.
  Constraint support() const override;
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// loc + scale (phi(a) - phi(b)) / (Phi(b) - Phi(a)).
  Var mean() const override;
  /// mean() - mode(), of which nothing is lost where they agree in all digits, far out in a tail.
  Var mean_above_mode() const;
  Var median() const override;
  /// The number of [low, high] next to loc.
  Var mode() const override;
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
  Var log_mass() const;  // of exp(-(u^2 - e^2) / 2) / sqrt(2 pi), with e the value next to 0

  Var loc_, scale_, low_, high_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
