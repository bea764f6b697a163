#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The distribution of |x| for a Cauchy x with `scale` around 0:
/// log p(x) = log(2 / pi) - log scale - log(1 + (x / scale)^2) for x >= 0.
class HalfCauchy final : public Distribution {
 public:
  /// A distribution for each scale. Errors: a scale that is not positive and finite.
  explicit HalfCauchy(Var scale);

  /// The median, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "HalfCauchy"; }
  std::vector<Parameter> parameters() const override {
    return {{"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// Infinite, without a gradient.
  Var mean() const override;
  Var median() const override { return scale_; }
  Var mode() const override { return zeros(batch_shape()); }
  /// Infinite, without a gradient.
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
  Var scale_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
