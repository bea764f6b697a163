#pragma once

#include <evident/distributions/gamma.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The chi-squared distribution with `df` degrees of freedom: Gamma(df / 2, rate 1/2), the law of
/// the sum of df squared standard normals.
class Chi2 final : public Distribution {
 public:
  /// Of the shape of `df`, which need not be whole. Errors: one that is not positive and finite.
  explicit Chi2(Var df) : df_(std::move(df)) { check_parameters(); }

  /// The degrees of freedom, as given.
  const Var& df() const { return df_; }

  /// The same law as a Gamma, of concentration df/2 and rate 1/2.
  Gamma gamma() const;

  std::string name() const override { return "Chi2"; }
  std::vector<Parameter> parameters() const override {
    return {{"df", df_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }
  bool reparameterised() const override { return true; }
  /// The noise of the Gamma.
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override { return df_; }
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
  Var df_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
