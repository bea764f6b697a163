#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The exponential distribution of waiting times with `rate` events in a unit of time:
/// log p(x) = log rate - rate x for x >= 0. The mean is 1 / rate.
class Exponential final : public Distribution {
 public:
  /// A distribution for each rate. Errors: a rate that is not positive and finite.
  explicit Exponential(Var rate);

  /// Events in a unit of time, as given.
  const Var& rate() const { return rate_; }

  std::string name() const override { return "Exponential"; }
  std::vector<Parameter> parameters() const override {
    return {{"rate", rate_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var median() const override;
  Var mode() const override { return zeros(batch_shape()); }
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
  Var rate_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
