#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/kl_moment_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/weibull.hpp>

// Logistic and HalfCauchy against others, and Chi2 as the Gamma that it is.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::beside_power;
using detail::kNothingLeft;
using detail::kUnlimited;
using detail::no_more_than;
using detail::normal_divergence;
using detail::vanishing_exp;
using parts::kLn2;
using parts::kPi;

}  // namespace

void detail::add_heavy_tail_kl() {
  KlRule<Chi2, Laplace>([](const Chi2& q, const Laplace& p) { return kl(q.gamma(), p); });
  KlRule<Weibull, Chi2>([](const Weibull& q, const Chi2& p) { return kl(q, p.gamma()); });

  // E|X - m| = d + 2 s log(1 + e^(-d/s)) with the distance d of the two locs and q's scale s.
  KlRule<Logistic, Laplace>([](const Logistic& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto apart = abs(q_loc - p_loc);
          const auto z = no_more_than(kNothingLeft, apart / q_scale);
          const auto distance = apart + 2.0 * q_scale * softplus(-z);
          return distance / p_scale + log_ratio(p_scale, q_scale) + (kLn2 - 2.0);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Logistic, Laplace)");
  });
  // With r = s/b, E e^-(X - m)/b = e^-(loc - m)/b pi r / sin(pi r), infinite for r >= 1.
  KlRule<Logistic, Gumbel>([](const Logistic& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto finite = q_scale < p_scale;
          const auto ratio = where(finite, q_scale / p_scale, 0.5);
          const auto short_of_1 = where(finite, (p_scale - q_scale) / p_scale, 0.5);
          const auto sine = sin(kPi * where(ratio < 0.5, ratio, short_of_1));
          const auto z = (q_loc - p_loc) / p_scale;
          const auto value = beside_power(z + log_ratio(p_scale, q_scale) - 2.0,
                                          vanishing_exp(-z) * (kPi * ratio / sine));
          return where(finite, value, kUnlimited);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Logistic, Gumbel)");
  });

  // log X has the mean log s, the deviation pi/2 and the entropy log(2 pi).
  KlRule<HalfCauchy, LogNormal>([](const HalfCauchy& q, const LogNormal& p) {
    return elementwise(
        [](auto s, auto loc, auto scale) {
          return normal_divergence(parts::kLogTwoPi, (log(s) - loc) / scale, 0.5 * kPi / scale,
                                   scale);
        },
        q.scale(), p.loc(), p.scale(), "kl(HalfCauchy, LogNormal)");
  });
  // E (X/s)^k = 1 / cos(pi k/2), infinite for k >= 1.
  KlRule<HalfCauchy, Weibull>([](const HalfCauchy& q, const Weibull& p) {
    return elementwise(
        [](auto s, auto scale, auto k) {
          const auto finite = k < 1.0;
          const auto short_of_1 = where(finite, 1.0 - k, 0.5);
          const auto apart = k * log_ratio(s, scale);
          const auto value = beside_power(-apart - log(k) - parts::kLogTwoPi,
                                          vanishing_exp(apart) / sin(0.5 * kPi * short_of_1));
          return where(finite, value, kUnlimited);
        },
        q.scale(), p.scale(), p.concentration(), "kl(HalfCauchy, Weibull)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
