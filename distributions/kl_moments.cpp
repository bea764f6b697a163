#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_moment_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/weibull.hpp>

// Pairs of two families of positive numbers: p's log density is a sum of terms, powers and
// logarithms, whose means under q are known.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::beside_power;
using detail::deviance_of;
using detail::digamma_less_log;
using detail::entropy_of_log;
using detail::kEulerGamma;
using detail::kRootTwoOverPi;
using detail::kUnlimited;
using detail::lgamma_beside_deviance;
using detail::log_gamma_about;
using detail::log_gamma_gap;
using detail::log_gamma_rise;
using detail::normal_divergence;
using detail::vanishing_exp;
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

Var gamma_log_normal(const Var& shape, const Var& rate, const Var& loc, const Var& scale,
                     const char* name) {
  return elementwise(
      [](auto a, auto rate, auto loc, auto scale) {
        const auto mean = digamma_less_log(a) + log_ratio(a, rate);
        return normal_divergence(entropy_of_log(a), (mean - loc) / scale, sqrt(trigamma(a)) / scale,
                                 scale);
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

// Against a Weibull of the exponent k > 0, for X^k = G^c with c = k or -k and a G of the Gamma of
// shape a whose mean over the Weibull's scale, or times that, has the logarithm `log_mean`.
// Infinite where Gamma(a + c) is.
template <class A, class K, class C, class M>
auto weibull_divergence(const A& a, const K& k, const C& c, const M& log_mean) {
  const auto finite = a + c > 0.0;
  const auto up = where(finite, a + c, 1.0);
  const auto of_log = c * (digamma_less_log(a) + log_mean);
  // log Gamma(a + c) - log Gamma(a) - c digamma(a), or without the last, which is large at 0.
  const auto large = a > 30.0;
  const auto high = of_log + log_gamma_gap(a, up);
  const auto low = lgamma(up) - lgamma(a) - c * (log(a) - log_mean);
  const auto value =
      beside_power(-of_log - log(k) - entropy_of_log(a), vanishing_exp(where(large, high, low)));
  return where(finite, value, kUnlimited);
}

Var gamma_weibull(const Var& shape, const Var& rate, const Weibull& p, const char* name) {
  return elementwise(
      [](auto a, auto rate, auto scale, auto k) {
        return weibull_divergence(a, k, k, log_ratio(a, rate) - log(scale));
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
          const auto mean = log(q_scale) - kEulerGamma / k;
          return normal_divergence(1.0 + kEulerGamma - log(k), (mean - loc) / scale,
                                   kDeviation / k / scale, scale);
        },
        q.scale(), q.concentration(), p.loc(), p.scale(), "kl(Weibull, LogNormal)");
  });
  // log X is an Exponential of rate alpha, moved by log scale.
  KlRule<Pareto, LogNormal>([](const Pareto& q, const LogNormal& p) {
    return elementwise(
        [](auto q_scale, auto alpha, auto loc, auto scale) {
          const auto mean = 1.0 / alpha;
          return normal_divergence(1.0 - log(alpha), (log(q_scale) + mean - loc) / scale,
                                   mean / scale, scale);
        },
        q.scale(), q.alpha(), p.loc(), p.scale(), "kl(Pareto, LogNormal)");
  });
  KlRule<HalfNormal, LogNormal>([](const HalfNormal& q, const LogNormal& p) {
    return elementwise(
        [](auto q_scale, auto loc, auto scale) {
          constexpr double kDeviation = 1.11072073453959156175397024752;  // pi / sqrt(8)
          return normal_divergence(kHalfLogHalfPi + 0.5 - kMeanLogOfHalf,
                                   (log(q_scale) + kMeanLogOfHalf - loc) / scale,
                                   kDeviation / scale, scale);
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
  KlRule<InverseGamma, Weibull>([](const InverseGamma& q, const Weibull& p) {
    return elementwise(
        [](auto a, auto rate, auto scale, auto k) {
          return weibull_divergence(a, k, -k, log_ratio(a, rate) + log(scale));
        },
        q.concentration(), q.rate(), p.scale(), p.concentration(), "kl(InverseGamma, Weibull)");
  });
  // With m = r E 1/X = (r/l) Gamma(1 - 1/k), infinite for k <= 1, and E log X = log l - gamma/k.
  KlRule<Weibull, InverseGamma>([](const Weibull& q, const InverseGamma& p) {
    return elementwise(
        [](auto scale, auto k, auto b, auto rate) {
          const auto finite = k > 1.0;
          const auto x = where(finite, 1.0 / k, 0.5);
          const auto rise = log_gamma_rise(1.0, -x);
          const auto of_power = rise + kEulerGamma * x;
          const auto value =
              log_gamma_about(b, rate / scale * exp(of_power), log(rate) - log(scale) + of_power) +
              b * rise + log(k) - (1.0 + kEulerGamma);
          return where(finite, value, kUnlimited);
        },
        q.scale(), q.concentration(), p.concentration(), p.rate(), "kl(Weibull, InverseGamma)");
  });
  // E log X = log s + 1/a and E 1/X = a / ((a + 1) s).
  KlRule<Pareto, InverseGamma>([](const Pareto& q, const InverseGamma& p) {
    return elementwise(
        [](auto scale, auto a, auto b, auto rate) {
          const auto share = a / (a + 1.0);
          return log_gamma_about(b, rate / scale * share,
                                 log(rate) - log(scale) + log_ratio(a, a + 1.0)) +
                 b * (deviance(a, a + 1.0) / a) + log(a) - 1.0;
        },
        q.scale(), q.alpha(), p.concentration(), p.rate(), "kl(Pareto, InverseGamma)");
  });
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
