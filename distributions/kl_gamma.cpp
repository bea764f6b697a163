#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::deviance_of;
using detail::excess_over_log;
using detail::kEulerGamma;
using detail::lgamma_beside_deviance;
using detail::shape_divergence;

// With m the mean that q has in units of p's rate: a_p log(a_p / m) + m - a_p, and what Gammas of
// equal means differ by. No term is large where the two are alike.
Var between_gammas(const Var& q_shape, const Var& q_rate, const Var& p_shape, const Var& p_rate,
                   const char* name) {
  return elementwise(
      [](auto q_shape, auto q_rate, auto p_shape, auto p_rate) {
        return deviance(p_shape, q_shape * (p_rate / q_rate)) + shape_divergence(q_shape, p_shape);
      },
      q_shape, q_rate, p_shape, p_rate, name);
}

// u (Gamma(1 + x) - 1 + gamma x) for u, x > 0: what E^x is in the mean beside 1 + x log E, of an
// Exponential E of rate 1.
template <class U, class X>
auto of_power_beside_log(const U& u, const U& log_u, const X& x) {
  // From x^2, of the Taylor series.
  constexpr double kSeries[] = {
      0.9890559953279725554,   -0.90747907608088628902, 0.98172808683440018734,
      -0.9819950689031452021,  0.99314911462127619315,  -0.99600176044243153397,
      0.99810569378312892198,  -0.99902526762195486779, 0.99951565607277744107,
      -0.99975659750860128703, 0.99987827131513327573,  -0.99993906420644431684,
      0.9999695177634821045,   -0.99998475269937704874, 0.99999237447907321586,
      -0.99999618658947331203, 0.99999809308113089205,  -0.99999904646891115772};
  constexpr int kTerms = sizeof(kSeries) / sizeof(double);
  const auto small = x < 0.125;
  const X t = where(small, x, X(0.125));
  X sum = X(kSeries[kTerms - 1]);
  for (int k = kTerms - 2; k >= 0; --k) sum = sum * t + kSeries[k];
  const X log_power = lgamma(1.0 + x);
  const auto held = log_power < 60.0;
  const auto power = where(held, u * exp(where(held, log_power, X(0.0))), exp(log_u + log_power));
  return where(small, u * (square(t) * sum), power - u + kEulerGamma * u * x);
}

}  // namespace

void detail::add_gamma_kl() {
  KlRule<Exponential, Exponential>([](const Exponential& q, const Exponential& p) {
    return elementwise([](auto q, auto p) { return excess_over_log(p, q); }, q.rate(), p.rate(),
                       "kl(Exponential, Exponential)");
  });
  KlRule<Exponential, Gamma>([](const Exponential& q, const Gamma& p) {
    return between_gammas(1, q.rate(), p.concentration(), p.rate(), "kl(Exponential, Gamma)");
  });
  // A Chi2 is a Gamma to whoever has a rule for that.
  KlRule<Chi2, Gumbel>([](const Chi2& q, const Gumbel& p) { return kl(q.gamma(), p); });
  KlRule<Beta, Chi2>([](const Beta& q, const Chi2& p) { return kl(q, p.gamma()); });
  KlRule<Pareto, Chi2>([](const Pareto& q, const Chi2& p) { return kl(q, p.gamma()); });
  KlRule<Uniform, Chi2>([](const Uniform& q, const Chi2& p) { return kl(q, p.gamma()); });
  KlRule<Exponential, Chi2>([](const Exponential& q, const Chi2& p) {
    return between_gammas(1, q.rate(), 0.5 * p.df(), 0.5, "kl(Exponential, Chi2)");
  });
  KlRule<Gamma, Gamma>([](const Gamma& q, const Gamma& p) {
    return between_gammas(q.concentration(), q.rate(), p.concentration(), p.rate(),
                          "kl(Gamma, Gamma)");
  });
  KlRule<Gamma, Exponential>([](const Gamma& q, const Exponential& p) {
    return between_gammas(q.concentration(), q.rate(), 1, p.rate(), "kl(Gamma, Exponential)");
  });
  KlRule<Gamma, Chi2>([](const Gamma& q, const Chi2& p) {
    return between_gammas(q.concentration(), q.rate(), 0.5 * p.df(), 0.5, "kl(Gamma, Chi2)");
  });
  KlRule<Chi2, Chi2>([](const Chi2& q, const Chi2& p) {
    return elementwise(
        [](auto q, auto p) {
          return deviance(0.5 * p, 0.5 * q) + shape_divergence(0.5 * q, 0.5 * p);
        },
        q.df(), p.df(), "kl(Chi2, Chi2)");
  });
  KlRule<Chi2, Gamma>([](const Chi2& q, const Gamma& p) {
    return between_gammas(0.5 * q.df(), 0.5, p.concentration(), p.rate(), "kl(Chi2, Gamma)");
  });
  KlRule<Chi2, Exponential>([](const Chi2& q, const Exponential& p) {
    return between_gammas(0.5 * q.df(), 0.5, 1, p.rate(), "kl(Chi2, Exponential)");
  });
  // That of the reciprocals.
  KlRule<InverseGamma, InverseGamma>([](const InverseGamma& q, const InverseGamma& p) {
    return between_gammas(q.concentration(), q.rate(), p.concentration(), p.rate(),
                          "kl(InverseGamma, InverseGamma)");
  });

  // Bauckhage 2013, "Computing the Kullback-Leibler divergence between two Weibull distributions".
  KlRule<Weibull, Weibull>([](const Weibull& q, const Weibull& p) {
    return elementwise(
        [](auto q_scale, auto q_shape, auto p_scale, auto p_shape) {
          return gumbel_divergence(p_shape / q_shape, log_ratio(p_shape, q_shape),
                                   p_shape * log_ratio(p_scale, q_scale));
        },
        q.scale(), q.concentration(), p.scale(), p.concentration(), "kl(Weibull, Weibull)");
  });
  KlRule<Exponential, Weibull>([](const Exponential& q, const Weibull& p) {
    return elementwise(
        [](auto rate, auto scale, auto shape) {
          return gumbel_divergence(shape, log(shape), shape * log_of_product(scale, rate));
        },
        q.rate(), p.scale(), p.concentration(), "kl(Exponential, Weibull)");
  });
  KlRule<Weibull, Exponential>([](const Weibull& q, const Exponential& p) {
    return elementwise(
        [](auto scale, auto shape, auto rate) {
          return gumbel_divergence(1.0 / shape, -log(shape), -log_of_product(scale, rate));
        },
        q.scale(), q.concentration(), p.rate(), "kl(Weibull, Exponential)");
  });
  // E log X = log scale - gamma / k and E X = scale Gamma(1 + 1/k). With u p's rate times the
  // scale: the deviance of u, what the mean adds to it, and what the logarithm's takes.
  KlRule<Weibull, Gamma>([](const Weibull& q, const Gamma& p) {
    return elementwise(
        [](auto scale, auto shape, auto concentration, auto rate) {
          const auto u = scale * rate;
          const auto log_u = log(scale) + log(rate);
          const auto x = 1.0 / shape;
          return deviance_of(concentration, u, log_u) + of_power_beside_log(u, log_u, x) +
                 kEulerGamma * (concentration - u) * x + lgamma_beside_deviance(concentration) +
                 log(shape) - (1.0 + kEulerGamma);
        },
        q.scale(), q.concentration(), p.concentration(), p.rate(), "kl(Weibull, Gamma)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
