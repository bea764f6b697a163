#include <cmath>
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
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>
#include <limits>

// TruncatedNormal and other families: finite where p's support holds q's.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::beside_power;
using detail::kUnlimited;
using detail::vanishing_exp;
using detail::where_nested;

// From an end that is not low enough for q it is the Normal.
template <class Q>
void add_from_whole_line() {
  KlRule<Q, TruncatedNormal>([](const Q& q, const TruncatedNormal& p) {
    return where_nested(kl(q, Normal(p.loc(), p.scale())), -kUnlimited, kUnlimited, p.low(),
                        p.high(), "kl(..., TruncatedNormal)");
  });
}

// The power of two that is nearest to this power of a scale, a constant: to measure in it is exact.
Var unit_near(const Var& scale, double power) {
  Array unit = scale.value();
  for (real& x : unit) x = std::exp2(std::round(static_cast<real>(power) * std::log2(x)));
  return Var(unit);
}
// In units of its root the square of a scale is in range, and that of its reciprocal.
Var root_of(const Var& scale) { return unit_near(scale, 0.5); }

Exponential measured_in(const Exponential& q, const Var& unit) {
  return Exponential(q.rate() * unit);
}
Gamma measured_in(const Gamma& q, const Var& unit) {
  return Gamma(q.concentration(), q.rate() * unit);
}
InverseGamma measured_in(const InverseGamma& q, const Var& unit) {
  return InverseGamma(q.concentration(), q.rate() / unit);
}
LogNormal measured_in(const LogNormal& q, const Var& unit) {
  return LogNormal(q.loc() - log(unit), q.scale());
}
Pareto measured_in(const Pareto& q, const Var& unit) { return Pareto(q.scale() / unit, q.alpha()); }
TruncatedNormal measured_in(const TruncatedNormal& q, const Var& unit) {
  return TruncatedNormal(q.loc() / unit, q.scale() / unit, q.low() / unit, q.high() / unit);
}
Uniform measured_in(const Uniform& q, const Var& unit) {
  return Uniform(q.low() / unit, q.high() / unit);
}
Weibull measured_in(const Weibull& q, const Var& unit) {
  return Weibull(q.scale() / unit, q.concentration());
}

// log p is a parabola: its mean follows from its value at q's mean, and from q's variance.
Var by_two_moments(const Distribution& q, const TruncatedNormal& p) {
  const char* name = "kl(..., TruncatedNormal)";
  const Var zero(zeros(broadcast_shape(q.batch_shape(), p.batch_shape(), "kl")));
  const Var mean = q.mean() + zero, variance = q.variance() + zero;
  const Var held = elementwise(
      [](auto mean, auto variance, auto mode) {
        return where(mean < kUnlimited && variance < kUnlimited, mean, mode);
      },
      mean, variance, p.mode(), name);
  return elementwise(
      [](auto mean, auto variance, auto entropy, auto log_p, auto scale) {
        const auto finite = mean < kUnlimited && variance < kUnlimited && log_p > -kUnlimited;
        return where(finite, 0.5 * (variance / scale / scale) - log_p - entropy, kUnlimited);
      },
      mean, variance, q.entropy(), p.log_prob(held), p.scale(), name);
}

// Of q's in [low, high].
template <class Q>
Var to_truncated_normal(const Q& q, const Var& low, const Var& high, const TruncatedNormal& p) {
  const Var unit = root_of(p.scale());
  return where_nested(by_two_moments(measured_in(q, unit), measured_in(p, unit)), low, high,
                      p.low(), p.high(), "kl(..., TruncatedNormal)");
}
template <class Q>
void add_positive() {
  KlRule<Q, TruncatedNormal>([](const Q& q, const TruncatedNormal& p) {
    return to_truncated_normal(q, 0, kUnlimited, p);
  });
}
template <class Q>
void add_in_unit_interval() {
  KlRule<Q, TruncatedNormal>([](const Q& q, const TruncatedNormal& p) {
    return where_nested(by_two_moments(q, p), 0, 1, p.low(), p.high(), "kl(..., TruncatedNormal)");
  });
}

