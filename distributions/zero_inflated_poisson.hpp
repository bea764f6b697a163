#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A Poisson distribution with more zeros: 0 with probability `gate` g, a Poisson count of mean
/// `rate` r otherwise: p(0) = g + (1 - g) e^-r, p(x) = (1 - g) r^x e^-r / x! (Lambert 1992).
class ZeroInflatedPoisson final : public Distribution {
 public:
  /// `gate` and `rate` broadcast to the batch shape. Errors: a gate outside [0, 1], a rate that is
  /// negative or not finite; shapes that do not broadcast.
  ZeroInflatedPoisson(Var gate, Var rate);

  /// The probability of a zero that is none of the Poisson's, as given.
  const Var& gate() const { return gate_; }
  /// The mean of the Poisson distribution, as given.
  const Var& rate() const { return rate_; }

  std::string name() const override { return "ZeroInflatedPoisson"; }
  std::vector<Parameter> parameters() const override {
    return {{"gate", gate_, constraints::unit_interval()},
            {"rate", rate_, constraints::non_negative()}};
  }
  Constraint support() const override { return constraints::non_negative_integer(); }
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
  Var gate_, rate_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
