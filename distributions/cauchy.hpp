#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Cauchy distribution, Student's t with one degree of freedom:
/// log p(x) = -log(pi scale) - log(1 + z^2) with z = (x - loc) / scale. It has no mean and no
/// variance, however many draws are averaged.
class Cauchy final : public Distribution {
 public:
  /// `loc` and `scale` broadcast to the batch shape. Errors: a loc that is not finite, a scale that
  /// is not positive and finite; shapes that do not broadcast.
  Cauchy(Var loc, Var scale);

  /// The median, as given.
  const Var& loc() const { return loc_; }
  /// The distance from the median to the quartiles, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "Cauchy"; }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()}, {"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::real(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// Errors: always, for the integral diverges.
  Var mean() const override;
  Var median() const override;
  Var mode() const override { return median(); }
  /// Errors: always.
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
