#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using parts::kHalfLogTwoPi;

// log(s_p / s_q) and the quadratic form (Kingma and Welling 2014, appendix B, for p = N(0, 1)).
template <class Q, class P>
Var between_normals(const Q& q, const P& p, const char* name) {
  return elementwise(
      [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
        const auto ratio = q_scale / p_scale;
        return 0.5 * (square(ratio) + square((q_loc - p_loc) / p_scale) - 1.0) +
               log_ratio(p_scale, q_scale);
      },
      q.loc(), q.scale(), p.loc(), p.scale(), name);
}

// The entropy of q and two moments are all that a Normal asks of it.
Var to_normal(const Distribution& q, const Normal& p, const char* name) {
  return elementwise(
      [](auto mean, auto variance, auto entropy, auto loc, auto scale) {
        // Where a moment is infinite its slope is 0 times an infinite one.
        const auto finite = variance < kUnlimited && abs(mean) < kUnlimited;
        const auto spread = variance / scale / scale + square((mean - loc) / scale);
        return where(finite, 0.5 * spread + log(scale) + kHalfLogTwoPi - entropy, kUnlimited);
      },
      q.mean(), q.variance(), q.entropy(), p.loc(), p.scale(), name);
}

// log p is a parabola of curvature -1/scale^2: in the mean it follows from its value at q's mode
// and from q's first two moments about that, of which none is large in a tail.
Var to_truncated_normal(const TruncatedNormal& q, const TruncatedNormal& p) {
  const Var mode = q.mode(), shift = q.mean_above_mode();
  const Var slope = (mode - p.loc()) / p.scale() / p.scale();
  const Var spread = (q.variance() + square(shift)) / p.scale() / p.scale();
  return detail::where_nested(slope * shift + 0.5 * spread - p.log_prob(mode) - q.entropy(),
                              q.low(), q.high(), p.low(), p.high(),
                              "kl(TruncatedNormal, TruncatedNormal)");
}

}  // namespace

void detail::add_normal_kl() {
  KlRule<Normal, Normal>(
      [](const Normal& q, const Normal& p) { return between_normals(q, p, "kl(Normal, Normal)"); });
  KlRule<LogNormal, LogNormal>([](const LogNormal& q, const LogNormal& p) {
    return between_normals(q, p, "kl(LogNormal, LogNormal)");
  });
  KlRule<HalfNormal, HalfNormal>([](const HalfNormal& q, const HalfNormal& p) {
    return elementwise(
        [](auto q_scale, auto p_scale) {
          const auto ratio = q_scale / p_scale;
          return 0.5 * (square(ratio) - 1.0) + log_ratio(p_scale, q_scale);
        },
        q.scale(), p.scale(), "kl(HalfNormal, HalfNormal)");
  });

  KlRule<TruncatedNormal, TruncatedNormal>{to_truncated_normal};
  KlRule<TruncatedNormal, Normal>([](const TruncatedNormal& q, const Normal& p) {
    return to_normal(q, p, "kl(TruncatedNormal, Normal)");
  });

  KlRule<Chi2, Normal>(
      [](const Chi2& q, const Normal& p) { return to_normal(q, p, "kl(Chi2, Normal)"); });
  KlRule<HalfNormal, Normal>([](const HalfNormal& q, const Normal& p) {
    return to_normal(q, p, "kl(HalfNormal, Normal)");
  });
  KlRule<InverseGamma, Normal>([](const InverseGamma& q, const Normal& p) {
    return to_normal(q, p, "kl(InverseGamma, Normal)");
  });
  KlRule<Logistic, Normal>(
      [](const Logistic& q, const Normal& p) { return to_normal(q, p, "kl(Logistic, Normal)"); });
  KlRule<LogNormal, Normal>(
      [](const LogNormal& q, const Normal& p) { return to_normal(q, p, "kl(LogNormal, Normal)"); });
  KlRule<Weibull, Normal>(
      [](const Weibull& q, const Normal& p) { return to_normal(q, p, "kl(Weibull, Normal)"); });
  KlRule<Beta, Normal>(
      [](const Beta& q, const Normal& p) { return to_normal(q, p, "kl(Beta, Normal)"); });
  KlRule<ContinuousBernoulli, Normal>([](const ContinuousBernoulli& q, const Normal& p) {
    return to_normal(q, p, "kl(ContinuousBernoulli, Normal)");
  });
  KlRule<Exponential, Normal>([](const Exponential& q, const Normal& p) {
    return to_normal(q, p, "kl(Exponential, Normal)");
  });
  KlRule<Gamma, Normal>(
      [](const Gamma& q, const Normal& p) { return to_normal(q, p, "kl(Gamma, Normal)"); });
  KlRule<Gumbel, Normal>(
      [](const Gumbel& q, const Normal& p) { return to_normal(q, p, "kl(Gumbel, Normal)"); });
  KlRule<Kumaraswamy, Normal>([](const Kumaraswamy& q, const Normal& p) {
    return to_normal(q, p, "kl(Kumaraswamy, Normal)");
  });
  KlRule<Laplace, Normal>(
      [](const Laplace& q, const Normal& p) { return to_normal(q, p, "kl(Laplace, Normal)"); });
  KlRule<Pareto, Normal>(
      [](const Pareto& q, const Normal& p) { return to_normal(q, p, "kl(Pareto, Normal)"); });
  // The variance scale^2 df/(df - 2) is infinite for df <= 2.
  KlRule<StudentT, Normal>([](const StudentT& q, const Normal& p) {
    return elementwise(
        [](auto df, auto q_loc, auto q_scale, auto entropy, auto loc, auto scale) {
          const auto finite = df > 2.0;
          const auto ratio = q_scale / scale;
          const auto spread =
              square(ratio) * (df / where(finite, df - 2.0, 1.0)) + square((q_loc - loc) / scale);
          return where(finite, 0.5 * spread + log(scale) + kHalfLogTwoPi - entropy, kUnlimited);
        },
        q.df(), q.loc(), q.scale(), q.entropy(), p.loc(), p.scale(), "kl(StudentT, Normal)");
  });
  KlRule<Uniform, Normal>(
      [](const Uniform& q, const Normal& p) { return to_normal(q, p, "kl(Uniform, Normal)"); });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
