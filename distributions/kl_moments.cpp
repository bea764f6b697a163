#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/weibull.hpp>

// Pairs of two families of positive numbers: p's log density is a sum of terms, powers and
// logarithms, whose means under q are known.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::deviance_of;
using detail::digamma_less_log;
using detail::entropy_of_log;
using detail::kEulerGamma;
using detail::kRootTwoOverPi;
using detail::kUnlimited;
using detail::lgamma_beside_deviance;
using detail::shape_divergence;
using parts::kHalfLogTwoPi;
using parts::kLn2;

// E log|Z| of a standard normal Z, of which E |Z| is sqrt(2/pi).
constexpr double kMeanLogOfHalf = -0.5 * (kEulerGamma + kLn2);
constexpr double kHalfLogHalfPi = kHalfLogTwoPi - kLn2;

// digamma(c + 1) - log c for c > 0; derivative trigamma(c + 1) - 1/c.
template <class X>
X digamma_above_log(const X& c) {
  return of_two<X>(c, 0.0, [](auto c, auto) {
    using L = decltype(c);
    const L far = stirling_error(Dual<L>::variable(c)).slope + 0.5 / c;
    return Partials<L>{where(c > 8.0, far, digamma(c + 1.0) - log(c)), trigamma(c + 1.0) - 1.0 / c,
                       L(0.0)};
  });
}

// Against a LogNormal: log X against a Normal, from the entropy, mean and deviation of log X.
template <class H, class M, class D, class L, class S>
auto log_against_normal(const H& entropy, const M& mean, const D& deviation, const L& loc,
                        const S& scale) {
  return kHalfLogTwoPi + log(scale) - entropy +
         0.5 * (square((mean - loc) / scale) + square(deviation / scale));
}

Var gamma_log_normal(const Var& shape, const Var& rate, const Var& loc, const Var& scale,
                     const char* name) {
  return elementwise(
      [](auto a, auto rate, auto loc, auto scale) {
        return log_against_normal(entropy_of_log(a), digamma_less_log(a) + log_ratio(a, rate),
                                  sqrt(trigamma(a)), loc, scale);
      },
      shape, rate, loc, scale, name);
}

// With p's mean m under q in units of p's rate, and s its scale: the deviance of a and m, and what
// a Normal of variance s^2 and one of 1/a differ by.
Var log_normal_gamma(const Var& loc, const Var& scale, const Var& shape, const Var& rate,
                     const char* name) {
  return elementwise(
      [](auto loc, auto scale, auto a, auto rate) {
        using M = Promoted<decltype(a), decltype(scale)>;
        const auto log_mean = loc + 0.5 * square(scale);
        return deviance_of(a, rate * exp(log_mean), log_mean + log(rate)) +
               0.5 * deviance_of(M(1.0), a * square(scale), log(a) + 2.0 * log(scale)) +
               stirling_error(a);
      },
      loc, scale, shape, rate, name);
}

// Against an InverseGamma(b, s): E 1/X = r / (a - 1), infinite for a <= 1. With m = s E 1/X it is
// b log(b/m) + m - b and b (digamma(a) - log(a - 1)), less the entropy of log X.
Var gamma_inverse_gamma(const Var& shape, const Var& rate, const Var& p_shape, const Var& p_rate,
                        const char* name) {
  return elementwise(
      [](auto a, auto rate, auto b, auto p_rate) {
        const auto finite = a > 1.0;
        const auto c = where(finite, a - 1.0, decltype(a)(1.0));
        const auto m = p_rate * (rate / c);
        const auto log_m = log(p_rate) + log_ratio(rate, c);
        const auto value = deviance_of(b, m, log_m) + b * digamma_above_log(c) +
                           lgamma_beside_deviance(b) - entropy_of_log(a);
        return where(finite, value, kUnlimited);
      },
      shape, rate, p_shape, p_rate, name);
}

