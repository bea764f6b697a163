#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The uniform distribution of the whole numbers from `low` to `high`: p(x) = 1 / (high - low + 1),
/// as of a die.
class DiscreteUniform final : public Distribution {
 public:
  /// `low` and `high`, both of which can be drawn, broadcast to the batch shape. No gradient flows.
  /// Errors: an end that is not a whole number; high below low; shapes that do not broadcast.
  DiscreteUniform(const Var& low, const Var& high);

  /// The smallest outcome.
  const Var& low() const { return low_; }
  /// The largest outcome.
  const Var& high() const { return high_; }

  std::string name() const override { return "DiscreteUniform"; }
  std::vector<Parameter> parameters() const override;
  Constraint support() const override {
    return constraints::integers(Constraint::Bound(low_.value()), Constraint::Bound(high_.value()));
  }
  Var mean() const override;
  Var median() const override;
  /// `low`; all of the outcomes are `modes()`, up to 10000.
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
  Var low_, high_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
