#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The Poisson distribution of a count with the mean `rate` r: p(x) = r^x e^-r / x! for x = 0, 1,
/// ..., computed by its saddle point (Loader 2000), so that large counts lose nothing.
class Poisson final : public Distribution {
 public:
  /// `rate` of the batch shape; 0 is always 0. Errors: a rate that is negative or not finite.
  explicit Poisson(Var rate);

  /// The mean, as given.
  const Var& rate() const { return rate_; }

  std::string name() const override { return "Poisson"; }
  std::vector<Parameter> parameters() const override {
    return {{"rate", rate_, constraints::non_negative()}};
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
  Var rate_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
