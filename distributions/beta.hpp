#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The beta distribution with the shapes a = `concentration1` and b = `concentration0`:
/// log p(x) = (a - 1) log x + (b - 1) log(1 - x) - log B(a, b) for x in [0, 1].
///
/// Draws of a small concentration may be too near an end for a number: `sample_log` has their
/// logarithms.
class Beta final : public Distribution {
 public:
  /// The concentrations broadcast to the batch shape. Errors: one that is not positive and finite;
  /// shapes that do not broadcast.
  Beta(Var concentration1, Var concentration0);

  /// The exponent of x, plus one, as given.
  const Var& concentration1() const { return a_; }
  /// The exponent of 1 - x, plus one, as given.
  const Var& concentration0() const { return b_; }

  std::string name() const override { return "Beta"; }
  std::vector<Parameter> parameters() const override {
    return {{"concentration1", a_, constraints::positive()},
            {"concentration0", b_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::unit_interval(); }
  bool reparameterised() const override { return true; }
  /// The logits of the draws.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  /// Those draws; the gradients in the concentrations are implicit.
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var median() const override;
  /// 0 where the density is infinite there, or at both ends; of the uniform one 0 as well.
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
  Array all_modes() const override;

 private:
  Var a_, b_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
