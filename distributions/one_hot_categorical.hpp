#pragma once

#include <evident/distributions/categorical.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A Categorical whose outcomes are unit vectors: of k elements, the one that was drawn is 1 and
/// the others 0.
class OneHotCategorical final : public Distribution {
 public:
  /// From weights of shape (batch, k), which are divided by their sum. Errors: those of
  /// `Categorical`.
  explicit OneHotCategorical(Var probs) : base_(std::move(probs)) { check_parameters(); }
  /// From logits. Errors: those of `Categorical::from_logits`.
  static OneHotCategorical from_logits(Var logits) {
    return OneHotCategorical(Categorical::from_logits(std::move(logits)));
  }

  /// The probabilities, shape (batch, k).
  Var probs() const { return base_.probs(); }
  /// Their logarithms, shape (batch, k).
  Var log_probs() const { return base_.log_probs(); }
  /// The same distribution of the numbers of the outcomes.
  const Categorical& categorical() const { return base_; }

  std::string name() const override { return "OneHotCategorical"; }
  std::vector<Parameter> parameters() const override { return base_.parameters(); }
  Constraint support() const override { return constraints::one_hot(); }
  Shape event_shape() const override { return {base_.outcomes()}; }
  Var mean() const override { return probs(); }
  Var mode() const override;
  Var variance() const override;
  Var entropy() const override { return base_.entropy(); }

 protected:
  Var log_prob_at(const Var& x) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array all_modes() const override;

 private:
  explicit OneHotCategorical(Categorical base) : base_(std::move(base)) { check_parameters(); }

  Categorical base_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
