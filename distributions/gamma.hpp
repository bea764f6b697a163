#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The gamma distribution with shape a = `concentration` and `rate` r, which is one over the scale:
/// log p(x) = a log r - log Gamma(a) + (a - 1) log x - r x for x >= 0. For large a it is computed
/// by its saddle point (Loader 2000).
///
/// Draws of a small concentration may be too small for a number and are then 0: `sample_log` has
/// their logarithms.
class Gamma final : public Distribution {
 public:
  /// `concentration` and `rate` broadcast to the batch shape. Errors: one that is not positive and
  /// finite; shapes that do not broadcast.
  Gamma(Var concentration, Var rate);
  /// With the scale 1 / rate in place of the rate. Errors: those of the constructor, of a scale
  /// whose reciprocal is not positive and finite.
  static Gamma from_scale(Var concentration, const Var& scale);

  /// The shape, as given.
  const Var& concentration() const { return concentration_; }
  /// One over the scale, as given.
  const Var& rate() const { return rate_; }

  std::string name() const override { return "Gamma"; }
  std::vector<Parameter> parameters() const override {
    return {{"concentration", concentration_, constraints::positive()},
            {"rate", rate_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  /// Draws of rate 1, as logarithms where the concentration is below 1.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  /// Those over the rate; the gradient in the concentration is implicit.
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var median() const override;
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
  Array draw_log(Rng& rng, const Shape& sample_shape) const override;

 private:
  Var concentration_, rate_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
