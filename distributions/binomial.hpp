#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The binomial distribution of the number of successes in n = `total_count` trials of probability
/// p each: p(x) = n! / (x! (n - x)!) p^x (1 - p)^(n - x) for x = 0, ..., n, by its saddle point
/// (Loader 2000). It keeps p or the logit, whichever it was given.
class Binomial final : public Distribution {
 public:
  /// `total_count` and `probs` broadcast to the batch shape. No gradient flows to counts. Errors: a
  /// count that is not a whole number >= 0, a probability outside [0, 1]; shapes that do not
  /// broadcast.
  Binomial(const Var& total_count, Var probs);
  /// From logits; infinite ones stand for the probabilities 0 and 1.
  static Binomial from_logits(const Var& total_count, Var logits);

  /// The number of trials.
  const Var& total_count() const { return total_count_; }
  /// The probability of a success.
  Var probs() const;
  /// The probability of a failure, of its own accuracy.
  Var failure_probs() const;

  std::string name() const override { return "Binomial"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override {
    return constraints::integers(0, Constraint::Bound(total_count_.value()));
  }
  Var mean() const override;
  Var median() const override;
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
  Binomial(const Var& total_count, Var parameter, bool from_logits);

  Var total_count_, parameter_;
  bool from_logits_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