// A parabola of curvature -1/scale^2 again: from its value at q's mode and q's first two moments
// about that, of which none is large in a tail.
Var by_moments_about_mode(const TruncatedNormal& q, const TruncatedNormal& p) {
  const Var mode = q.mode() + zeros(p.batch_shape());
  return elementwise(
      [](auto from_loc, auto shift, auto variance, auto entropy, auto log_p, auto scale) {
        const auto spread = variance + square(shift);
        const auto value = (0.5 * spread + from_loc * shift) / scale / scale - log_p - entropy;
        return where(spread / scale / scale == kUnlimited, kUnlimited, value);
      },
      mode - p.loc(), q.mean_above_mode(), q.variance(), q.entropy(), p.log_prob(mode), p.scale(),
      "kl(TruncatedNormal, TruncatedNormal)");
}

// E|X - m|: of m inside, the distances on its two sides by their weights, each of a TruncatedNormal
// of its own; nothing is lost in a tail. Where a side is too narrow for a weight, or too far from
// the mode, m is outside.
Var mean_distance(const TruncatedNormal& q, const Var& loc) {
  const char* name = "kl(TruncatedNormal, Laplace)";
  const Array inside =
      elementwise(
          [](auto loc, auto scale, auto low, auto high, auto mode) {
            constexpr double kNothing = std::numeric_limits<real>::epsilon();
            const auto width = high - low;
            const auto nothing = kNothing * where(width < scale, width, scale);
            const auto near = abs(loc - mode) < 40.0 * scale;
            return where(near && loc - low > nothing && high - loc > nothing, 1.0, 0.0);
          },
          loc, q.scale(), q.low(), q.high(), q.mode(), name)
          .value();
  const Var m = where(inside, loc, q.mode());
  const TruncatedNormal below(q.loc(), q.scale(), where(inside, q.low(), -kUnlimited),
                              where(inside, m, kUnlimited));
  const TruncatedNormal above(q.loc(), q.scale(), where(inside, m, -kUnlimited),
                              where(inside, q.high(), kUnlimited));
  const Var to_below = (m - below.mode()) - below.mean_above_mode();
  const Var to_above = (above.mode() - m) + above.mean_above_mode();
  const Var of_both = exp(q.log_cdf(m)) * to_below + exp(q.log_survival(m)) * to_above;
  return where(inside, of_both, abs((q.mode() - loc) + q.mean_above_mode()));
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

  KlRule<Chi2, TruncatedNormal>(
      [](const Chi2& q, const TruncatedNormal& p) { return kl(q.gamma(), p); });
  add_positive<Exponential>();
  add_positive<Gamma>();
  add_positive<InverseGamma>();
  add_positive<LogNormal>();
  add_positive<Weibull>();
  add_in_unit_interval<Beta>();
  add_in_unit_interval<ContinuousBernoulli>();
  add_in_unit_interval<Kumaraswamy>();
  KlRule<Pareto, TruncatedNormal>([](const Pareto& q, const TruncatedNormal& p) {
    return to_truncated_normal(q, q.scale(), kUnlimited, p);
  });
  KlRule<Uniform, TruncatedNormal>([](const Uniform& q, const TruncatedNormal& p) {
    return to_truncated_normal(q, q.low(), q.high(), p);
  });

  KlRule<TruncatedNormal, TruncatedNormal>([](const TruncatedNormal& q, const TruncatedNormal& p) {
    const Var unit = root_of(p.scale());
    return where_nested(by_moments_about_mode(measured_in(q, unit), measured_in(p, unit)), q.low(),
                        q.high(), p.low(), p.high(), "kl(TruncatedNormal, TruncatedNormal)");
  });
  KlRule<TruncatedNormal, Normal>([](const TruncatedNormal& q, const Normal& p) {
    return kl(q, TruncatedNormal(p.loc(), p.scale(), -kUnlimited, kUnlimited));
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
    // In units of q's scale, for its square may be out of range.
    const Var unit = unit_near(q.scale(), 1), p_loc = p.loc() / unit, p_scale = p.scale() / unit;
    const TruncatedNormal own = measured_in(q, unit);
    const TruncatedNormal other(own.loc() - own.scale() * (own.scale() / p_scale), own.scale(),
                                own.low(), own.high());
    const Var mode = own.mode() + zeros(other.batch_shape());
    return elementwise(
        [](auto mode, auto shift, auto entropy, auto log_factor, auto loc, auto scale) {
          const auto from_loc = mode - loc;
          return beside_power((from_loc + shift) / scale + log(scale) - entropy,
                              vanishing_exp(log_factor - from_loc / scale));
        },
        mode, own.mean_above_mode(), own.entropy(), own.log_prob(mode) - other.log_prob(mode),
        p_loc, p_scale, "kl(TruncatedNormal, Gumbel)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
