#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>

// Against a HalfNormal, and of one, where a Gamma is not the other: kl_moments.cpp has those.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::beside_power;
using detail::kEulerGamma;
using detail::kRootTwoOverPi;
using detail::kUnlimited;
using detail::mean_beyond;
using detail::vanishing_exp;

// E log|Z| of a standard normal Z, and log(pi/2) / 2.
constexpr double kMeanLogSize = -0.5 * (kEulerGamma + parts::kLn2);
constexpr double kHalfOfLogHalfPi = parts::kHalfLogTwoPi - parts::kLn2;

// Of numbers in [0, 1]: a HalfNormal is there twice what the Normal about 0 is.
template <class Q>
Var to_half_normal(const Q& q, const HalfNormal& p) {
  return kl(q, Normal(0, p.scale())) - parts::kLn2;
}

// From the second moment in units of p's scale s, and the entropy of q.
template <class H, class S, class M>
auto by_second_moment(const H& entropy, const S& s, const M& moment) {
  return beside_power(kHalfOfLogHalfPi + (log(s) - entropy), 0.5 * moment);
}

// A HalfNormal is a Normal cut off at its mode.
TruncatedNormal as_truncated(const HalfNormal& d) {
  return TruncatedNormal(0, d.scale(), 0, kUnlimited);
}

}  // namespace

void detail::add_half_normal_kl() {
  KlRule<Beta, HalfNormal>{to_half_normal<Beta>};
  KlRule<ContinuousBernoulli, HalfNormal>{to_half_normal<ContinuousBernoulli>};
  KlRule<Kumaraswamy, HalfNormal>{to_half_normal<Kumaraswamy>};
  KlRule<InverseGamma, HalfNormal>([](const InverseGamma& q, const HalfNormal& p) {
    return elementwise(
        [](auto a, auto rate, auto entropy, auto s) {
          const auto finite = a > 2.0;
          const auto above = where(finite, a - 2.0, 1.0), ratio = rate / s;
          const auto value =
              by_second_moment(entropy, s, (ratio / (above + 1.0)) * (ratio / above));
          return where(finite, value, kUnlimited);
        },
        q.concentration(), q.rate(), q.entropy(), p.scale(), "kl(InverseGamma, HalfNormal)");
  });
  KlRule<LogNormal, HalfNormal>([](const LogNormal& q, const HalfNormal& p) {
    return elementwise(
        [](auto loc, auto scale, auto entropy, auto s) {
          return by_second_moment(entropy, s, exp(2.0 * ((loc - log(s)) + square(scale))));
        },
        q.loc(), q.scale(), q.entropy(), p.scale(), "kl(LogNormal, HalfNormal)");
  });
  KlRule<Pareto, HalfNormal>([](const Pareto& q, const HalfNormal& p) {
    return elementwise(
        [](auto scale, auto alpha, auto entropy, auto s) {
          const auto finite = alpha > 2.0;
          const auto above = where(finite, alpha - 2.0, 1.0);
          const auto value = by_second_moment(entropy, s, square(scale / s) * (1.0 + 2.0 / above));
          return where(finite, value, kUnlimited);
        },
        q.scale(), q.alpha(), q.entropy(), p.scale(), "kl(Pareto, HalfNormal)");
  });
  KlRule<Weibull, HalfNormal>([](const Weibull& q, const HalfNormal& p) {
    return elementwise(
        [](auto scale, auto k, auto entropy, auto s) {
          const auto root = (scale / s) * exp(0.5 * lgamma(1.0 + 2.0 / k));
          return by_second_moment(entropy, s, square(root));
        },
        q.scale(), q.concentration(), q.entropy(), p.scale(), "kl(Weibull, HalfNormal)");
  });
  KlRule<Uniform, HalfNormal>([](const Uniform& q, const HalfNormal& p) {
    return elementwise(
        [](auto low, auto high, auto entropy, auto s) {
          const auto from = low / s, to = high / s;
          const auto value =
              by_second_moment(entropy, s, (square(from) + from * to + square(to)) / 3.0);
          return where(low >= 0.0, value, kUnlimited);
        },
        q.low(), q.high(), q.entropy(), p.scale(), "kl(Uniform, HalfNormal)");
  });
  KlRule<TruncatedNormal, HalfNormal>(
      [](const TruncatedNormal& q, const HalfNormal& p) { return kl(q, as_truncated(p)); });
  KlRule<HalfNormal, TruncatedNormal>(
      [](const HalfNormal& q, const TruncatedNormal& p) { return kl(as_truncated(q), p); });

  // E|X - m|: the mean less m for m <= 0, else m less the mean and twice what is beyond m.
  KlRule<HalfNormal, Laplace>([](const HalfNormal& q, const Laplace& p) {
    return elementwise(
        [](auto s, auto loc, auto scale) {
          const auto inside = loc > 0.0;
          const auto beyond = mean_beyond(where(inside, loc, 0.0) / s);
          const auto distance =
              where(inside, loc + s * (2.0 * beyond - kRootTwoOverPi), kRootTwoOverPi * s - loc);
          return distance / scale + log_ratio(scale, s) + (parts::kLn2 - kHalfOfLogHalfPi - 0.5);
        },
        q.scale(), p.loc(), p.scale(), "kl(HalfNormal, Laplace)");
  });
  // With r = s/b, E e^-(X - m)/b = 2 e^(m/b + r^2/2) Phi(-r).
  KlRule<HalfNormal, Gumbel>([](const HalfNormal& q, const Gumbel& p) {
    return elementwise(
        [](auto s, auto loc, auto scale) {
          const auto ratio = s / scale;
          // Far out the two terms of its logarithm are large: sqrt(2/pi) (1/r - 1/r^3 + ...) then.
          const auto far = ratio > 30.0;
          const auto r = where(far, 1.0, ratio), w = where(far, scale / s, 0.01);
          const auto v = square(w);
          const auto series = 1.0 - v * (1.0 - v * (3.0 - v * (15.0 - v * (105.0 - 945.0 * v))));
          const auto log_tail = where(far, log(kRootTwoOverPi * w * series),
                                      parts::kLn2 + 0.5 * square(r) + log_ndtr(-r));
          return beside_power(
              (kRootTwoOverPi * s - loc) / scale + log_ratio(scale, s) - (kHalfOfLogHalfPi + 0.5),
              vanishing_exp(loc / scale + log_tail));
        },
        q.scale(), p.loc(), p.scale(), "kl(HalfNormal, Gumbel)");
  });
  // E (X/l)^k = (s sqrt 2 / l)^k Gamma((k + 1)/2) / sqrt pi.
  KlRule<HalfNormal, Weibull>([](const HalfNormal& q, const Weibull& p) {
    return elementwise(
        [](auto s, auto scale, auto k) {
          constexpr double kHalfLogPi = 0.572364942924700087071713675677;
          const auto apart = log_ratio(s, scale);
          const auto log_power =
              k * (apart + 0.5 * parts::kLn2) + lgamma(0.5 * (k + 1.0)) - kHalfLogPi;
          return beside_power(
              (kMeanLogSize - kHalfOfLogHalfPi - 0.5) - k * (apart + kMeanLogSize) - log(k),
              vanishing_exp(log_power));
        },
        q.scale(), p.scale(), p.concentration(), "kl(HalfNormal, Weibull)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
