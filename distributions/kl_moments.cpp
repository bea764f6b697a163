#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/weibull.hpp>
#include <evident/distributions/whole_numbers.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>

// Pairs of two families: p's log density is a sum of terms whose means under q are known.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::excess_over_log;
using detail::kEulerGamma;
using detail::kHalfLogTwoPiE;
using detail::kRootTwoOverPi;
using detail::kUnlimited;
using parts::kHalfLogTwoPi;
using parts::kLn2;

constexpr double kSixthOfPiSquared = 1.64493406684822643647241516665;
constexpr double kMeanLogHalfNormal = -0.5 * (kEulerGamma + kLn2);  // of scale 1

// Against LogNormal(loc, scale): log X against Normal(loc, scale), from the entropy, mean and
// variance of log X.
template <class H, class M, class V, class L, class S>
auto against_log_normal(const H& entropy, const M& mean, const V& variance, const L& loc,
                        const S& scale) {
  const auto apart = (mean - loc) / scale;
  return kHalfLogTwoPi + log(scale) - entropy + 0.5 * (apart * apart + variance / scale / scale);
}

Var gamma_against_log_normal(const Var& shape, const Var& rate, const Var& loc, const Var& scale,
                             const char* name) {
  return elementwise(
      [](auto a, auto rate, auto loc, auto scale) {
        const auto psi = digamma(a);
        return against_log_normal(gamma_entropy(a) - psi, psi - log(rate), trigamma(a), loc, scale);
      },
      shape, rate, loc, scale, name);
}

// With w = rate E X it is a log(a/w) + w - a, what Stirling's formula lacks of log Gamma(a), and
// the divergence of a scale, which the logarithm of a Gamma has about 1/sqrt(a) of: no term is
// large where the two are alike.
Var log_normal_against_gamma(const Var& loc, const Var& scale, const Var& shape, const Var& rate,
                             const char* name) {
  return elementwise(
      [](auto loc, auto scale, auto a, auto rate) {
        const auto mean = exp(loc + log(rate) + 0.5 * square(scale));
        return deviance(a, mean) + stirling_error(a) + 0.5 * excess_over_log(a * square(scale));
      },
      loc, scale, shape, rate, name);
}

// psi(a) - log(a - 1) for a > 1.
template <class A, class R = Promoted<A, A>>
R mean_log_over_mode(const A& shape) {
  return of_two<R>(shape, 0.0, [](auto a, auto) {
    using L = decltype(a);
    const L value = stirling_error(Dual<L>::variable(a)).slope - 0.5 / a - log1p(-1.0 / a);
    return Partials<L>{value, trigamma(a) - 1.0 / (a - 1.0), L(0.0)};
  });
}

// With w = p_rate E 1/X, infinite for a <= 1, b log(b/w) + w - b, and what is left of it.
Var gamma_against_inverse_gamma(const Var& shape, const Var& rate, const Var& p_shape,
                                const Var& p_rate, const char* name) {
  return elementwise(
      [](auto shape, auto rate, auto b, auto p_rate) {
        const auto exists = shape > 1.0;
        const auto a = where(exists, shape, 2.0);
        const auto of_p = deviance(b, rate / (a - 1.0) * p_rate) + stirling_error(b) -
                          0.5 * log(b) + b * mean_log_over_mode(a);
        return where(exists, digamma(a) - gamma_entropy(a) + kHalfLogTwoPi + of_p, kUnlimited);
      },
      shape, rate, p_shape, p_rate, name);
}

Var gamma_against_weibull(const Var& shape, const Var& rate, const Weibull& p, const char* name) {
  return elementwise(
      [](auto a, auto rate, auto scale, auto k) {
        const auto units = log(rate) + log(scale);
        return digamma(a) - gamma_entropy(a) - log(k) - k * (digamma(a) - units) +
               exp(lgamma(k) - lbeta(a, k) - k * units);
      },
      shape, rate, p.scale(), p.concentration(), name);
}

Var gamma_against_half_normal(const Var& shape, const Var& rate, const HalfNormal& p,
                              const char* name) {
  return elementwise(
      [](auto a, auto rate, auto scale) {
        const auto units = log(rate) + log(scale);
        return kHalfLogTwoPi - kLn2 + units - gamma_entropy(a) +
               0.5 * exp(log(a) + log1p(a) - 2.0 * units);
      },
      shape, rate, p.scale(), name);
}

Var half_normal_against_gamma(const Var& scale, const Var& shape, const Var& rate,
                              const char* name) {
  return elementwise(
      [](auto scale, auto a, auto rate) {
        const auto units = log(scale) + log(rate);
        return lgamma(a) - kHalfLogTwoPiE + kLn2 - kMeanLogHalfNormal * (a - 1.0) - a * units +
               kRootTwoOverPi * exp(units);
      },
      scale, shape, rate, name);
}

// log p(k) = log p + k log(1 - p).
template <class Q>
void against_geometric(const char* name) {
  KlRule<Q, Geometric>([name](const Q& q, const Geometric& p) {
    return elementwise(
        [](auto entropy, auto mean, auto p) { return -(entropy + log(p) + xlog1py(mean, -p)); },
        q.entropy(), q.mean(), p.probs(), name);
  });
}

