#include <evident/distributions/beta.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/uniform.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using detail::shape_divergence;

// E log X for X uniform in [low, high], low >= 0: (high log high - low log low)/(high - low) - 1,
// about log high by what lies below it, so that nothing cancels.
template <class X, class Y, class R = Promoted<X, Y>>
R mean_log(const X& low, const Y& high) {
  // With u = (high - low)/high the rest is log(1 - u) (1 - u)/u, whose limits are -1 and 0.
  const R u = (high - low) / high;
  const auto whole = low == 0.0;
  const R inner = where(whole, R(0.5), u);
  const R rest = where(whole, R(0.0), -log1p(-inner) * (1.0 - inner) / inner);
  return log(high) + rest - 1.0;
}

// E log X for X of Beta(a, b): digamma(a) - digamma(a + b).
template <class X, class Y, class R = Promoted<X, Y>>
R mean_log_of_beta(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    const L of_both = trigamma(a + b);
    return Partials<L>{-digamma_rise(a, b), trigamma(a) - of_both, -of_both};
  });
}

void add_uniform_kl() {
  KlRule<Uniform, Uniform>([](const Uniform& q, const Uniform& p) {
    return elementwise(
        [](auto q_low, auto q_high, auto p_low, auto p_high) {
          return where(p_low <= q_low && q_high <= p_high, log((p_high - p_low) / (q_high - q_low)),
                       kUnlimited);
        },
        q.low(), q.high(), p.low(), p.high(), "kl(Uniform, Uniform)");
  });
  KlRule<Uniform, Exponential>([](const Uniform& q, const Exponential& p) {
    return elementwise(
        [](auto low, auto high, auto rate) {
          const auto value = 0.5 * rate * (low + high) - log(rate * (high - low));
          return where(low >= 0.0, value, kUnlimited);
        },
        q.low(), q.high(), p.rate(), "kl(Uniform, Exponential)");
  });
  KlRule<Uniform, Gamma>([](const Uniform& q, const Gamma& p) {
    return elementwise(
        [](auto low, auto high, auto shape, auto rate) {
          const auto inside = low >= 0.0;
          const auto from = where(inside, low, 0.0 * low);
          const auto to = where(inside, high, 0.0 * high + 1.0);
          const auto of_log = (shape - 1.0) * mean_log(from, to);
          const auto value = lgamma(shape) - shape * log(rate) - of_log + 0.5 * rate * (from + to) -
                             log(to - from);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.concentration(), p.rate(), "kl(Uniform, Gamma)");
  });
  // E e^-(X - m)/b = e^(-(low - m)/b) (1 - e^-w)/w with the width w over b.
  KlRule<Uniform, Gumbel>([](const Uniform& q, const Gumbel& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto scale) {
          const auto width = (high - low) / scale;
          const auto from = (low - loc) / scale;
          return from + 0.5 * width - log(width) - exp(-from) * expm1(-width) / width;
        },
        q.low(), q.high(), p.loc(), p.scale(), "kl(Uniform, Gumbel)");
  });
  // E|X - m|: ((m - low)^2 + (high - m)^2) / (2 (high - low)) for m between, else to the middle.
  KlRule<Uniform, Laplace>([](const Uniform& q, const Laplace& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto scale) {
          const auto width = high - low;
          const auto between = loc > low && loc < high;
          const auto split = (square(loc - low) + square(high - loc)) / (2.0 * width);
          const auto distance = where(between, split, abs(0.5 * (low + high) - loc));
          return log(2.0 * scale / width) + distance / scale;
        },
        q.low(), q.high(), p.loc(), p.scale(), "kl(Uniform, Laplace)");
  });
  KlRule<Uniform, Beta>([](const Uniform& q, const Beta& p) {
    return elementwise(
        [](auto low, auto high, auto a, auto b) {
          const auto inside = low >= 0.0 && high <= 1.0;
          const auto from = where(inside, low, 0.0 * low);
          const auto to = where(inside, high, 0.0 * high + 1.0);
          const auto of_logs =
              (a - 1.0) * mean_log(from, to) + (b - 1.0) * mean_log(1.0 - to, 1.0 - from);
          return where(inside, lbeta(a, b) - of_logs - log(to - from), kUnlimited);
        },
        q.low(), q.high(), p.concentration1(), p.concentration0(), "kl(Uniform, Beta)");
  });
  KlRule<Uniform, Pareto>([](const Uniform& q, const Pareto& p) {
    return elementwise(
        [](auto low, auto high, auto scale, auto alpha) {
          const auto inside = low >= scale;
          const auto from = where(inside, low, scale), to = where(inside, high, 2.0 * scale);
          const auto value =
              (alpha + 1.0) * mean_log(from, to) - log(alpha * (to - from)) - alpha * log(scale);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.scale(), p.alpha(), "kl(Uniform, Pareto)");
  });
}

void add_beta_kl() {
  // A Beta is the share of one of two Gammas: their shapes' divergences less that of the sum, and
  // what the means differ by, as counts c and d from shares of a and b. No term is large where the
  // two are alike.
  KlRule<Beta, Beta>([](const Beta& q, const Beta& p) {
    return elementwise(
        [](auto a, auto b, auto c, auto d) {
          const auto both = a + b, of_p = c + d;
          const auto ratio = of_p / both;
          return deviance(c, ratio * a) + deviance(d, ratio * b) +
                 (shape_divergence(a, c) + shape_divergence(b, d) - shape_divergence(both, of_p));
        },
        q.concentration1(), q.concentration0(), p.concentration1(), p.concentration0(),
        "kl(Beta, Beta)");
  });
  KlRule<Beta, Uniform>([](const Beta& q, const Uniform& p) {
    return elementwise(
        [](auto entropy, auto low, auto high) {
          return where(low <= 0.0 && high >= 1.0, log(high - low) - entropy, kUnlimited);
        },
        q.entropy(), p.low(), p.high(), "kl(Beta, Uniform)");
  });
  KlRule<Beta, Exponential>([](const Beta& q, const Exponential& p) {
    return elementwise(
        [](auto entropy, auto mean, auto rate) { return rate * mean - log(rate) - entropy; },
        q.entropy(), q.mean(), p.rate(), "kl(Beta, Exponential)");
  });
  KlRule<Beta, Gamma>([](const Beta& q, const Gamma& p) {
    return elementwise(
        [](auto a, auto b, auto entropy, auto shape, auto rate) {
          return lgamma(shape) - shape * log(rate) - (shape - 1.0) * mean_log_of_beta(a, b) +
                 rate * (a / (a + b)) - entropy;
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.concentration(), p.rate(),
        "kl(Beta, Gamma)");
  });
  // E|X - m| = m (2 I_m(a, b) - 1) + mean (1 - 2 I_m(a + 1, b)) for m between 0 and 1.
  KlRule<Beta, Laplace>([](const Beta& q, const Laplace& p) {
    return elementwise(
        [](auto a, auto b, auto entropy, auto loc, auto scale) {
          const auto mean = a / (a + b);
          const auto between = loc > 0.0 && loc < 1.0;
          const auto m = where(between, loc, 0.0 * loc + 0.5);
          const auto distance =
              m * (2.0 * betainc(a, b, m) - 1.0) + mean * (1.0 - 2.0 * betainc(a + 1.0, b, m));
          return log(2.0 * scale) + where(between, distance, abs(loc - mean)) / scale - entropy;
        },
        q.concentration1(), q.concentration0(), q.entropy(), p.loc(), p.scale(),
        "kl(Beta, Laplace)");
  });
}

}  // namespace

void detail::add_bounded_kl() {
  add_uniform_kl();
  add_beta_kl();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
