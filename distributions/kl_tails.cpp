#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/exponential_integral.hpp>
#include <evident/autodiff/functions/von_mises_law.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/von_mises.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kLn2;

using detail::deviance_of;
using detail::excess_over_log;
using detail::gumbel_divergence;
using detail::kEulerGamma;
using detail::kHalfLogTwoPiE;
using detail::kRootTwoOverPi;
using detail::kUnlimited;
using detail::lgamma_beside_deviance;

// log(1 + (a - b)^2 / (4 a b)), the part of two Cauchys that their scales make.
template <class X, class Y, class R = Promoted<X, Y>>
R unlike(const X& a, const Y& b) {
  return 0.25 * ((a - b) / a) * ((a - b) / b);
}

// log(1 + excess), where the excess may overflow: ((a + b)^2 + d^2) / (4 a b) then, the larger of
// the squares outside.
template <class E, class X, class Y, class D>
auto log_of_unlike(const E& excess, const X& a, const Y& b, const D& distance) {
  const auto held = excess < 1e30;
  const auto sum = a + b;
  const auto large = where(sum > distance, sum, distance),
             small = where(sum > distance, distance, sum);
  const auto of_logs =
      log_ratio(large, a) + log_ratio(large, b) - 2.0 * kLn2 + log1p(square(small / large));
  return where(held, log1p(where(held, excess, 1.0)), of_logs);
}

}  // namespace

