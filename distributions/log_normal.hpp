#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The distribution of e^y for a normal y with mean `loc` and standard deviation `scale`:
/// log p(x) = -z^2 / 2 - log scale - log x - log(2 pi) / 2 with z = (log x - loc) / scale for x >
/// 0. `loc` and `scale` are not its own mean and standard deviation.
class LogNormal final : public Distribution {
 public:
  /// `loc` and `scale` broadcast to the batch shape. Errors: a loc that is not finite, a scale that
  /// is not positive and finite; shapes that do not broadcast.
  LogNormal(Var loc, Var scale);

  /// The mean of log x, as given.
  const Var& loc() const { return loc_; }
  /// The standard deviation of log x, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "LogNormal"; }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()}, {"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::positive(); }
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
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
  Array draw_log(Rng& rng, const Shape& sample_shape) const override;

 private:
  Var loc_, scale_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
