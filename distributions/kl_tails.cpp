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
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/von_mises.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kLn2;

using detail::beside_power;
using detail::deviance_of;
using detail::excess_over_log;
using detail::gumbel_divergence;
using detail::hypotenuse;
using detail::kEulerGamma;
using detail::kHalfLogTwoPiE;
using detail::kNothingLeft;
using detail::kUnlimited;
using detail::lgamma_beside_deviance;
using detail::log_of_product;
using detail::mean_beyond;
using detail::no_more_than;
using detail::vanishing_exp;

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

// With the unit u = 1/(r b) and z = m/b: E|X - m|/b is a u - z for m <= 0, else
// z (2 P(a, r m) - 1) + a u (1 - 2 P(a + 1, r m)).
Var gamma_laplace(const Var& shape, const Var& rate, const Var& entropy, const Laplace& p,
                  const char* name) {
  return elementwise(
      [](auto shape, auto rate, auto entropy, auto loc, auto scale) {
        const auto inside = loc > 0.0;
        const auto unit = 1.0 / (rate * scale);
        const auto z = loc / scale;
        const auto past = where(inside, loc * rate, 1.0);
        const auto below = 2.0 * gammainc(shape, past) - 1.0;
        const auto of_mean = shape * (1.0 - 2.0 * gammainc(shape + 1.0, past));
        // Either may be infinite.
        const auto distance =
            where(past < 1.0, unit * (past * below + of_mean), z * (below + of_mean / past));
        return kLn2 + log(scale) + where(inside, distance, shape * unit - z) - entropy;
      },
      shape, rate, entropy, p.loc(), p.scale(), name);
}

// E e^-(X - m)/b = e^(m/b) (1 + 1/(r b))^-a.
Var gamma_gumbel(const Var& shape, const Var& rate, const Var& entropy, const Gumbel& p,
                 const char* name) {
  return elementwise(
      [](auto shape, auto rate, auto entropy, auto loc, auto scale) {
        const auto product = rate * scale, unit = 1.0 / product;
        const auto of_units =
            where(unit > 1.0, log1p(product) - log_of_product(rate, scale), log1p(unit));
        const auto z = loc / scale;
        return beside_power(shape * unit - z + log(scale) - entropy,
                            vanishing_exp(z - shape * of_units));
      },
      shape, rate, entropy, p.loc(), p.scale(), name);
}

}  // namespace