void detail::add_tails_kl() {
  // E|X - m| = d + b e^(-d/b) with the distance d of the two locs and q's scale b.
  KlRule<Laplace, Laplace>([](const Laplace& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto distance = abs(q_loc - p_loc);
          const auto ratio = q_scale / p_scale;
          return excess_over_log(q_scale, p_scale) +
                 (distance / p_scale + ratio * expm1(-distance / q_scale));
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Laplace, Laplace)");
  });
  KlRule<Gumbel, Gumbel>([](const Gumbel& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          return gumbel_divergence(q_scale / p_scale, (q_loc - p_loc) / p_scale);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Gumbel, Gumbel)");
  });
  // log(((a + b)^2 + d^2) / (4 a b)) (Chyzak and Nielsen 2019, "A closed-form formula for the
  // Kullback-Leibler divergence between Cauchy distributions").
  KlRule<Cauchy, Cauchy>([](const Cauchy& q, const Cauchy& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto apart = q_loc - p_loc;
          return log_of_unlike(
              unlike(q_scale, p_scale) + 0.25 * (apart / q_scale) * (apart / p_scale), q_scale,
              p_scale, abs(apart));
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Cauchy, Cauchy)");
  });
  KlRule<HalfCauchy, HalfCauchy>([](const HalfCauchy& q, const HalfCauchy& p) {
    return elementwise([](auto q, auto p) { return log_of_unlike(unlike(q, p), q, p, 0.0 * q); },
                       q.scale(), p.scale(), "kl(HalfCauchy, HalfCauchy)");
  });
  KlRule<Pareto, Pareto>([](const Pareto& q, const Pareto& p) {
    return elementwise(
        [](auto q_scale, auto q_alpha, auto p_scale, auto p_alpha) {
          const auto value =
              excess_over_log(p_alpha, q_alpha) + p_alpha * log_ratio(q_scale, p_scale);
          return where(q_scale < p_scale, kUnlimited, value);
        },
        q.scale(), q.alpha(), p.scale(), p.alpha(), "kl(Pareto, Pareto)");
  });

  // With d = q's loc less p's: E|X - m| = s sqrt(2/pi) e^(-d^2/(2 s^2)) + d erf(d / (s sqrt 2)).
  KlRule<Normal, Laplace>([](const Normal& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto z = (q_loc - p_loc) / q_scale;
          const auto distance =
              kRootTwoOverPi * exp(-0.5 * square(z)) + z * erf(0.70710678118654752440 * z);
          const auto ratio = q_scale / p_scale;
          return ratio * distance - log(ratio) + (kLn2 - kHalfLogTwoPiE);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Normal, Laplace)");
  });
  // E e^-(X - m)/b = e^(-(mean - m)/b + s^2/(2 b^2)).
  KlRule<Normal, Gumbel>([](const Normal& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto z = (q_loc - p_loc) / p_scale;
          const auto ratio = q_scale / p_scale;
          return z - log(ratio) + exp(0.5 * square(ratio) - z) - kHalfLogTwoPiE;
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Normal, Gumbel)");
  });
  // E|X - m|: the mean less m for m <= 0, else m - 1/r + 2 e^(-r m)/r.
  KlRule<Exponential, Laplace>([](const Exponential& q, const Laplace& p) {
    return elementwise(
        [](auto rate, auto loc, auto scale) {
          const auto mean = 1.0 / rate;
          const auto inside = loc > 0.0;
          const auto past = where(inside, loc * rate, 0.0 * loc);
          const auto distance = where(inside, loc - mean + 2.0 * mean * exp(-past), mean - loc);
          return log(2.0 * scale * rate) + distance / scale - 1.0;
        },
        q.rate(), p.loc(), p.scale(), "kl(Exponential, Laplace)");
  });
  // E e^-(X - m)/b = e^(m/b) / (1 + 1/(r b)).
  KlRule<Exponential, Gumbel>([](const Exponential& q, const Gumbel& p) {
    return elementwise(
        [](auto rate, auto loc, auto scale) {
          const auto mean = 1.0 / (rate * scale);
          const auto z = loc / scale;
          return mean - z - log(mean) + exp(z - log1p(mean)) - 1.0;
        },
        q.rate(), p.loc(), p.scale(), "kl(Exponential, Gumbel)");
  });
  KlRule<Gamma, Laplace>([](const Gamma& q, const Laplace& p) {
    return elementwise(
        [](auto shape, auto rate, auto loc, auto scale, auto entropy) {
          const auto mean = shape / rate;
          const auto inside = loc > 0.0;
          const auto past = where(inside, loc * rate, 0.0 * loc);
          // m (2 P(a, r m) - 1) + mean (1 - 2 P(a + 1, r m)).
          const auto distance = loc * (2.0 * gammainc(shape, past) - 1.0) +
                                mean * (1.0 - 2.0 * gammainc(shape + 1.0, past));
          return log(2.0 * scale) + where(inside, distance, mean - loc) / scale - entropy;
        },
        q.concentration(), q.rate(), p.loc(), p.scale(), q.entropy(), "kl(Gamma, Laplace)");
  });
  KlRule<Gamma, Gumbel>([](const Gamma& q, const Gumbel& p) {
    return elementwise(
        [](auto shape, auto rate, auto loc, auto scale, auto entropy) {
          const auto unit = 1.0 / (rate * scale);
          const auto z = loc / scale;
          return log(scale) + shape * unit - z + exp(z - shape * log1p(unit)) - entropy;
        },
        q.concentration(), q.rate(), p.loc(), p.scale(), q.entropy(), "kl(Gamma, Gumbel)");
  });

  // With z = (m - loc)/b for q's loc and scale b: E|X - m| = b (2 E_1(e^-z) + gamma - z).
  KlRule<Gumbel, Laplace>([](const Gumbel& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto z = (p_loc - q_loc) / q_scale;
          const auto ratio = q_scale / p_scale;
          const auto distance = 2.0 * expint_of_exp(z) + (kEulerGamma - z);
          return ratio * distance - log(ratio) + (kLn2 - kEulerGamma - 1.0);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Gumbel, Laplace)");
  });
  // E e^-(X - m)/b = e^-(loc - m)/b / (1 - (s/b)^2), infinite for s >= b.
  KlRule<Laplace, Gumbel>([](const Laplace& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto finite = q_scale < p_scale;
          const auto ratio = where(finite, q_scale / p_scale, 0.5 + 0.0 * q_scale);
          const auto z = (q_loc - p_loc) / p_scale;
          const auto value =
              z + exp(-z) / ((1.0 - ratio) * (1.0 + ratio)) - log(ratio) - kLn2 - 1.0;
          return where(finite, value, kUnlimited);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Laplace, Gumbel)");
  });

  // With A = I_1(k)/I_0(k) of q: A (k - l cos d) - log I_0(k) + log I_0(l), of which l - k is taken
  // out.
  KlRule<VonMises, VonMises>([](const VonMises& q, const VonMises& p) {
    return elementwise(
        [](auto q_loc, auto k, auto p_loc, auto l) {
          const auto short_of_1 = bessel_ratio_complement(k);
          const auto turned = 2.0 * l * square(sin(0.5 * (q_loc - p_loc)));
          return (1.0 - short_of_1) * turned + short_of_1 * (l - k) +
                 (log_scaled_bessel_i0(l) - log_scaled_bessel_i0(k));
        },
        q.loc(), q.concentration(), p.loc(), p.concentration(), "kl(VonMises, VonMises)");
  });

  // E X = s a/(a - 1), infinite for a <= 1; E log X = log s + 1/a.
  KlRule<Pareto, Exponential>([](const Pareto& q, const Exponential& p) {
    return elementwise(
        [](auto scale, auto alpha, auto rate) {
          const auto finite = alpha > 1.0;
          const auto mean = scale * alpha / where(finite, alpha - 1.0, 0.0 * alpha + 1.0);
          const auto value = log(alpha) - log(scale * rate) - 1.0 / alpha - 1.0 + rate * mean;
          return where(finite, value, kUnlimited);
        },
        q.scale(), q.alpha(), p.rate(), "kl(Pareto, Exponential)");
  });
  // With u the least X in units of p's rate, E of what it adds to u and of its logarithm's.
  KlRule<Pareto, Gamma>([](const Pareto& q, const Gamma& p) {
    return elementwise(
        [](auto scale, auto alpha, auto shape, auto rate) {
          const auto finite = alpha > 1.0;
          const auto a = where(finite, alpha, 0.0 * alpha + 2.0);
          const auto u = scale * rate;
          const auto value = deviance_of(shape, u, log(scale) + log(rate)) + u / a / (a - 1.0) +
                             (u - shape) / a + lgamma_beside_deviance(shape) + log(a) - 1.0;
          return where(finite, value, kUnlimited);
        },
        q.scale(), q.alpha(), p.concentration(), p.rate(), "kl(Pareto, Gamma)");
  });
  // E|X - m|: the mean less m for m <= s, else 2 s^a m^(1-a)/(a - 1) - mean + m.
  KlRule<Pareto, Laplace>([](const Pareto& q, const Laplace& p) {
    return elementwise(
        [](auto scale, auto alpha, auto loc, auto width) {
          const auto finite = alpha > 1.0;
          const auto above = where(finite, alpha - 1.0, 0.0 * alpha + 1.0);
          const auto mean = scale * alpha / above;
          const auto inside = loc > scale;
          const auto m = where(inside, loc, scale);
          const auto tail = 2.0 * m * exp(alpha * log(scale / m)) / above;
          const auto distance = where(inside, tail - mean + loc, mean - loc);
          const auto value =
              log(2.0 * width * alpha / scale) - 1.0 - 1.0 / alpha + distance / width;
          return where(finite, value, kUnlimited);
        },
        q.scale(), q.alpha(), p.loc(), p.scale(), "kl(Pareto, Laplace)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
