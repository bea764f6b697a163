#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Pareto distribution (of the first kind) on [s, inf) with scale s and tail index alpha:
/// P(X > x) = (s/x)^alpha, log p(x) = log(alpha/s) - (alpha + 1) log(x/s).
class Pareto final : public Distribution {
 public:
  /// `scale`, the smallest value, and `alpha` broadcast to the batch shape. Errors: one that is not
  /// positive and finite; shapes that do not broadcast.
  Pareto(Var scale, Var alpha);

  /// The lower end of the support, as given.
  const Var& scale() const { return scale_; }
  /// The tail index, as given.
  const Var& alpha() const { return alpha_; }

  std::string name() const override { return "Pareto"; }
  std::vector<Parameter> parameters() const override {
    return {{"scale", scale_, constraints::positive()}, {"alpha", alpha_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::at_least(scale_.value()); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// alpha s / (alpha - 1); +inf for alpha <= 1.
  Var mean() const override;
  Var median() const override;
  Var mode() const override;
  /// alpha s^2 / ((alpha - 1)^2 (alpha - 2)); +inf for alpha <= 2.
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
  Var scale_, alpha_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
