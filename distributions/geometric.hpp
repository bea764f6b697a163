#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The geometric distribution, of the number of failures before the first success in trials that
/// succeed with probability p each: p(x) = p (1 - p)^x for x = 0, 1, ... (Others count the success
/// too, and begin at 1.)
class Geometric final : public Distribution {
 public:
  /// `probs` of the batch shape. Errors: a probability outside (0, 1].
  explicit Geometric(Var probs);

  /// The probability of success, as given.
  const Var& probs() const { return probs_; }

  std::string name() const override { return "Geometric"; }
  std::vector<Parameter> parameters() const override {
    return {{"probs", probs_, constraints::interval({0, true}, 1)}};
  }
  Constraint support() const override { return constraints::non_negative_integer(); }
  Var mean() const override;
  Var median() const override;
  /// 0.
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

 private:
  Var probs_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
