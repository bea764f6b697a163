#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The negative binomial distribution of the number of successes, of probability p each, before
/// r = `total_count` failures: p(x) = Gamma(x + r) / (x! Gamma(r)) (1 - p)^r p^x for x = 0, 1, ...
/// and any r > 0: a Poisson law whose rate is Gamma(r, (1 - p) / p). (Others count failures before
/// successes: exchange p and 1 - p.)
class NegativeBinomial final : public Distribution {
 public:
  /// `total_count` and `probs` broadcast to the batch shape. Errors: a count that is not positive
  /// and finite, a probability outside [0, 1); shapes that do not broadcast.
  NegativeBinomial(Var total_count, Var probs);
  /// From logits below inf; -inf stands for the probability 0.
  static NegativeBinomial from_logits(Var total_count, Var logits);

  /// The number of failures, as given.
  const Var& total_count() const { return total_count_; }
  /// The probability of a success.
  Var probs() const;
  /// The probability of a failure, of its own accuracy.
  Var failure_probs() const;

  std::string name() const override { return "NegativeBinomial"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override { return constraints::non_negative_integer(); }
  Var mean() const override;
  Var median() const override;
  Var mode() const override;
  Var variance() const override;
  /// By summation. Errors: counts beyond 1e290 that matter.
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
  /// The successes for every failure, p / (1 - p).
  Var odds() const;
  NegativeBinomial(Var total_count, Var parameter, bool from_logits);

  Var total_count_, parameter_;
  bool from_logits_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
