#pragma once

#include <evident/distributions/categorical.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The multinomial distribution of how often each of k outcomes occurs in n = `total_count` draws:
/// p(x) = n! prod_i p_i^x_i / x_i!, computed as independent Poisson counts given their sum, so that
/// large counts lose nothing.
class Multinomial final : public Distribution {
 public:
  /// `total_count` of the batch shape, without a gradient; weights of shape (batch, k), which are
  /// divided by their sum. Errors: a count that is not a whole number >= 0; those of `Categorical`.
  Multinomial(const Var& total_count, Var probs);
  /// From logits. Errors: those of `Categorical::from_logits`.
  static Multinomial from_logits(const Var& total_count, Var logits);

  /// The number of draws.
  const Var& total_count() const { return total_count_; }
  /// The probabilities, shape (batch, k).
  Var probs() const { return base_.probs(); }
  /// Their logarithms, shape (batch, k).
  Var log_probs() const { return base_.log_probs(); }

  std::string name() const override { return "Multinomial"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override {
    return constraints::counts(Constraint::Bound(total_count_.value()));
  }
  Shape event_shape() const override { return {base_.outcomes()}; }
  Var mean() const override;
  /// The most probable counts, of several the smallest by its first element that differs.
  Var mode() const override;
  Var variance() const override;
  /// By summation over each outcome's counts.
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array all_modes() const override;

 private:
  Multinomial(const Var& total_count, Categorical base);
  Var counts_each() const;  // total_count with an axis more, to go with the probabilities

  Var total_count_;
  Categorical base_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