void detail::add_tails_kl() {
  // E|X - m| = d + b e^(-d/b) with the distance d of the two locs and q's scale b.
  KlRule<Laplace, Laplace>([](const Laplace& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto distance = abs(q_loc - p_loc);
          const auto z = no_more_than(kNothingLeft, distance / q_scale);
          return excess_over_log(q_scale, p_scale) + (distance + q_scale * expm1(-z)) / p_scale;
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Laplace, Laplace)");
  });
  KlRule<Gumbel, Gumbel>([](const Gumbel& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          return gumbel_divergence(q_scale / p_scale, log_ratio(q_scale, p_scale),
                                   (q_loc - p_loc) / p_scale);
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
  // With c = s sqrt(n), E log(1 + ((X - m)/c)^2) = log(((a + c)^2 + d^2) / c^2).
  KlRule<Cauchy, StudentT>([](const Cauchy& q, const StudentT& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto df, auto p_loc, auto p_scale) {
          const auto c = p_scale * sqrt(df);
          const auto ratio = q_scale / c, apart = (q_loc - p_loc) / c;
          const auto excess = ratio * (2.0 + ratio) + square(apart);
          const auto held = excess < 1e30;
          const auto far = log_ratio(hypotenuse(q_scale + c, q_loc - p_loc), c);
          const auto mean = where(held, log1p(where(held, excess, 1.0)), 2.0 * far);
          return 0.5 * (df + 1.0) * mean + log_ratio(c, q_scale) + lbeta(0.5, 0.5 * df) -
                 (parts::kLogTwoPi + kLn2);
        },
        q.loc(), q.scale(), p.df(), p.loc(), p.scale(), "kl(Cauchy, StudentT)");
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

  // E|X - m|: the distance d of the two locs, and s times what of |Z| is beyond d/s.
  KlRule<Normal, Laplace>([](const Normal& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto apart = abs(q_loc - p_loc);
          const auto distance = apart + q_scale * mean_beyond(apart / q_scale);
          return distance / p_scale + log_ratio(p_scale, q_scale) + (kLn2 - kHalfLogTwoPiE);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Normal, Laplace)");
  });
  // E e^-(X - m)/b = e^(-(mean - m)/b + s^2/(2 b^2)).
  KlRule<Normal, Gumbel>([](const Normal& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto apart = q_loc - p_loc;
          const auto log_power = (0.5 * q_scale * (q_scale / p_scale) - apart) / p_scale;
          return beside_power(apart / p_scale + log_ratio(p_scale, q_scale) - kHalfLogTwoPiE,
                              vanishing_exp(log_power));
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Normal, Gumbel)");
  });
  // An Exponential is a Gamma of shape 1.
  KlRule<Exponential, Laplace>([](const Exponential& q, const Laplace& p) {
    return gamma_laplace(1, q.rate(), q.entropy(), p, "kl(Exponential, Laplace)");
  });
  KlRule<Exponential, Gumbel>([](const Exponential& q, const Gumbel& p) {
    return gamma_gumbel(1, q.rate(), q.entropy(), p, "kl(Exponential, Gumbel)");
  });
  KlRule<Gamma, Laplace>([](const Gamma& q, const Laplace& p) {
    return gamma_laplace(q.concentration(), q.rate(), q.entropy(), p, "kl(Gamma, Laplace)");
  });
  KlRule<Gamma, Gumbel>([](const Gamma& q, const Gumbel& p) {
    return gamma_gumbel(q.concentration(), q.rate(), q.entropy(), p, "kl(Gamma, Gumbel)");
  });

  // With z = (m - loc)/b for q's loc and scale b: E|X - m| = b (2 E_1(e^-z) + gamma - z). Far out
  // E_1 is z - gamma or 0.
  KlRule<Gumbel, Laplace>([](const Gumbel& q, const Laplace& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          constexpr double kFar = 40;
          const auto apart = p_loc - q_loc;
          const auto z = apart / q_scale;
          const auto near = where(z < -kFar, -kFar, no_more_than(kFar, z));
          const auto beside = 2.0 * expint_of_exp(near) + kEulerGamma - near - abs(near);
          return (abs(apart) + q_scale * beside) / p_scale + log_ratio(p_scale, q_scale) +
                 (kLn2 - kEulerGamma - 1.0);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Gumbel, Laplace)");
  });
  // E e^-(X - m)/b = e^-(loc - m)/b / (1 - (s/b)^2), infinite for s >= b.
  KlRule<Laplace, Gumbel>([](const Laplace& q, const Gumbel& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto finite = q_scale < p_scale;
          const auto ratio = where(finite, q_scale / p_scale, 0.5);
          const auto short_of_1 = where(finite, (p_scale - q_scale) / p_scale, 0.5);
          const auto z = (q_loc - p_loc) / p_scale;
          const auto value = beside_power(z + log_ratio(p_scale, q_scale) - (kLn2 + 1.0),
                                          vanishing_exp(-z) / (short_of_1 * (1.0 + ratio)));
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
          const auto value =
              log(alpha) - log_of_product(scale, rate) - 1.0 / alpha - 1.0 + rate * mean;
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
          const auto tail = 2.0 * m * exp(alpha * log_ratio(scale, m)) / above;
          const auto distance = where(inside, tail - mean + loc, mean - loc);
          const auto value =
              kLn2 + log(alpha) + log_ratio(width, scale) - 1.0 - 1.0 / alpha + distance / width;
          return where(finite, value, kUnlimited);
        },
        q.scale(), q.alpha(), p.loc(), p.scale(), "kl(Pareto, Laplace)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
