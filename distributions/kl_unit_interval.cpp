#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/uniform.hpp>

// Of distributions on [0, 1], and of Uniform against them.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kEulerGamma;
using detail::kUnlimited;
using detail::mean_log;
using detail::shape_divergence;

// Two Beta densities differ as three Gamma densities do, of the concentrations and their sum; what
// their means contribute is that of two outcomes.
Var between_betas(const Beta& q, const Beta& p) {
  return elementwise(
      [](auto a, auto b, auto c, auto d) {
        const auto sum = a + b, other = c + d;
        const auto means = deviance(c, other * (a / sum)) + deviance(d, other * (b / sum));
        return means +
               (shape_divergence(a, c) + shape_divergence(b, d) - shape_divergence(sum, other));
      },
      q.concentration1(), q.concentration0(), p.concentration1(), p.concentration0(),
      "kl(Beta, Beta)");
}

// 0 where [low, high] lies in [from, to], else infinite; without a gradient.
Var within(const Var& low, const Var& high, const Var& from, const Var& to) {
  const NoTape pause;
  return elementwise(
      [](auto low, auto high, auto from, auto to) {
        return where(from <= low && high <= to, 0.0 * low, kUnlimited);
      },
      low, high, from, to, "kl");
}

Var to_uniform(const Distribution& q, const Uniform& p) {
  return log(p.high() - p.low()) - q.entropy() + within(0, 1, p.low(), p.high());
}

Var to_exponential(const Distribution& q, const Exponential& p, const char* name) {
  return elementwise(
      [](auto mean, auto entropy, auto rate) { return rate * mean - log(rate) - entropy; },
      q.mean(), q.entropy(), p.rate(), name);
}

// A log density that is linear in x is, in the mean, that of the mean.
Var to_continuous_bernoulli(const Distribution& q, const ContinuousBernoulli& p) {
  return -q.entropy() - p.log_prob(q.mean());
}

// E log(1 - X) for X of a Kumaraswamy(a, b): with t = b w, w = -log(1 - X^a), an integral of
// e^-t log(1 - (1 - e^-w)^(1/a)) over t > 0, and by the trapezium rule over y = log t, which
// converges like e^(-2 pi d / h) for a function that is analytic to the distance d of the line
// (Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule").
template <class A, class B, class R = Promoted<A, B>>
R mean_log_complement(const A& a, const B& b) {
  constexpr double kStep = 1.0 / 12, kFrom = -36, kTo = 6.7;
  constexpr double kFar = 40;  // beyond, 1 - (1 - e^-w)^(1/a) is e^-w / a
  const R power = 1.0 / a;
  R sum(0.0);
  for (int i = 0; kFrom + i * kStep <= kTo; ++i) {
    const double t = std::exp(kFrom + i * kStep);
    const R w = t / b;
    const auto far = w > kFar;
    const R near = where(far, R(kFar), w);
    sum += t * std::exp(-t) * kStep * where(far, log(power) - w, log1mexp(power * log1mexp(-near)));
  }
  return sum;
}

}  // namespace

void detail::add_unit_interval_kl() {
  KlRule<Beta, Beta>{between_betas};
  KlRule<Beta, ContinuousBernoulli>{to_continuous_bernoulli};
  KlRule<Beta, Exponential>([](const Beta& q, const Exponential& p) {
    return to_exponential(q, p, "kl(Beta, Exponential)");
  });
  KlRule<Beta, Gamma>([](const Beta& q, const Gamma& p) {
    return elementwise(
        [](auto a, auto b, auto entropy, auto shape, auto rate) {
          const auto sum = a + b;
          const auto of_log = digamma(a) - digamma(sum);
          return rate * (a / sum) + lgamma(shape) - shape * log(rate) - (shape - 1.0) * of_log -
                 entropy;
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.concentration(), p.rate(),
        "kl(Beta, Gamma)");
  });
  // E|X - m| inside: m (2 I_m(a, b) - 1) + mean (1 - 2 I_m(a + 1, b)).
  KlRule<Beta, Laplace>([](const Beta& q, const Laplace& p) {
    return elementwise(
        [](auto a, auto b, auto entropy, auto loc, auto scale) {
          const auto mean = a / (a + b);
          const auto inside = loc > 0.0 && loc < 1.0;
          const auto m = where(inside, loc, 0.5 + 0.0 * loc);
          const auto split =
              m * (2.0 * betainc(a, b, m) - 1.0) + mean * (1.0 - 2.0 * betainc(a + 1.0, b, m));
          const auto distance = where(inside, split, abs(mean - loc));
          return log(2.0 * scale) + distance / scale - entropy;
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.loc(), p.scale(),
        "kl(Beta, Laplace)");
  });
  KlRule<Beta, Uniform>{to_uniform};

  KlRule<ContinuousBernoulli, ContinuousBernoulli>{to_continuous_bernoulli};
  KlRule<ContinuousBernoulli, Exponential>([](const ContinuousBernoulli& q, const Exponential& p) {
    return to_exponential(q, p, "kl(ContinuousBernoulli, Exponential)");
  });
  KlRule<ContinuousBernoulli, Uniform>{to_uniform};

  KlRule<Kumaraswamy, Beta>(
      [](const Kumaraswamy& q, const Beta& p) {
        return elementwise(
            [](auto a, auto b, auto c, auto d) {
              const auto of_log = -(digamma(b + 1.0) + kEulerGamma) / a;
              return log(a) + log(b) + (a - c) * of_log - (b - 1.0) / b + lbeta(c, d) -
                     (d - 1.0) * mean_log_complement(a, b);
            },
            q.concentration1(), q.concentration0(), p.concentration1(), p.concentration0(),
            "kl(Kumaraswamy, Beta)");
      },
      KlMethod::kQuadrature);

  KlRule<Uniform, Beta>([](const Uniform& q, const Beta& p) {
    return elementwise(
        [](auto low, auto high, auto a, auto b) {
          const auto inside = low >= 0.0 && high <= 1.0;
          const auto from = where(inside, low, 0.0 * low);
          const auto to = where(inside, high, 0.0 * high + 1.0);
          const auto value = lbeta(a, b) - (a - 1.0) * mean_log(from, to) -
                             (b - 1.0) * mean_log(1.0 - to, 1.0 - from) - log(to - from);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.concentration1(), p.concentration0(), "kl(Uniform, Beta)");
  });
  KlRule<Uniform, ContinuousBernoulli>([](const Uniform& q, const ContinuousBernoulli& p) {
    return to_continuous_bernoulli(q, p) + within(q.low(), q.high(), 0, 1);
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
