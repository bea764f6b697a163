#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/lgamma_curvature.hpp>
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
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using detail::normal_divergence;
using parts::kPi;

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

// The root of a variance in [0, 1/4], which may vanish.
Var deviation_of(const Distribution& q) {
  return elementwise([](auto variance) { return where(variance > 0.0, sqrt(variance), 0.0); },
                     q.variance(), "kl(..., Normal)");
}
// Others, whose variances may overflow.
Var deviation_of(const Gumbel& q) { return kPi / std::sqrt(6.0) * q.scale(); }
Var deviation_of(const HalfNormal& q) { return std::sqrt(1.0 - 2.0 / kPi) * q.scale(); }
Var deviation_of(const Laplace& q) { return std::sqrt(2.0) * q.scale(); }
Var deviation_of(const Logistic& q) { return kPi / std::sqrt(3.0) * q.scale(); }
Var deviation_of(const Uniform& q) { return (q.high() - q.low()) / std::sqrt(12.0); }
Var deviation_of(const InverseGamma& q) {
  return elementwise(
      [](auto a, auto rate) {
        const auto finite = a > 2.0;
        const auto above = where(finite, a - 2.0, 1.0);
        return where(finite, rate / (above + 1.0) / sqrt(above), kUnlimited);
      },
      q.concentration(), q.rate(), "kl(InverseGamma, Normal)");
}
Var deviation_of(const LogNormal& q) {
  return elementwise(
      [](auto loc, auto scale) {
        // The root of (e^v - 1) e^(2 loc + v), with the variance v of log X, as one exponential.
        const auto v = square(scale);
        return exp(loc + v + where(scale < 1e-9, log(scale), 0.5 * log1mexp(-v)));
      },
      q.loc(), q.scale(), "kl(LogNormal, Normal)");
}
Var deviation_of(const Pareto& q) {
  return elementwise(
      [](auto scale, auto alpha) {
        const auto finite = alpha > 2.0;
        const auto a = where(finite, alpha, 3.0);
        return where(finite, scale / (a - 1.0) * sqrt(a / (a - 2.0)), kUnlimited);
      },
      q.scale(), q.alpha(), "kl(Pareto, Normal)");
}
Var deviation_of(const StudentT& q) {
  return elementwise(
      [](auto df, auto scale) {
        const auto finite = df > 2.0;
        return where(finite, scale * sqrt(df / where(finite, df - 2.0, 1.0)), kUnlimited);
      },
      q.df(), q.scale(), "kl(StudentT, Normal)");
}
Var deviation_of(const Weibull& q) {
  return elementwise(
      [](auto mean, auto k) {
        const auto relative = expm1(lgamma_curvature(1.0, 1.0 / k));
        return mean * where(relative > 0.0, sqrt(relative), 0.0);
      },
      q.mean(), q.concentration(), "kl(Weibull, Normal)");
}

// The entropy of q and two moments are all that a Normal asks of it.
Var moments_to_normal(const Var& mean, const Var& deviation, const Var& entropy, const Normal& p,
                      const char* name) {
  return elementwise(
      [](auto mean, auto deviation, auto entropy, auto loc, auto scale) {
        return normal_divergence(entropy, (mean - loc) / scale, deviation / scale, scale);
      },
      mean, deviation, entropy, p.loc(), p.scale(), name);
}
template <class Q>
Var to_normal(const Q& q, const Normal& p, const char* name) {
  return moments_to_normal(q.mean(), deviation_of(q), q.entropy(), p, name);
}

// In units of p's scale, for the slopes of the mean a/r may be out of range.
Var gamma_normal(const Var& shape, const Var& rate, const Var& entropy, const Normal& p,
                 const char* name) {
  return elementwise(
      [](auto shape, auto rate, auto entropy, auto loc, auto scale) {
        const auto unit = 1.0 / (rate * scale);
        return normal_divergence(entropy, shape * unit - loc / scale, sqrt(shape) * unit, scale);
      },
      shape, rate, entropy, p.loc(), p.scale(), name);
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

  KlRule<Chi2, Normal>([](const Chi2& q, const Normal& p) { return kl(q.gamma(), p); });
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
    return gamma_normal(1, q.rate(), q.entropy(), p, "kl(Exponential, Normal)");
  });
  KlRule<Gamma, Normal>([](const Gamma& q, const Normal& p) {
    return gamma_normal(q.concentration(), q.rate(), q.entropy(), p, "kl(Gamma, Normal)");
  });
  KlRule<Gumbel, Normal>(
      [](const Gumbel& q, const Normal& p) { return to_normal(q, p, "kl(Gumbel, Normal)"); });
  KlRule<Kumaraswamy, Normal>([](const Kumaraswamy& q, const Normal& p) {
    return to_normal(q, p, "kl(Kumaraswamy, Normal)");
  });
  KlRule<Laplace, Normal>(
      [](const Laplace& q, const Normal& p) { return to_normal(q, p, "kl(Laplace, Normal)"); });
  KlRule<Pareto, Normal>(
      [](const Pareto& q, const Normal& p) { return to_normal(q, p, "kl(Pareto, Normal)"); });
  // Its loc, for the mean may not exist.
  KlRule<StudentT, Normal>([](const StudentT& q, const Normal& p) {
    return moments_to_normal(q.loc(), deviation_of(q), q.entropy(), p, "kl(StudentT, Normal)");
  });
  KlRule<Uniform, Normal>(
      [](const Uniform& q, const Normal& p) { return to_normal(q, p, "kl(Uniform, Normal)"); });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
