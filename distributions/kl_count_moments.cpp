#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/log_prob_of_zero.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/whole_numbers.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>

// Counts against a Geometric, of which the mean is enough, and Poisson counts with more zeros.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::log_prob_of_zero;
using counting::value_of;
using detail::kUnlimited;
using detail::outcome_part;

// log p(k) = log p + k log(1 - p). Where q is sure of its count there is no derivative in q, as in
// the entropies.
Var to_geometric(const Distribution& q, const Geometric& p, const char* name) {
  return elementwise(
      [](auto entropy, auto mean, auto p) {
        using Mean = decltype(mean);
        const auto sure = entropy == 0.0;
        const auto failures = xlog1py(where(sure, Mean(value_of(mean)), mean), -p);
        const auto value = -(where(sure, 0.0, entropy) + log(p) + failures);
        return where(p == 1.0 && mean > 0.0, kUnlimited, value);
      },
      q.entropy(), q.mean(), p.probs(), name);
}

// The zeros against each other. Of the counts above 0, with the weights a = 1 - g and b = 1 - h and
// the chances u and v that the two Poissons are above 0: u (a log(a/b) + b - a), which is of the
// gates, a times what the Poissons' own divergence has above 0, and the rest (v - u) (g - h).
// Outcomes that q never sees have no derivative in q, and an infinite divergence has none.
template <class G, class R, class H, class S, class T = parts::PromotedOf<G, R, H, S>>
T zero_inflated_divergence(const G& q_gate, const R& q_rate, const H& p_gate, const S& p_rate) {
  using L = typename parts::LanesOf<T>::type;
  const L g = parts::value_of<L>(q_gate), r = parts::value_of<L>(q_rate);
  const L h = parts::value_of<L>(p_gate), s = parts::value_of<L>(p_rate);
  const L a = 1.0 - g, b = 1.0 - h;
  const L still_q = exp(-r), still_p = exp(-s), u = -expm1(-r), v = -expm1(-s);
  const L above = a * u, above_p = b * v;
  const L log_q = log_prob_of_zero(g, r), log_p = log_prob_of_zero(h, s);
  const L zero_q = g + a * still_q, zero_p = h + b * still_p;
  const L of_poissons = deviance(r, s) - outcome_part(still_q, -r, still_p, -s);
  const L between = outcome_part(zero_q, log_q, zero_p, log_p) + u * deviance(a, b) +
                    a * of_poissons + (v - u) * (g - h);
  const auto only_zero = above == 0.0;
  const auto infinite = !only_zero && above_p == 0.0;
  const L value = where(only_zero, -log_p, where(infinite, L(kUnlimited), between));
  if constexpr (parts::kIsDual<T>) {
    L slope = 0.0;
    const auto add = [&](const L& at_zero, const L& else_where, const auto& in) {
      const L partial = where(infinite, L(0.0), where(only_zero, at_zero, else_where));
      parts::add_slope(slope, partial, in);
    };
    const L apart = log_q - log_p, weights = log_ratio(a, b);
    // Of p's zeros, those that are its Poisson's.
    const L share = exp(log1p(-h) - s - log_p), against = exp(apart) * v;
    add(u * apart, u * (apart - weights) - deviance(r, s) - (r - s) * still_q, q_gate);
    add(-a * apart, a * (log_ratio(r, s) + still_q * (weights - (r - s) - apart)), q_rate);
    add(-against, above / b - against, p_gate);
    add(share, above - a * (r / s) + zero_q * share, p_rate);
    return {value, slope};
  } else {
    return value;
  }
}

Var between_zero_inflated(const Var& q_gate, const Var& q_rate, const Var& p_gate,
                          const Var& p_rate, const char* name) {
  return elementwise(
      [](auto g, auto r, auto h, auto s) { return zero_inflated_divergence(g, r, h, s); }, q_gate,
      q_rate, p_gate, p_rate, name);
}

}  // namespace

void detail::add_count_moment_kl() {
  KlRule<Bernoulli, Geometric>([](const Bernoulli& q, const Geometric& p) {
    return to_geometric(q, p, "kl(Bernoulli, Geometric)");
  });
  KlRule<Binomial, Geometric>([](const Binomial& q, const Geometric& p) {
    return to_geometric(q, p, "kl(Binomial, Geometric)");
  });
  KlRule<DiscreteUniform, Geometric>([](const DiscreteUniform& q, const Geometric& p) {
    const char* name = "kl(DiscreteUniform, Geometric)";
    return where_nested(to_geometric(q, p, name), q.low(), q.high(), 0, kUnlimited, name);
  });
  KlRule<NegativeBinomial, Geometric>([](const NegativeBinomial& q, const Geometric& p) {
    return to_geometric(q, p, "kl(NegativeBinomial, Geometric)");
  });
  KlRule<Poisson, Geometric>([](const Poisson& q, const Geometric& p) {
    return to_geometric(q, p, "kl(Poisson, Geometric)");
  });
  KlRule<ZeroInflatedPoisson, Geometric>([](const ZeroInflatedPoisson& q, const Geometric& p) {
    return to_geometric(q, p, "kl(ZeroInflatedPoisson, Geometric)");
  });

  KlRule<ZeroInflatedPoisson, ZeroInflatedPoisson>(
      [](const ZeroInflatedPoisson& q, const ZeroInflatedPoisson& p) {
        return between_zero_inflated(q.gate(), q.rate(), p.gate(), p.rate(),
                                     "kl(ZeroInflatedPoisson, ZeroInflatedPoisson)");
      });
  // A Poisson has the gate 0.
  KlRule<Poisson, ZeroInflatedPoisson>([](const Poisson& q, const ZeroInflatedPoisson& p) {
    return between_zero_inflated(0, q.rate(), p.gate(), p.rate(),
                                 "kl(Poisson, ZeroInflatedPoisson)");
  });
  KlRule<ZeroInflatedPoisson, Poisson>([](const ZeroInflatedPoisson& q, const Poisson& p) {
    return between_zero_inflated(q.gate(), q.rate(), 0, p.rate(),
                                 "kl(ZeroInflatedPoisson, Poisson)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
