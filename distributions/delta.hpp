#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// All probability on one number v. It is discrete: `log_prob` is the logarithm of a probability, 0
/// at v and -inf elsewhere, and so has no gradient; a draw is v itself, whose gradient passes
/// through.
class Delta final : public Distribution {
 public:
  /// At `v`, of the batch's shape. Errors: a v that is not finite.
  explicit Delta(Var v);

  /// The one outcome, as given.
  const Var& v() const { return v_; }

  std::string name() const override { return "Delta"; }
  std::vector<Parameter> parameters() const override { return {{"v", v_, constraints::real()}}; }
  Constraint support() const override { return constraints::point(v_.value()); }
  bool reparameterised() const override { return true; }
  /// Zeros: there is nothing random.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override { return v_; }
  Var median() const override { return v_; }
  Var mode() const override { return v_; }
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
  Var v_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
