#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What a Bernoulli's log_prob accepts.
enum class Targets {
  kBinary,        ///< 0 and 1: the support
  kUnitInterval,  ///< [0, 1]: cross entropy with grey targets, which is not a likelihood
};

/// The Bernoulli distribution: 1 with probability p, 0 otherwise. It keeps p or the logit
/// l = log(p / (1 - p)), whichever it was given, and computes from that alone:
/// log p(x) = -softplus((1 - 2x) l), exact for every l, and log p or log(1 - p), exact for p = 0
/// and p = 1.
class Bernoulli final : public Distribution {
 public:
  /// From probabilities. Errors: a probability outside [0, 1].
  explicit Bernoulli(Var probs);
  /// From logits; infinite ones stand for the probabilities 0 and 1.
  static Bernoulli from_logits(Var logits, Targets targets = Targets::kBinary);

  /// The probability of 1.
  Var probs() const;
  /// log(p / (1 - p)), infinite for p = 0 and p = 1.
  Var logits() const;

  std::string name() const override { return "Bernoulli"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override;
  Var mean() const override { return probs(); }
  /// 0 for p < 1/2, 1/2 for p = 1/2, 1 for p > 1/2.
  Var median() const override;
  /// 0 for p <= 1/2, 1 for p > 1/2; for p = 1/2 both are `modes()`.
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
  Array all_modes() const override;

 private:
  Bernoulli(Var parameter, bool from_logits, Targets targets);
  Var above_half() const;  // has the sign of p - 1/2

  Var parameter_;
  bool from_logits_;
  Targets targets_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
