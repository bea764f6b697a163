#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
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
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/weibull.hpp>

// TruncatedNormal and other families: finite where p's support holds q's.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using detail::where_nested;

// From an end that is not low enough for q it is the Normal.
template <class Q>
void add_from_whole_line() {
  KlRule<Q, TruncatedNormal>([](const Q& q, const TruncatedNormal& p) {
    return where_nested(kl(q, Normal(p.loc(), p.scale())), -kUnlimited, kUnlimited, p.low(),
                        p.high(), "kl(..., TruncatedNormal)");
  });
}

// log p is a parabola: its mean follows from its value at q's mean, and from q's variance.
Var by_two_moments(const Distribution& q, const Var& q_low, double q_high,
                   const TruncatedNormal& p) {
  const char* name = "kl(..., TruncatedNormal)";
  const Var zero(zeros(broadcast_shape(q.batch_shape(), p.batch_shape(), "kl")));
  const Var mean = q.mean() + zero, variance = q.variance() + zero;
  const Var held = elementwise(
      [](auto mean, auto variance, auto mode) {
        return where(mean < kUnlimited && variance < kUnlimited, mean, mode);
      },
      mean, variance, p.mode(), name);
  const Var value = elementwise(
      [](auto mean, auto variance, auto entropy, auto log_p, auto scale) {
        const auto finite = mean < kUnlimited && variance < kUnlimited;
        return where(finite, 0.5 * (variance / scale / scale) - log_p - entropy, kUnlimited);
      },
      mean, variance, q.entropy(), p.log_prob(held), p.scale(), name);
  return where_nested(value, q_low, q_high, p.low(), p.high(), name);
}

template <class Q>
void add_between(double low, double high) {
  KlRule<Q, TruncatedNormal>([low, high](const Q& q, const TruncatedNormal& p) {
    return by_two_moments(q, low, high, p);
  });
}

// E|X - m|: of m inside, the distances on its two sides by their weights, each of a TruncatedNormal
// of its own; nothing is lost in a tail.
Var mean_distance(const TruncatedNormal& q, const Var& loc) {
  const char* name = "kl(TruncatedNormal, Laplace)";
  const Var middle = q.median();
  const Var m = elementwise([](auto loc, auto low, auto high,
                               auto middle) { return where(loc > low && loc < high, loc, middle); },
                            loc, q.low(), q.high(), Var(middle.value()), name);
  const TruncatedNormal below(q.loc(), q.scale(), q.low(), m);
  const TruncatedNormal above(q.loc(), q.scale(), m, q.high());
  const Var to_below = (m - below.mode()) - below.mean_above_mode();
  const Var to_above = (above.mode() - m) + above.mean_above_mode();
  const Var inside = exp(q.log_cdf(m)) * to_below + exp(q.log_survival(m)) * to_above;
  const Var outside = abs((q.mode() - loc) + q.mean_above_mode());
  return elementwise([](auto loc, auto low, auto high, auto inside,
                        auto outside) { return where(loc > low && loc < high, inside, outside); },
                     loc, q.low(), q.high(), inside, outside, name);
}

}  // namespace

void detail::add_truncated_normal_kl() {
  add_from_whole_line<Gumbel>();
  add_from_whole_line<Laplace>();
  add_from_whole_line<Logistic>();
  add_from_whole_line<StudentT>();
  // Without a variance it is infinite against the Normal too.
  KlRule<Cauchy, TruncatedNormal>(infinite_kl, KlMethod::kInfinite);
  KlRule<HalfCauchy, TruncatedNormal>(infinite_kl, KlMethod::kInfinite);

  add_between<Chi2>(0, kUnlimited);
  add_between<Exponential>(0, kUnlimited);
  add_between<Gamma>(0, kUnlimited);
  add_between<InverseGamma>(0, kUnlimited);
  add_between<LogNormal>(0, kUnlimited);
  add_between<Weibull>(0, kUnlimited);
  add_between<Beta>(0, 1);
  add_between<ContinuousBernoulli>(0, 1);
  add_between<Kumaraswamy>(0, 1);
  KlRule<Pareto, TruncatedNormal>([](const Pareto& q, const TruncatedNormal& p) {
    return by_two_moments(q, q.scale(), kUnlimited, p);
  });

  KlRule<TruncatedNormal, Exponential>([](const TruncatedNormal& q, const Exponential& p) {
    const char* name = "kl(TruncatedNormal, Exponential)";
    const Var value = elementwise(
        [](auto mean, auto entropy, auto rate) { return rate * mean - log(rate) - entropy; },
        q.mean(), q.entropy(), p.rate(), name);
    return where_nested(value, q.low(), q.high(), 0, kUnlimited, name);
  });
  KlRule<TruncatedNormal, Laplace>([](const TruncatedNormal& q, const Laplace& p) {
    return elementwise(
        [](auto distance, auto entropy, auto scale) {
          return log(scale) + parts::kLn2 + distance / scale - entropy;
        },
        mean_distance(q, p.loc()), q.entropy(), p.scale(), "kl(TruncatedNormal, Laplace)");
  });
  // e^(-(x - m)/b) times q's density is that of another loc, up to a factor: the same at every x.
  KlRule<TruncatedNormal, Gumbel>([](const TruncatedNormal& q, const Gumbel& p) {
    const TruncatedNormal other(q.loc() - q.scale() * (q.scale() / p.scale()), q.scale(), q.low(),
                                q.high());
    const Var mode = q.mode() + zeros(other.batch_shape());
    return elementwise(
        [](auto mode, auto shift, auto entropy, auto log_factor, auto loc, auto scale) {
          const auto z = (mode - loc) / scale;
          return z + shift / scale + exp(log_factor - z) + log(scale) - entropy;
        },
        mode, q.mean_above_mode(), q.entropy(), q.log_prob(mode) - other.log_prob(mode), p.loc(),
        p.scale(), "kl(TruncatedNormal, Gumbel)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
