#include <evident/distributions/delta.hpp>
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

using detail::beside_power;
using detail::deviance_of;
using detail::kNothingLeft;
using detail::kUnlimited;
using detail::lgamma_beside_deviance;
using detail::log_of_product;
using detail::mean_log_gap;
using detail::no_more_than;
using detail::vanishing_exp;
using parts::kLn2;

}  // namespace

Var detail::where_nested(const Var& value, const Var& q_low, const Var& q_high, const Var& p_low,
                         const Var& p_high, const char* name) {
  return elementwise(
      [](auto value, auto q_low, auto q_high, auto p_low, auto p_high) {
        // Where it is infinite by itself slopes may be no numbers: it has none then.
        const auto infinite = value == kUnlimited || p_low > q_low || q_high > p_high;
        return where(infinite, kUnlimited, value);
      },
      value, q_low, q_high, p_low, p_high, name);
}

void detail::add_bounded_kl() {
  KlRule<Delta, Delta>([](const Delta& q, const Delta& p) {
    return elementwise([](auto q, auto p) { return where(q == p, 0.0 * q, kUnlimited); }, q.v(),
                       p.v(), "kl(Delta, Delta)");
  });
  KlRule<Uniform, Uniform>([](const Uniform& q, const Uniform& p) {
    return elementwise(
        [](auto q_low, auto q_high, auto p_low, auto p_high) {
          // Halves, for a width may overflow.
          const auto value = log_ratio(0.5 * p_high - 0.5 * p_low, 0.5 * q_high - 0.5 * q_low);
          return where(p_low <= q_low && q_high <= p_high, value, kUnlimited);
        },
        q.low(), q.high(), p.low(), p.high(), "kl(Uniform, Uniform)");
  });
  KlRule<Uniform, Exponential>([](const Uniform& q, const Exponential& p) {
    return elementwise(
        [](auto low, auto high, auto rate) {
          const auto value = 0.5 * rate * (low + high) - log_of_product(rate, high - low);
          return where(low >= 0.0, value, kUnlimited);
        },
        q.low(), q.high(), p.rate(), "kl(Uniform, Exponential)");
  });
  KlRule<Uniform, Gamma>([](const Uniform& q, const Gamma& p) {
    return elementwise(
        [](auto low, auto high, auto shape, auto rate) {
          const auto inside = low >= 0.0;
          const auto from = where(inside, low, 0.0 * low);
          const auto width = where(inside, high - low, 1.0 + 0.0 * (low + high));
          const auto mean = from + 0.5 * width;
          const auto value = deviance_of(shape, rate * mean, log(rate) + log(mean)) +
                             lgamma_beside_deviance(shape) + log(mean / width) +
                             (shape - 1.0) * mean_log_gap(from, width);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.concentration(), p.rate(), "kl(Uniform, Gamma)");
  });
  // E e^-(X - m)/b = e^(-(low - m)/b) (1 - e^-w)/w with the width w over b.
  KlRule<Uniform, Gumbel>([](const Uniform& q, const Gumbel& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto scale) {
          const auto width = high - low;
          const auto w = no_more_than(kNothingLeft, width / scale);
          const auto log_power = log1mexp(-w) - (low - loc) / scale;
          const auto of_width = log_ratio(scale, width);
          return beside_power((0.5 * (low + high) - loc) / scale + of_width,
                              vanishing_exp(log_power + of_width));
        },
        q.low(), q.high(), p.loc(), p.scale(), "kl(Uniform, Gumbel)");
  });
  // E|X - m|: (t^2 + (1 - t)^2) w/2 for m between, at the share t of the width w, else to the
  // middle.
  KlRule<Uniform, Laplace>([](const Uniform& q, const Laplace& p) {
    return elementwise(
        [](auto low, auto high, auto loc, auto scale) {
          const auto width = high - low;
          const auto between = loc > low && loc < high;
          const auto share = where(between, (loc - low) / width, 0.5);
          const auto split = 0.5 * width * (square(share) + square(1.0 - share));
          const auto distance = where(between, split, abs(0.5 * (low + high) - loc));
          return kLn2 + log_ratio(scale, width) + distance / scale;
        },
        q.low(), q.high(), p.loc(), p.scale(), "kl(Uniform, Laplace)");
  });
  KlRule<Uniform, Pareto>([](const Uniform& q, const Pareto& p) {
    return elementwise(
        [](auto low, auto high, auto scale, auto alpha) {
          const auto inside = low >= scale;
          const auto from = where(inside, low, scale), to = where(inside, high, 2.0 * scale);
          const auto width = to - from;
          const auto mean = from + 0.5 * width;
          const auto log_mean = log_ratio(from, scale) + log1p(0.5 * (width / from));
          const auto value = alpha * log_mean + log(mean / width) - log(alpha) -
                             (alpha + 1.0) * mean_log_gap(from, width);
          return where(inside, value, kUnlimited);
        },
        q.low(), q.high(), p.scale(), p.alpha(), "kl(Uniform, Pareto)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