// log P(X = 0) = log(gate + (1 - gate) e^-rate).
template <class G, class M, class R = Promoted<G, M>>
R log_zero(const G& gate, const M& rate) {
  return of_two<R>(gate, rate, [](auto gate, auto rate) {
    using L = decltype(gate);
    const L of_count = log1p(-gate) - rate;
    const L value = logaddexp(log(gate), of_count);
    return Partials<L>{value, exp(log(-expm1(-rate)) - value), -exp(of_count - value)};
  });
}

// P(X = 0).
template <class G, class M>
auto zero_of(const G& gate, const M& rate) {
  return gate + (1.0 - gate) * exp(-rate);
}

// Zeros against zeros, and the counts above. Those are what Poisson counts differ by, but for 0.
Var between_gated(const Var& q_gate, const Var& q_rate, const Var& p_gate, const Var& p_rate,
                  const char* name) {
  return elementwise(
      [](auto q_gate, auto q_rate, auto p_gate, auto p_rate) {
        using counting::value_of;
        using R = decltype(q_gate + q_rate + p_gate + p_rate);
        // Without counts above 0 nothing is asked of them.
        const auto all_zero = q_gate == 1.0 || q_rate == 0.0;
        const auto gate = where(all_zero, 0.5, q_gate), rate = where(all_zero, 1.0, q_rate);
        const auto apart =
            log_zero(value_of(gate), value_of(rate)) - log_zero(value_of(p_gate), value_of(p_rate));
        // Either may be too small for a number, and its logarithm is not.
        const R of_zero =
            of_two<R>(zero_of(gate, rate), zero_of(p_gate, p_rate), [apart](auto q, auto) {
              using L = decltype(q);
              return Partials<L>{where(q == 0.0, L(0.0), q * apart), apart + 1.0, -exp(apart)};
            });
        const auto open = 1.0 - gate;
        const auto of_gates = open * -expm1(-rate) * (log1p(-gate) - log1p(-p_gate));
        const auto of_rates = open * (deviance(rate, p_rate) + exp(-rate) * (rate - p_rate));
        return where(all_zero, -log_zero(p_gate, p_rate), of_zero + of_gates + of_rates);
      },
      q_gate, q_rate, p_gate, p_rate, name);
}

}  // namespace

