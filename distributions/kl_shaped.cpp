#include <array>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/uniform.hpp>

// Of Kumaraswamy by quadrature, and of TruncatedNormal where the ends of both supports count.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kEulerGamma;
using detail::kUnlimited;
using detail::where_nested;

// What is left of E log(1 - X) for a Kumaraswamy, beside E log(1 - X^a) = -1/b:
// E log((1 - X) / (1 - X^a)). With V = -b log(1 - X^a), an Exponential of rate 1, it is an integral
// over log V, t - e^-(t + 6): the trapezoidal rule, after Takahasi and Mori (1974), for what is
// analytic there in a strip, which is the narrower the smaller a is. So many points are enough for
// 14 digits at a >= 1e-3, and 12 at 1e-5, with b >= 1e-3.
struct RestRule {
  static constexpr int kPoints = 320;
  std::array<double, kPoints> log_v, weight;

  RestRule() : log_v(), weight() {
    constexpr double kFrom = -9.4, kTo = 3.75, kStep = (kTo - kFrom) / (kPoints - 1);
    for (std::size_t i = 0; i < kPoints; ++i) {
      const double t = kFrom + static_cast<double>(i) * kStep, pull = std::exp(-(t + 6));
      log_v[i] = t - pull;
      weight[i] = kStep * (1 + pull) * std::exp(log_v[i] - std::exp(log_v[i]));
    }
  }
};

template <class A, class B, class R = Promoted<A, B>>
R mean_log_rest(const A& a, const B& b) {
  static const RestRule rule;
  const A log_a = log(a);
  const B log_b = log(b);
  R sum = R(0.0);
  for (std::size_t i = 0; i < RestRule::kPoints; ++i) {
    const B log_hazard = rule.log_v[i] - log_b;  // of V/b
    // Beyond, 1 - X^a is so near 0, e^-66, that 1 - X is it over a; either may underflow in float.
    const auto far = log_hazard > 4.2;
    const B log_power = log1mexpexp(B(where(far, B(0.0), log_hazard)));
    const R rest = log1mexp(R(log_power / a)) - log1mexp(log_power);
    sum += rule.weight[i] * where(far, -log_a, rest);
  }
  return sum;
}

// The harmonic number of b, -a E log X for a Kumaraswamy.
template <class B>
B harmonic(const B& b) {
  return digamma(b + 1.0) + kEulerGamma;
}

}  // namespace

void detail::add_shaped_kl() {
  KlRule<TruncatedNormal, Uniform>([](const TruncatedNormal& q, const Uniform& p) {
    return where_nested(log(p.high() - p.low()) - q.entropy(), q.low(), q.high(), p.low(), p.high(),
                        "kl(TruncatedNormal, Uniform)");
  });
  KlRule<Normal, TruncatedNormal>([](const Normal& q, const TruncatedNormal& p) {
    return where_nested(kl(q, Normal(p.loc(), p.scale())), -kUnlimited, kUnlimited, p.low(),
                        p.high(), "kl(Normal, TruncatedNormal)");
  });

  KlRule<Kumaraswamy, Beta>(
      [](const Kumaraswamy& q, const Beta& p) {
        return elementwise(
            [](auto a, auto b, auto alpha, auto beta) {
              const auto of_logs = harmonic(b) * (1.0 - alpha / a);
              const auto rest = (beta - 1.0) * mean_log_rest(a, b);
              return log(a) + log(b) + lbeta(alpha, beta) + (beta / b - 1.0) - of_logs - rest;
            },
            q.concentration1(), q.concentration0(), p.concentration1(), p.concentration0(),
            "kl(Kumaraswamy, Beta)");
      },
      KlMethod::kQuadrature);
  // Under q, X^c with p's exponent c is a Kumaraswamy of a/c.
  KlRule<Kumaraswamy, Kumaraswamy>(
      [](const Kumaraswamy& q, const Kumaraswamy& p) {
        return elementwise(
            [](auto q_a, auto q_b, auto p_a, auto p_b) {
              const auto ratio = p_a / q_a;
              const auto of_logs = excess_over_log(ratio) + (harmonic(q_b) - 1.0) * (ratio - 1.0);
              const auto rest = (p_b - 1.0) * mean_log_rest(q_a / p_a, q_b);
              return excess_over_log(p_b / q_b) + of_logs - rest;
            },
            q.concentration1(), q.concentration0(), p.concentration1(), p.concentration0(),
            "kl(Kumaraswamy, Kumaraswamy)");
      },
      KlMethod::kQuadrature);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
