#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The distribution of one of k outcomes, 0, ..., k - 1, with a probability each. It keeps weights
/// or logits, whichever it was given; probabilities are their shares. Outcomes are labels: mean,
/// median, variance and distribution function are not defined.
class Categorical final : public Distribution {
 public:
  /// From weights of shape (batch, k), such as probabilities; they are divided by their sum.
  /// Errors: a weight that is negative or not finite; weights that are all 0; a scalar.
  explicit Categorical(Var probs);
  /// From logits, logarithms of weights; -inf stands for the probability 0. Errors: +inf, NaN;
  /// logits that are all -inf.
  static Categorical from_logits(Var logits);

  /// The probabilities, shape (batch, k).
  Var probs() const;
  /// Their logarithms, shape (batch, k).
  Var log_probs() const;
  /// How many outcomes there are.
  std::size_t outcomes() const { return parameter_.shape().back(); }

  std::string name() const override { return "Categorical"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override;
  /// Errors: always, as outcomes are labels.
  Var mean() const override;
  /// Errors: always, as outcomes are labels.
  Var median() const override;
  /// Errors: always, as outcomes are labels.
  Var variance() const override;
  /// The smallest of the most probable outcomes.
  Var mode() const override;
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Var cdf_at(const Var& x) const override;
  Var icdf_at(const Var& p) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array all_modes() const override;

 private:
  Categorical(Var parameter, bool from_logits);
  // The weights, or where their sum overflows a share of them whose sum does not.
  Var summable_weights() const;
  [[noreturn]] void refuse_of_labels(const char* what) const;

  Var parameter_;
  bool from_logits_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
