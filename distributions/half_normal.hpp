#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The distribution of |x| for a normal x with mean 0 and standard deviation `scale`:
/// log p(x) = log(2 / pi) / 2 - log scale - (x / scale)^2 / 2 for x >= 0.
class HalfNormal final : public Distribution {
 public:
  /// A distribution for each scale. Errors: a scale that is not positive and finite.
  explicit HalfNormal(Var scale);

  /// The standard deviation of the whole normal distribution, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "HalfNormal"; }
  std::vector<Parameter> parameters() const override {
    return {{"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var median() const override;
  Var mode() const override { return zeros(batch_shape()); }
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
