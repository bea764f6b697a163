#include <evident/distributions/beta.hpp>
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
namespace {

template <class... D>
struct Types {};

// By where their outcomes lie.
using WholeLine = Types<Cauchy, Gumbel, Laplace, Logistic, Normal, StudentT>;
using HalfLine =
    Types<Chi2, Exponential, Gamma, HalfCauchy, HalfNormal, InverseGamma, LogNormal, Weibull>;
using AboveScale = Types<Pareto>;
using Bounded = Types<Uniform>;
using UnitInterval = Types<Beta, ContinuousBernoulli, Kumaraswamy>;

template <class Q, class... P>
void infinite_from(Types<P...>) {
  (KlRule<Q, P>(detail::infinite_kl, KlMethod::kInfinite), ...);
}
// Every q against every p.
template <class... Q, class P>
void infinite(Types<Q...>, P p) {
  (infinite_from<Q>(p), ...);
}

}  // namespace

void detail::add_infinite_kl() {
  // p excludes outcomes of q.
  infinite(WholeLine(), HalfLine());
  infinite(WholeLine(), AboveScale());
  infinite(WholeLine(), Bounded());
  infinite(WholeLine(), UnitInterval());
  infinite(HalfLine(), AboveScale());
  infinite(HalfLine(), Bounded());
  infinite(HalfLine(), UnitInterval());
  infinite(AboveScale(), Bounded());
  infinite(AboveScale(), UnitInterval());
  infinite(UnitInterval(), AboveScale());
  infinite(Types<VonMises>(), UnitInterval());

  // Near 0, where q's density is positive, log p falls like -1/x.
  infinite(Types<Exponential, HalfCauchy, HalfNormal>(), Types<InverseGamma>());
  // Under q the mean distance from 0 is infinite, and log p falls by as much or more.
  infinite(Types<Cauchy>(), Types<Gumbel, Laplace, Logistic, Normal>());
  infinite(Types<HalfCauchy>(),
           Types<Chi2, Exponential, Gamma, Gumbel, HalfNormal, Laplace, Logistic, Normal>());
  // To the left a Gumbel's log density falls like an exponential.
  infinite(Types<StudentT>(), Types<Gumbel>());
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