// E (X/s)^k = Gamma(a + k) / Gamma(a) (r s)^-k.
Var gamma_weibull(const Var& shape, const Var& rate, const Weibull& p, const char* name) {
  return elementwise(
      [](auto a, auto rate, auto scale, auto k) {
        const auto of_log = k * (digamma_less_log(a) + (log_ratio(a, rate) - log(scale)));
        // log Gamma(a + k) - log Gamma(a) - k digamma(a), or without the last, which is large at 0.
        const auto large = a > 30.0;
        const auto up = a + k;
        const auto high = of_log + shape_divergence(a, up) + deviance(up, a);
        const auto low = lgamma(up) - lgamma(a) - k * (log(rate) + log(scale));
        return exp(where(large, high, low)) - of_log - log(k) - entropy_of_log(a);
      },
      shape, rate, p.scale(), p.concentration(), name);
}

// E X^2 = a (a + 1) / r^2.
Var gamma_half_normal(const Var& shape, const Var& rate, const HalfNormal& p, const char* name) {
  return elementwise(
      [](auto a, auto rate, auto scale) {
        const auto units = log(rate) + log(scale);
        return kHalfLogHalfPi + units - gamma_entropy(a) +
               0.5 * exp(log(a) + log1p(a) - 2.0 * units);
      },
      shape, rate, p.scale(), name);
}

Var half_normal_gamma(const HalfNormal& q, const Var& shape, const Var& rate, const char* name) {
  return elementwise(
      [](auto scale, auto a, auto rate) {
        const auto m = kRootTwoOverPi * (rate * scale);
        const auto log_m = log(rate) + log(scale) - kHalfLogHalfPi;
        return deviance_of(a, m, log_m) + lgamma_beside_deviance(a) -
               a * (kHalfLogHalfPi + kMeanLogOfHalf) + (kMeanLogOfHalf - 0.5 - kHalfLogHalfPi);
      },
      q.scale(), shape, rate, name);
}

}  // namespace

