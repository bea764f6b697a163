#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/chi2.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

// Made when it is asked for, so that the tape of that moment records how it depends on `df`.
Gamma Chi2::gamma() const { return Gamma(0.5 * df_, 0.5); }

Var Chi2::log_prob_at(const Var& x) const { return gamma().log_prob(x); }
Var Chi2::cdf_at(const Var& x) const { return gamma().cdf(x); }
Var Chi2::log_cdf_at(const Var& x) const { return gamma().log_cdf(x); }
Var Chi2::log_survival_at(const Var& x) const { return gamma().log_survival(x); }
Var Chi2::icdf_at(const Var& p) const { return gamma().icdf(p); }

Array Chi2::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return gamma().noise(rng, sample_shape);
}
Var Chi2::from_noise(const Array& noise) const { return gamma().from_noise(noise); }
Array Chi2::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return gamma().sample(rng, sample_shape);
}
Array Chi2::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return gamma().sample_log(rng, sample_shape);
}

Var Chi2::median() const { return gamma().median(); }
Var Chi2::mode() const { return gamma().mode(); }
Var Chi2::variance() const { return 2.0 * df_; }
Var Chi2::entropy() const { return gamma().entropy(); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