void detail::add_moment_kl() {
  KlRule<Gamma, LogNormal>([](const Gamma& q, const LogNormal& p) {
    return gamma_against_log_normal(q.concentration(), q.rate(), p.loc(), p.scale(),
                                    "kl(Gamma, LogNormal)");
  });
  KlRule<Exponential, LogNormal>([](const Exponential& q, const LogNormal& p) {
    return gamma_against_log_normal(1, q.rate(), p.loc(), p.scale(), "kl(Exponential, LogNormal)");
  });
  KlRule<Chi2, LogNormal>([](const Chi2& q, const LogNormal& p) { return kl(q.gamma(), p); });
  // That of the reciprocals.
  KlRule<InverseGamma, LogNormal>([](const InverseGamma& q, const LogNormal& p) {
    return gamma_against_log_normal(q.concentration(), q.rate(), -p.loc(), p.scale(),
                                    "kl(InverseGamma, LogNormal)");
  });
  KlRule<Weibull, LogNormal>([](const Weibull& q, const LogNormal& p) {
    return elementwise(
        [](auto scale, auto k, auto loc, auto p_scale) {
          return against_log_normal(1.0 + kEulerGamma - log(k), log(scale) - kEulerGamma / k,
                                    kSixthOfPiSquared / k / k, loc, p_scale);
        },
        q.scale(), q.concentration(), p.loc(), p.scale(), "kl(Weibull, LogNormal)");
  });
  KlRule<Pareto, LogNormal>([](const Pareto& q, const LogNormal& p) {
    return elementwise(
        [](auto scale, auto alpha, auto loc, auto p_scale) {
          return against_log_normal(1.0 - log(alpha), log(scale) + 1.0 / alpha, 1.0 / alpha / alpha,
                                    loc, p_scale);
        },
        q.scale(), q.alpha(), p.loc(), p.scale(), "kl(Pareto, LogNormal)");
  });
  KlRule<HalfNormal, LogNormal>([](const HalfNormal& q, const LogNormal& p) {
    return elementwise(
        [](auto scale, auto loc, auto p_scale) {
          return against_log_normal(kHalfLogTwoPiE - kLn2 - kMeanLogHalfNormal,
                                    log(scale) + kMeanLogHalfNormal, 0.75 * kSixthOfPiSquared, loc,
                                    p_scale);
        },
        q.scale(), p.loc(), p.scale(), "kl(HalfNormal, LogNormal)");
  });

  KlRule<LogNormal, Gamma>([](const LogNormal& q, const Gamma& p) {
    return log_normal_against_gamma(q.loc(), q.scale(), p.concentration(), p.rate(),
                                    "kl(LogNormal, Gamma)");
  });
  KlRule<LogNormal, Exponential>([](const LogNormal& q, const Exponential& p) {
    return log_normal_against_gamma(q.loc(), q.scale(), 1, p.rate(), "kl(LogNormal, Exponential)");
  });
  KlRule<LogNormal, Chi2>([](const LogNormal& q, const Chi2& p) { return kl(q, p.gamma()); });
  KlRule<LogNormal, InverseGamma>([](const LogNormal& q, const InverseGamma& p) {
    return log_normal_against_gamma(-q.loc(), q.scale(), p.concentration(), p.rate(),
                                    "kl(LogNormal, InverseGamma)");
  });
  KlRule<LogNormal, Weibull>([](const LogNormal& q, const Weibull& p) {
    return elementwise(
        [](auto loc, auto scale, auto p_scale, auto k) {
          const auto units = k * (loc - log(p_scale));
          return -log(scale) - kHalfLogTwoPiE - log(k) - units +
                 exp(units + 0.5 * square(k * scale));
        },
        q.loc(), q.scale(), p.scale(), p.concentration(), "kl(LogNormal, Weibull)");
  });

  KlRule<Gamma, InverseGamma>([](const Gamma& q, const InverseGamma& p) {
    return gamma_against_inverse_gamma(q.concentration(), q.rate(), p.concentration(), p.rate(),
                                       "kl(Gamma, InverseGamma)");
  });
  KlRule<Chi2, InverseGamma>([](const Chi2& q, const InverseGamma& p) { return kl(q.gamma(), p); });
  KlRule<InverseGamma, Gamma>([](const InverseGamma& q, const Gamma& p) {
    return gamma_against_inverse_gamma(q.concentration(), q.rate(), p.concentration(), p.rate(),
                                       "kl(InverseGamma, Gamma)");
  });
  KlRule<InverseGamma, Exponential>([](const InverseGamma& q, const Exponential& p) {
    return gamma_against_inverse_gamma(q.concentration(), q.rate(), 1, p.rate(),
                                       "kl(InverseGamma, Exponential)");
  });
  KlRule<InverseGamma, Chi2>([](const InverseGamma& q, const Chi2& p) { return kl(q, p.gamma()); });

  KlRule<Gamma, Weibull>([](const Gamma& q, const Weibull& p) {
    return gamma_against_weibull(q.concentration(), q.rate(), p, "kl(Gamma, Weibull)");
  });
  KlRule<Chi2, Weibull>([](const Chi2& q, const Weibull& p) { return kl(q.gamma(), p); });
  KlRule<Gamma, HalfNormal>([](const Gamma& q, const HalfNormal& p) {
    return gamma_against_half_normal(q.concentration(), q.rate(), p, "kl(Gamma, HalfNormal)");
  });
  KlRule<Exponential, HalfNormal>([](const Exponential& q, const HalfNormal& p) {
    return gamma_against_half_normal(1, q.rate(), p, "kl(Exponential, HalfNormal)");
  });
  KlRule<Chi2, HalfNormal>([](const Chi2& q, const HalfNormal& p) { return kl(q.gamma(), p); });
  KlRule<HalfNormal, Gamma>([](const HalfNormal& q, const Gamma& p) {
    return half_normal_against_gamma(q.scale(), p.concentration(), p.rate(),
                                     "kl(HalfNormal, Gamma)");
  });
  KlRule<HalfNormal, Exponential>([](const HalfNormal& q, const Exponential& p) {
    return half_normal_against_gamma(q.scale(), 1, p.rate(), "kl(HalfNormal, Exponential)");
  });
  KlRule<HalfNormal, Chi2>([](const HalfNormal& q, const Chi2& p) { return kl(q, p.gamma()); });

  against_geometric<Bernoulli>("kl(Bernoulli, Geometric)");
  against_geometric<Binomial>("kl(Binomial, Geometric)");
  against_geometric<NegativeBinomial>("kl(NegativeBinomial, Geometric)");
  against_geometric<Poisson>("kl(Poisson, Geometric)");
  against_geometric<ZeroInflatedPoisson>("kl(ZeroInflatedPoisson, Geometric)");

  KlRule<ZeroInflatedPoisson, ZeroInflatedPoisson>(
      [](const ZeroInflatedPoisson& q, const ZeroInflatedPoisson& p) {
        return between_gated(q.gate(), q.rate(), p.gate(), p.rate(),
                             "kl(ZeroInflatedPoisson, ZeroInflatedPoisson)");
      });
  KlRule<ZeroInflatedPoisson, Poisson>([](const ZeroInflatedPoisson& q, const Poisson& p) {
    return between_gated(q.gate(), q.rate(), 0, p.rate(), "kl(ZeroInflatedPoisson, Poisson)");
  });
  KlRule<Poisson, ZeroInflatedPoisson>([](const Poisson& q, const ZeroInflatedPoisson& p) {
    return between_gated(0, q.rate(), p.gate(), p.rate(), "kl(Poisson, ZeroInflatedPoisson)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