void detail::add_moment_kl() {
  KlRule<Gamma, LogNormal>([](const Gamma& q, const LogNormal& p) {
    return gamma_log_normal(q.concentration(), q.rate(), p.loc(), p.scale(),
                            "kl(Gamma, LogNormal)");
  });
  KlRule<Exponential, LogNormal>([](const Exponential& q, const LogNormal& p) {
    return gamma_log_normal(1, q.rate(), p.loc(), p.scale(), "kl(Exponential, LogNormal)");
  });
  KlRule<Chi2, LogNormal>([](const Chi2& q, const LogNormal& p) { return kl(q.gamma(), p); });
  // That of the reciprocals, here and wherever an InverseGamma is q or p of a LogNormal.
  KlRule<InverseGamma, LogNormal>([](const InverseGamma& q, const LogNormal& p) {
    return gamma_log_normal(q.concentration(), q.rate(), -p.loc(), p.scale(),
                            "kl(InverseGamma, LogNormal)");
  });
  // -log X is a Gumbel of scale 1/k.
  KlRule<Weibull, LogNormal>([](const Weibull& q, const LogNormal& p) {
    return elementwise(
        [](auto q_scale, auto k, auto loc, auto scale) {
          constexpr double kDeviation = 1.28254983016186409554403635967;  // pi / sqrt(6)
          return log_against_normal(1.0 + kEulerGamma - log(k), log(q_scale) - kEulerGamma / k,
                                    kDeviation / k, loc, scale);
        },
        q.scale(), q.concentration(), p.loc(), p.scale(), "kl(Weibull, LogNormal)");
  });
  // log X is an Exponential of rate alpha, moved by log scale.
  KlRule<Pareto, LogNormal>([](const Pareto& q, const LogNormal& p) {
    return elementwise(
        [](auto q_scale, auto alpha, auto loc, auto scale) {
          const auto mean = 1.0 / alpha;
          return log_against_normal(1.0 - log(alpha), log(q_scale) + mean, mean, loc, scale);
        },
        q.scale(), q.alpha(), p.loc(), p.scale(), "kl(Pareto, LogNormal)");
  });
  KlRule<HalfNormal, LogNormal>([](const HalfNormal& q, const LogNormal& p) {
    return elementwise(
        [](auto q_scale, auto loc, auto scale) {
          constexpr double kDeviation = 1.11072073453959156175397024752;  // pi / sqrt(8)
          return log_against_normal(kHalfLogHalfPi + 0.5 - kMeanLogOfHalf,
                                    log(q_scale) + kMeanLogOfHalf, kDeviation, loc, scale);
        },
        q.scale(), p.loc(), p.scale(), "kl(HalfNormal, LogNormal)");
  });

  KlRule<LogNormal, Gamma>([](const LogNormal& q, const Gamma& p) {
    return log_normal_gamma(q.loc(), q.scale(), p.concentration(), p.rate(),
                            "kl(LogNormal, Gamma)");
  });
  KlRule<LogNormal, Exponential>([](const LogNormal& q, const Exponential& p) {
    return log_normal_gamma(q.loc(), q.scale(), 1, p.rate(), "kl(LogNormal, Exponential)");
  });
  KlRule<LogNormal, Chi2>([](const LogNormal& q, const Chi2& p) { return kl(q, p.gamma()); });
  KlRule<LogNormal, InverseGamma>([](const LogNormal& q, const InverseGamma& p) {
    return log_normal_gamma(-q.loc(), q.scale(), p.concentration(), p.rate(),
                            "kl(LogNormal, InverseGamma)");
  });
  // E (X/s)^k = e^(k (m - log s) + k^2 v/2) for the mean m and variance v of log X.
  KlRule<LogNormal, Weibull>([](const LogNormal& q, const Weibull& p) {
    return elementwise(
        [](auto loc, auto scale, auto p_scale, auto k) {
          const auto apart = k * (loc - log(p_scale));
          return exp(apart + 0.5 * square(k * scale)) - apart - log(k) - log(scale) -
                 (kHalfLogTwoPi + 0.5);
        },
        q.loc(), q.scale(), p.scale(), p.concentration(), "kl(LogNormal, Weibull)");
  });

  KlRule<Gamma, InverseGamma>([](const Gamma& q, const InverseGamma& p) {
    return gamma_inverse_gamma(q.concentration(), q.rate(), p.concentration(), p.rate(),
                               "kl(Gamma, InverseGamma)");
  });
  KlRule<Chi2, InverseGamma>([](const Chi2& q, const InverseGamma& p) { return kl(q.gamma(), p); });
  // Those of the reciprocals.
  KlRule<InverseGamma, Gamma>([](const InverseGamma& q, const Gamma& p) {
    return gamma_inverse_gamma(q.concentration(), q.rate(), p.concentration(), p.rate(),
                               "kl(InverseGamma, Gamma)");
  });
  KlRule<InverseGamma, Exponential>([](const InverseGamma& q, const Exponential& p) {
    return gamma_inverse_gamma(q.concentration(), q.rate(), 1, p.rate(),
                               "kl(InverseGamma, Exponential)");
  });
  KlRule<InverseGamma, Chi2>([](const InverseGamma& q, const Chi2& p) { return kl(q, p.gamma()); });

  KlRule<Gamma, Weibull>([](const Gamma& q, const Weibull& p) {
    return gamma_weibull(q.concentration(), q.rate(), p, "kl(Gamma, Weibull)");
  });
  KlRule<Chi2, Weibull>([](const Chi2& q, const Weibull& p) { return kl(q.gamma(), p); });
  KlRule<Gamma, HalfNormal>([](const Gamma& q, const HalfNormal& p) {
    return gamma_half_normal(q.concentration(), q.rate(), p, "kl(Gamma, HalfNormal)");
  });
  KlRule<Exponential, HalfNormal>([](const Exponential& q, const HalfNormal& p) {
    return gamma_half_normal(1, q.rate(), p, "kl(Exponential, HalfNormal)");
  });
  KlRule<Chi2, HalfNormal>([](const Chi2& q, const HalfNormal& p) { return kl(q.gamma(), p); });

  KlRule<HalfNormal, Gamma>([](const HalfNormal& q, const Gamma& p) {
    return half_normal_gamma(q, p.concentration(), p.rate(), "kl(HalfNormal, Gamma)");
  });
  KlRule<HalfNormal, Exponential>([](const HalfNormal& q, const Exponential& p) {
    return half_normal_gamma(q, 1, p.rate(), "kl(HalfNormal, Exponential)");
  });
  KlRule<HalfNormal, Chi2>([](const HalfNormal& q, const Chi2& p) { return kl(q, p.gamma()); });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
