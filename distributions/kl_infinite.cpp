#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <evident/distributions/weibull.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

void detail::add_infinite_kl() {
  constexpr KlMethod kInfinite = KlMethod::kInfinite;

  // From the whole line to a half or a part of it.
  KlRule<Normal, Exponential>(infinite_kl, kInfinite);
  KlRule<Normal, Gamma>(infinite_kl, kInfinite);
  KlRule<Normal, Chi2>(infinite_kl, kInfinite);
  KlRule<Normal, InverseGamma>(infinite_kl, kInfinite);
  KlRule<Normal, HalfNormal>(infinite_kl, kInfinite);
  KlRule<Normal, HalfCauchy>(infinite_kl, kInfinite);
  KlRule<Normal, LogNormal>(infinite_kl, kInfinite);
  KlRule<Normal, Weibull>(infinite_kl, kInfinite);
  KlRule<Normal, Pareto>(infinite_kl, kInfinite);
  KlRule<Normal, Uniform>(infinite_kl, kInfinite);

  KlRule<Laplace, Exponential>(infinite_kl, kInfinite);
  KlRule<Laplace, Gamma>(infinite_kl, kInfinite);
  KlRule<Laplace, Chi2>(infinite_kl, kInfinite);
  KlRule<Laplace, InverseGamma>(infinite_kl, kInfinite);
  KlRule<Laplace, HalfNormal>(infinite_kl, kInfinite);
  KlRule<Laplace, HalfCauchy>(infinite_kl, kInfinite);
  KlRule<Laplace, LogNormal>(infinite_kl, kInfinite);
  KlRule<Laplace, Weibull>(infinite_kl, kInfinite);
  KlRule<Laplace, Pareto>(infinite_kl, kInfinite);
  KlRule<Laplace, Uniform>(infinite_kl, kInfinite);

  KlRule<Gumbel, Exponential>(infinite_kl, kInfinite);
  KlRule<Gumbel, Gamma>(infinite_kl, kInfinite);
  KlRule<Gumbel, Chi2>(infinite_kl, kInfinite);
  KlRule<Gumbel, InverseGamma>(infinite_kl, kInfinite);
  KlRule<Gumbel, HalfNormal>(infinite_kl, kInfinite);
  KlRule<Gumbel, HalfCauchy>(infinite_kl, kInfinite);
  KlRule<Gumbel, LogNormal>(infinite_kl, kInfinite);
  KlRule<Gumbel, Weibull>(infinite_kl, kInfinite);
  KlRule<Gumbel, Pareto>(infinite_kl, kInfinite);
  KlRule<Gumbel, Uniform>(infinite_kl, kInfinite);

  KlRule<Logistic, Exponential>(infinite_kl, kInfinite);
  KlRule<Logistic, Gamma>(infinite_kl, kInfinite);
  KlRule<Logistic, Chi2>(infinite_kl, kInfinite);
  KlRule<Logistic, InverseGamma>(infinite_kl, kInfinite);
  KlRule<Logistic, HalfNormal>(infinite_kl, kInfinite);
  KlRule<Logistic, HalfCauchy>(infinite_kl, kInfinite);
  KlRule<Logistic, LogNormal>(infinite_kl, kInfinite);
  KlRule<Logistic, Weibull>(infinite_kl, kInfinite);
  KlRule<Logistic, Pareto>(infinite_kl, kInfinite);
  KlRule<Logistic, Uniform>(infinite_kl, kInfinite);

  KlRule<Cauchy, Exponential>(infinite_kl, kInfinite);
  KlRule<Cauchy, Gamma>(infinite_kl, kInfinite);
  KlRule<Cauchy, Chi2>(infinite_kl, kInfinite);
  KlRule<Cauchy, InverseGamma>(infinite_kl, kInfinite);
  KlRule<Cauchy, HalfNormal>(infinite_kl, kInfinite);
  KlRule<Cauchy, HalfCauchy>(infinite_kl, kInfinite);
  KlRule<Cauchy, LogNormal>(infinite_kl, kInfinite);
  KlRule<Cauchy, Weibull>(infinite_kl, kInfinite);
  KlRule<Cauchy, Pareto>(infinite_kl, kInfinite);
  KlRule<Cauchy, Uniform>(infinite_kl, kInfinite);

  // From above a bound to a part of that.
  KlRule<Exponential, Pareto>(infinite_kl, kInfinite);
  KlRule<Exponential, Uniform>(infinite_kl, kInfinite);

  KlRule<Gamma, Pareto>(infinite_kl, kInfinite);
  KlRule<Gamma, Uniform>(infinite_kl, kInfinite);

  KlRule<Chi2, Pareto>(infinite_kl, kInfinite);
  KlRule<Chi2, Uniform>(infinite_kl, kInfinite);

  KlRule<InverseGamma, Pareto>(infinite_kl, kInfinite);
  KlRule<InverseGamma, Uniform>(infinite_kl, kInfinite);

  KlRule<HalfNormal, Pareto>(infinite_kl, kInfinite);
  KlRule<HalfNormal, Uniform>(infinite_kl, kInfinite);

  KlRule<HalfCauchy, Pareto>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Uniform>(infinite_kl, kInfinite);

  KlRule<LogNormal, Pareto>(infinite_kl, kInfinite);
  KlRule<LogNormal, Uniform>(infinite_kl, kInfinite);

  KlRule<Weibull, Pareto>(infinite_kl, kInfinite);
  KlRule<Weibull, Uniform>(infinite_kl, kInfinite);

  KlRule<Pareto, Uniform>(infinite_kl, kInfinite);

  // From more than [0, 1] to that.
  KlRule<Normal, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Laplace, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Gumbel, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Logistic, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Cauchy, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<StudentT, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<VonMises, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Exponential, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Gamma, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Chi2, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<InverseGamma, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<HalfNormal, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<LogNormal, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Weibull, ContinuousBernoulli>(infinite_kl, kInfinite);
  KlRule<Pareto, ContinuousBernoulli>(infinite_kl, kInfinite);

  KlRule<Normal, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Laplace, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Gumbel, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Logistic, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Cauchy, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<StudentT, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<VonMises, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Exponential, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Gamma, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Chi2, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<InverseGamma, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<HalfNormal, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<LogNormal, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Weibull, Kumaraswamy>(infinite_kl, kInfinite);
  KlRule<Pareto, Kumaraswamy>(infinite_kl, kInfinite);

  // From [0, 1] to what begins above 0.
  KlRule<ContinuousBernoulli, Pareto>(infinite_kl, kInfinite);
  KlRule<Kumaraswamy, Pareto>(infinite_kl, kInfinite);

  // Under q the mean distance from 0 is infinite, and log p falls by as much or more.
  KlRule<Cauchy, Normal>(infinite_kl, kInfinite);
  KlRule<Cauchy, Laplace>(infinite_kl, kInfinite);
  KlRule<Cauchy, Gumbel>(infinite_kl, kInfinite);
  KlRule<Cauchy, Logistic>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Normal>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Laplace>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, HalfNormal>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Exponential>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Gamma>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Gumbel>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Logistic>(infinite_kl, kInfinite);
  KlRule<HalfCauchy, Chi2>(infinite_kl, kInfinite);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
