#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_moment_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/weibull.hpp>

// Beta and Kumaraswamy against families of positive numbers, by moments of powers and logarithms.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using detail::log_gamma_about;
using detail::log_gamma_gap;
using detail::log_gamma_rise;
using detail::normal_divergence;

// E log X = digamma(a) - digamma(a + b) of a Beta, relatively exact. Derivatives
// trigamma(a) - trigamma(a + b) and -trigamma(a + b).
template <class X, class Y, class R = Promoted<X, Y>>
R mean_log_of_beta(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    const L of_sum = trigamma(a + b);
    return Partials<L>{parts::digamma_fall(a, b), trigamma(a) - of_sum, -of_sum};
  });
}

// The variance trigamma(a) - trigamma(a + b) of its logarithm, relatively exact: of small a by
// steps of the recurrence, of large a by the series 1/a + 1/(2 a^2) + 1/(6 a^3) - 1/(30 a^5) +
// 1/(42 a^7) - 1/(30 a^9), both in differences.
template <class X, class Y, class R = Promoted<X, Y>>
R variance_of_log_beta(const X& a, const Y& b) {
  constexpr double kSteps = 20;
  const R lower = R(a), upper = a + b;
  R steps = R(0.0);
  for (double k = 0; k < kSteps; ++k) {
    const R r = 1.0 / (lower + k), s = 1.0 / (upper + k);
    steps += r * (s * b) * (r + s);
  }
  const auto small = lower < kSteps;
  const R r = 1.0 / where(small, lower + kSteps, lower);
  const R s = 1.0 / where(small, upper + kSteps, upper);
  const R v = r * r, w = s * s, u = r * s;
  // r^n - s^n over r - s, for n = 3, 5, 7, 9.
  const R third = v + u + w;
  const R fifth = v * v + u * third + w * w;
  const R seventh = v * v * v + u * fifth + w * w * w;
  const R ninth = v * v * v * v + u * seventh + w * w * w * w;
  const R series = 1.0 + 0.5 * (r + s) + third / 6.0 - fifth / 30.0 + seventh / 42.0 - ninth / 30.0;
  return where(small, steps, R(0.0)) + r * (s * b) * series;
}

// log E X^k less k E log X for a Beta, of which nothing large is left for large a.
template <class A, class B, class K>
auto log_power_gap(const A& a, const B& b, const K& k) {
  const auto large = a > 30.0 && k < a;
  const auto raised = a + k, sum = a + b;
  const auto high = log_gamma_gap(a, raised) - log_gamma_gap(sum, raised + b);
  const auto low = lbeta(raised, b) - lbeta(a, b) - k * mean_log_of_beta(a, b);
  return where(large, high, low);
}

// The same for a Kumaraswamy, of k in units of its a: log(b B(1 + k/a, b)) + (k/a) H.
template <class K, class B>
auto log_power_gap_of_kumaraswamy(const K& ratio, const B& b) {
  return log_gamma_rise(1.0, ratio) - log_gamma_rise(b + 1.0, ratio);
}

// digamma(b + 1) + gamma.
template <class B>
B harmonic_number(const B& b) {
  return -mean_log_of_beta(1.0, b);
}

Var kumaraswamy_gamma(const Kumaraswamy& q, const Var& shape, const Var& rate, const char* name) {
  return elementwise(
      [](auto a, auto b, auto shape, auto rate) {
        // With the harmonic number H of b, E log X = -H/a, and the entropy is
        // 1 - 1/b + (1 - 1/a) H - log(a b).
        const auto harmonic = harmonic_number(b);
        const auto gap = log_power_gap_of_kumaraswamy(1.0 / a, b);
        const auto log_mean = gap - harmonic / a;
        return log_gamma_about(shape, rate * exp(log_mean), log(rate) + log_mean) + shape * gap +
               (log(a) + log(b) - harmonic + 1.0 / b - 1.0);
      },
      q.concentration1(), q.concentration0(), shape, rate, name);
}

}  // namespace

void detail::add_unit_moment_kl() {
  KlRule<Beta, LogNormal>([](const Beta& q, const LogNormal& p) {
    return elementwise(
        [](auto a, auto b, auto entropy, auto loc, auto scale) {
          const auto mean = mean_log_of_beta(a, b);
          return normal_divergence(entropy - mean, (mean - loc) / scale,
                                   sqrt(variance_of_log_beta(a, b)) / scale, scale);
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.loc(), p.scale(),
        "kl(Beta, LogNormal)");
  });
  // E 1/X = (a + b - 1)/(a - 1), infinite for a <= 1.
  KlRule<Beta, InverseGamma>([](const Beta& q, const InverseGamma& p) {
    return elementwise(
        [](auto first, auto b, auto entropy, auto shape, auto rate) {
          const auto finite = first > 1.0;
          const auto a = where(finite, first, 2.0);
          const auto less = a - 1.0, sum = a + b;
          const auto m = rate * ((less + b) / less);
          const auto log_m = log(rate) + log1p(b / less);
          const auto gap = log_gamma_gap(a, less) - log_gamma_gap(sum, less + b);
          const auto value = log_gamma_about(shape, m, decltype(m)(log_m)) + shape * gap +
                             mean_log_of_beta(a, b) - entropy;
          return where(finite, value, kUnlimited);
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.concentration(), p.rate(),
        "kl(Beta, InverseGamma)");
  });
  KlRule<Beta, Weibull>([](const Beta& q, const Weibull& p) {
    return elementwise(
        [](auto a, auto b, auto entropy, auto scale, auto k) {
          const auto mean = mean_log_of_beta(a, b);
          const auto apart = k * (mean - log(scale));
          return exp(log_power_gap(a, b, k) + apart) - apart + mean - log(k) - entropy;
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.scale(), p.concentration(),
        "kl(Beta, Weibull)");
  });

  KlRule<Kumaraswamy, Gamma>([](const Kumaraswamy& q, const Gamma& p) {
    return kumaraswamy_gamma(q, p.concentration(), p.rate(), "kl(Kumaraswamy, Gamma)");
  });
  KlRule<Kumaraswamy, Chi2>([](const Kumaraswamy& q, const Chi2& p) { return kl(q, p.gamma()); });
  // X^a is a Beta(1, b), and log X its logarithm over a.
  KlRule<Kumaraswamy, LogNormal>([](const Kumaraswamy& q, const LogNormal& p) {
    return elementwise(
        [](auto a, auto b, auto loc, auto scale) {
          const auto harmonic = harmonic_number(b);
          const auto entropy = (1.0 - 1.0 / b) + harmonic - log(a) - log(b);
          const auto deviation = sqrt(variance_of_log_beta(1.0, b)) / a;
          return normal_divergence(entropy, (-harmonic / a - loc) / scale, deviation / scale,
                                   scale);
        },
        q.concentration1(), q.concentration0(), p.loc(), p.scale(), "kl(Kumaraswamy, LogNormal)");
  });
  // E X^k = b B(1 + k/a, b).
  KlRule<Kumaraswamy, Weibull>([](const Kumaraswamy& q, const Weibull& p) {
    return elementwise(
        [](auto a, auto b, auto scale, auto k) {
          const auto harmonic = harmonic_number(b);
          const auto ratio = k / a;
          const auto apart = -(ratio * harmonic + k * log(scale));
          return exp(log_power_gap_of_kumaraswamy(ratio, b) + apart) - apart - harmonic + log(b) -
                 log(ratio) + (1.0 / b - 1.0);
        },
        q.concentration1(), q.concentration0(), p.scale(), p.concentration(),
        "kl(Kumaraswamy, Weibull)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
