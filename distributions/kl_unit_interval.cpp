#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
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

using detail::deviance_of;
using detail::digamma_less_log;
using detail::entropy_of_log;
using detail::kUnlimited;
using detail::lgamma_beside_deviance;
using detail::mean_log_gap;
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

Var to_uniform(const Distribution& q, const Uniform& p) {
  return detail::where_nested(log(p.high() - p.low()) - q.entropy(), 0, 1, p.low(), p.high(),
                              "kl(..., Uniform)");
}

Var to_exponential(const Distribution& q, const Exponential& p, const char* name) {
  return elementwise(
      [](auto mean, auto entropy, auto rate) { return rate * mean - log(rate) - entropy; },
      q.mean(), q.entropy(), p.rate(), name);
}

// The logit of 1 - X in place of that of X where another is positive: its mode is at 1.
Var reflected(const Var& logit, const Var& other) {
  return elementwise([](auto logit, auto other) { return where(other > 0.0, -logit, logit); },
                     logit, other, "kl(., ContinuousBernoulli)");
}

Var no_distance(const Distribution& q, const Distribution& p) {
  return Var(zeros(broadcast_shape(q.batch_shape(), p.batch_shape(), "kl")));
}

}  // namespace

void detail::add_unit_interval_kl() {
  KlRule<Beta, Beta>{between_betas};
  // A log density that is linear in x is, in the mean, that of the mean: here of the distance from
  // the mode, E X or, where that is 1, 1 - E X.
  KlRule<Beta, ContinuousBernoulli>([](const Beta& q, const ContinuousBernoulli& p) {
    const Var logits = p.logits() + no_distance(q, p);
    const Var distance =
        elementwise([](auto l, auto a, auto b) { return where(l > 0.0, b, a) / (a + b); }, logits,
                    q.concentration1(), q.concentration0(), "kl(Beta, ContinuousBernoulli)");
    const auto from_mode = ContinuousBernoulli::from_logits(reflected(logits, logits));
    return -q.entropy() - from_mode.log_prob(distance);
  });
  KlRule<Beta, Exponential>([](const Beta& q, const Exponential& p) {
    return to_exponential(q, p, "kl(Beta, Exponential)");
  });
  // Of log Gamma and digamma only what their large terms leave, those being in the deviance of p's
  // shape and q's mean in units of p's rate.
  KlRule<Beta, Gamma>([](const Beta& q, const Gamma& p) {
    return elementwise(
        [](auto a, auto b, auto shape, auto rate) {
          const auto sum = a + b;
          const auto of_sum = digamma_less_log(sum);
          const auto entropies = entropy_of_log(a) + entropy_of_log(b) - entropy_of_log(sum);
          return deviance_of(shape, rate * (a / sum), log(rate) + log_ratio(a, sum)) +
                 (lgamma_beside_deviance(shape) + log_ratio(sum, b) - entropies) -
                 shape * (digamma_less_log(a) - of_sum) - (digamma_less_log(b) - of_sum);
        },
        q.concentration1(), q.concentration0(), p.concentration(), p.rate(), "kl(Beta, Gamma)");
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

  // With the logits a and b after a reflection that puts q's mode at 0: (a - b) E X + log q(0) -
  // log p(0).
  KlRule<ContinuousBernoulli, ContinuousBernoulli>(
      [](const ContinuousBernoulli& q, const ContinuousBernoulli& p) {
        const Var zero = no_distance(q, p);
        const Var a = reflected(q.logits() + zero, q.logits());
        const Var b = reflected(p.logits() + zero, q.logits());
        const auto from = ContinuousBernoulli::from_logits(a);
        const auto to = ContinuousBernoulli::from_logits(b);
        return (a - b) * from.mean() + (from.log_prob(zero) - to.log_prob(zero));
      });
  KlRule<ContinuousBernoulli, Exponential>([](const ContinuousBernoulli& q, const Exponential& p) {
    return to_exponential(q, p, "kl(ContinuousBernoulli, Exponential)");
  });
  KlRule<ContinuousBernoulli, Uniform>{to_uniform};

  KlRule<Kumaraswamy, Exponential>([](const Kumaraswamy& q, const Exponential& p) {
    return to_exponential(q, p, "kl(Kumaraswamy, Exponential)");
  });
  KlRule<Kumaraswamy, Uniform>{to_uniform};

  // With m the mean of q: the deviances of p's concentrations and of what they would be in sum for
  // m and 1 - m, and what log X and log(1 - X) are short of the logarithms of their means.
  KlRule<Uniform, Beta>([](const Uniform& q, const Beta& p) {
    return elementwise(
        [](auto low, auto high, auto a, auto b) {
          const auto inside = low >= 0.0 && high <= 1.0;
          const auto from = where(inside, low, 0.0 * low);
          const auto left = where(inside, 1.0 - high, 0.0 * high);
          const auto width = where(inside, high - low, 1.0 + 0.0 * (low + high));
          const auto mean = from + 0.5 * width, other = left + 0.5 * width;
          const auto sum = a + b;
          const auto value = deviance(a, sum * mean) + deviance(b, sum * other) +
                             (lgamma_beside_deviance(a) + lgamma_beside_deviance(b) -
                              lgamma_beside_deviance(sum)) +
                             (a - 1.0) * mean_log_gap(from, width) +
                             (b - 1.0) * mean_log_gap(left, width) +
                             (log(mean / width) + log(other));
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.concentration1(), p.concentration0(), "kl(Uniform, Beta)");
  });
  // The mean of a linear function is that of its values at the ends; outside one is -inf.
  KlRule<Uniform, ContinuousBernoulli>([](const Uniform& q, const ContinuousBernoulli& p) {
    const Var zero = no_distance(q, p);
    return -q.entropy() - 0.5 * (p.log_prob(q.low() + zero) + p.log_prob(q.high() + zero));
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
