#pragma once

#include <evident/distributions/gamma.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The inverse gamma distribution with shape a = `concentration` and `rate` r, the law of one over
/// a Gamma(a, r): log p(x) = a log r - log Gamma(a) - (a + 1) log x - r / x for x >= 0. The rate is
/// what textbooks call its scale.
class InverseGamma final : public Distribution {
 public:
  /// `concentration` and `rate` broadcast to the batch shape. Errors: one that is not positive and
  /// finite; shapes that do not broadcast.
  InverseGamma(Var concentration, Var rate);

  /// The shape, as given.
  const Var& concentration() const { return concentration_; }
  /// The rate of the Gamma, as given.
  const Var& rate() const { return rate_; }

  std::string name() const override { return "InverseGamma"; }
  std::vector<Parameter> parameters() const override {
    return {{"concentration", concentration_, constraints::positive()},
            {"rate", rate_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  /// The noise of a Gamma.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  /// The rate over its draws; the gradient in the concentration is implicit.
  Var from_noise(const Array& noise) const override;
  /// rate / (a - 1), infinite for a <= 1.
  Var mean() const override;
  Var median() const override;
  Var mode() const override;
  /// rate^2 / ((a - 1)^2 (a - 2)), infinite for a <= 2.
  Var variance() const override;
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Var cdf_at(const Var& x) const override;
  Var log_cdf_at(const Var& x) const override;
  Var log_survival_at(const Var& x) const override;
  Var icdf_at(const Var& p) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array draw_log(Rng& rng, const Shape& sample_shape) const override;

 private:
  Var concentration_, rate_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
