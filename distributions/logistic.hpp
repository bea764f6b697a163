#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The logistic distribution, whose distribution function is the sigmoid of z = (x - loc) / scale:
/// log p(x) = -z - 2 log(1 + e^-z) - log scale. Its standard deviation is scale pi / sqrt(3).
class Logistic final : public Distribution {
 public:
  /// `loc` and `scale` broadcast to the batch shape. Errors: a loc that is not finite, a scale that
  /// is not positive and finite; shapes that do not broadcast.
  Logistic(Var loc, Var scale);

  /// The mean, as given.
  const Var& loc() const { return loc_; }
  /// The unit of length, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "Logistic"; }
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
