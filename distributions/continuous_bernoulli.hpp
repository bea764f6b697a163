#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The continuous Bernoulli distribution on [0, 1] (Loaiza-Ganem and Cunningham 2019), a likelihood
/// of grey values: p(x) is proportional to probs^x (1 - probs)^(1 - x). With the logit
/// l = log(probs / (1 - probs)) it is an exponential distribution cut off at 1,
/// log p(x) = l (x - 1/2) - log(sinh(l/2) / (l/2)). `probs` is a parameter, not the mean; at
/// probs = 1/2 the distribution is uniform. It keeps what it was given, probs or logits.
class ContinuousBernoulli final : public Distribution {
 public:
  /// From probs. Errors: one outside (0, 1).
  explicit ContinuousBernoulli(Var probs);
  /// From logits. Errors: one that is not finite.
  static ContinuousBernoulli from_logits(Var logits);

  /// The parameter in (0, 1).
  Var probs() const;
  /// log(probs / (1 - probs)).
  Var logits() const;

  std::string name() const override { return "ContinuousBernoulli"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override { return constraints::unit_interval(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// 1/(1 - e^-l) - 1/l.
  Var mean() const override;
  Var median() const override;
  /// 0 for l <= 0, 1 for l > 0; for l = 0 every number is one.
  Var mode() const override;
  /// 1/l^2 - 1/(4 sinh^2(l/2)).
  Var variance() const override;
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Var cdf_at(const Var& x) const override;
  Var log_cdf_at(const Var& x) const override;
  Var log_survival_at(const Var& x) const override;
  Var icdf_at(const Var& p) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array all_modes() const override;

 private:
  ContinuousBernoulli(Var parameter, bool from_logits);

  Var parameter_;
  bool from_logits_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
