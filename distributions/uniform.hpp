#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The uniform distribution between two ends, both of which have the density of what lies between:
/// log p(x) = -log(high - low) for low <= x <= high.
class Uniform final : public Distribution {
 public:
  /// `low` and `high` broadcast to the batch shape. Errors: an end that is not finite, a low that
  /// is not less than high; shapes that do not broadcast.
  Uniform(Var low, Var high);

  /// The lower end, as given.
  const Var& low() const { return low_; }
  /// The upper end, as given.
  const Var& high() const { return high_; }

  std::string name() const override { return "Uniform"; }
  std::vector<Parameter> parameters() const override {
    return {{"low", low_, constraints::real()}, {"high", high_, constraints::real()}};
  }
  /// [low, high], of every distribution of the batch.
  Constraint support() const override;
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var median() const override { return mean(); }
  /// The lower end, the smallest of all that have the same density.
  Var mode() const override;
  Var variance() const override;
  /// log(high - low), also where the difference is above the largest number.
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
