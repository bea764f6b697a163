#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Kumaraswamy distribution on [0, 1] with concentrations a and b, close to a Beta(a, b) but
/// with a distribution function in closed form (Kumaraswamy 1980): P(X > x) = (1 - x^a)^b,
/// log p(x) = log(a b) + (a - 1) log x + (b - 1) log(1 - x^a). X^a is a Beta(1, b).
class Kumaraswamy final : public Distribution {
 public:
  /// `concentration1`, which is a, and `concentration0`, which is b, broadcast to the batch shape.
  /// Errors: one that is not positive and finite; shapes that do not broadcast.
  Kumaraswamy(Var concentration1, Var concentration0);

  /// The exponent a of x, as given.
  const Var& concentration1() const { return a_; }
  /// The exponent b of 1 - x^a, as given.
  const Var& concentration0() const { return b_; }

  std::string name() const override { return "Kumaraswamy"; }
  std::vector<Parameter> parameters() const override {
    return {{"concentration1", a_, constraints::positive()},
            {"concentration0", b_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::unit_interval(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  /// b B(1 + 1/a, b).
  Var mean() const override;
  Var median() const override;
  /// ((a - 1) / (a b - 1))^(1/a) for a, b > 1. The density is largest, or infinite, at 0 for a < 1,
  /// at 1 for b < 1; with a = 1 it falls or rises with x, with b = 1 likewise; where both ends are
  /// modes, or all is level, this is 0.
  Var mode() const override;
  Var variance() const override;
  /// (1 - 1/b) + (1 - 1/a) H_b - log(a b), with the harmonic number H_b = digamma(b + 1) + gamma.
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Var cdf_at(const Var& x) const override;
  Var log_cdf_at(const Var& x) const override;
  Var log_survival_at(const Var& x) const override;
  Var icdf_at(const Var& p) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array draw_log(Rng& rng, const Shape& sample_shape) const override;
  Array all_modes() const override;

 private:
  Var a_, b_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
