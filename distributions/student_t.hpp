#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Student's t distribution with `df` degrees of freedom n, moved to `loc` and stretched by `scale`
/// s: log p(x) = log Gamma((n + 1)/2) - log Gamma(n/2) - log(pi n)/2 - log s - (n + 1)/2 log(1 +
/// z^2/n) with z = (x - loc)/s. The scale is not the standard deviation, which is larger.
class StudentT final : public Distribution {
 public:
  /// The parameters broadcast to the batch shape. Errors: df or a scale that is not positive and
  /// finite, a loc that is not finite; shapes that do not broadcast.
  StudentT(Var df, Var loc, Var scale);

  /// The degrees of freedom, as given.
  const Var& df() const { return df_; }
  /// The centre, as given.
  const Var& loc() const { return loc_; }
  /// The scale, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "StudentT"; }
  std::vector<Parameter> parameters() const override {
    return {{"df", df_, constraints::positive()},
            {"loc", loc_, constraints::real()},
            {"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::real(); }
  bool reparameterised() const override { return true; }
  /// Draws with loc 0 and scale 1.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  /// loc + scale times those; the gradient in df is implicit.
  Var from_noise(const Array& noise) const override;
  /// Errors: df <= 1, where it diverges.
  Var mean() const override;
  Var median() const override;
  Var mode() const override { return median(); }
  /// Infinite for 1 < df <= 2. Errors: df <= 1, where there is no mean.
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
  Var df_, loc_, scale_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
