#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Weibull distribution on [0, inf) with scale s and concentration k, of a time until a failure
/// whose hazard rises with the power k - 1 of the time: P(X > x) = exp(-(x/s)^k),
/// log p(x) = log(k/s) + (k - 1) log(x/s) - (x/s)^k. Elsewhere k is called the shape, and comes
/// first.
class Weibull final : public Distribution {
 public:
  /// `scale` and `concentration` broadcast to the batch shape. Errors: one that is not positive and
  /// finite; shapes that do not broadcast.
  Weibull(Var scale, Var concentration);

  /// The scale s, as given: the quantile of 1 - 1/e.
  const Var& scale() const { return scale_; }
  /// The exponent k, as given.
  const Var& concentration() const { return concentration_; }

  std::string name() const override { return "Weibull"; }
  std::vector<Parameter> parameters() const override {
    return {{"scale", scale_, constraints::positive()},
            {"concentration", concentration_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// s Gamma(1 + 1/k).
  Var mean() const override;
  Var median() const override;
  /// s (1 - 1/k)^(1/k), and 0 for k <= 1; for k < 1 the density is infinite there.
  Var mode() const override;
  /// s^2 (Gamma(1 + 2/k) - Gamma(1 + 1/k)^2).
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
  Var scale_, concentration_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
