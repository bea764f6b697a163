#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/whole_numbers.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <string>

// A Bernoulli against other counts: two outcomes; and counts that can be a Bernoulli.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;
using detail::outcome_part;
using detail::where_nested;

bool has_logits(const Distribution& d) {
  return std::string(d.parameters().back().name) == "logits";
}

// The parts of the two outcomes and the probability that p gives to others, none of them negative.
// That p's probabilities add up to 1 is in the derivatives: -q(k) in log p(k). An outcome that q
// never sees has none in q.
template <bool kLogits, class X, class F, class S, class O, class T = parts::PromotedOf<X, F, S>>
T of_two_outcomes(const X& parameter, const F& log_failure, const S& log_success, const O& others) {
  using L = typename parts::LanesOf<T>::type;
  const L x = parts::value_of<L>(parameter);
  const L log_p0 = parts::value_of<L>(log_failure), log_p1 = parts::value_of<L>(log_success);
  L q1 = x, q0 = 1.0 - x, log_q1 = log(x), log_q0 = log1p(-x);
  if constexpr (kLogits) {
    q1 = sigmoid(x), q0 = sigmoid(-x), log_q1 = -softplus(-x), log_q0 = -softplus(x);
  }
  const L value = outcome_part(q0, log_q0, exp(log_p0), log_p0) +
                  outcome_part(q1, log_q1, exp(log_p1), log_p1) + parts::value_of<L>(others);
  if constexpr (parts::kIsDual<T>) {
    const L apart =
        where(q1 == 0.0, L(0.0), log_q1 - log_p1) - where(q0 == 0.0, L(0.0), log_q0 - log_p0);
    const L weight = q0 * q1;
    const L in_q = kLogits ? where(weight == 0.0, L(0.0), weight * apart) : apart;
    const auto finite = value < kUnlimited;
    L slope = 0.0;
    parts::add_slope(slope, where(finite, in_q, L(0.0)), parameter);
    parts::add_slope(slope, where(finite, -q0, L(0.0)), log_failure);
    parts::add_slope(slope, where(finite, -q1, L(0.0)), log_success);
    return {value, slope};
  } else {
    return value;
  }
}

template <bool kLogits>
Var from_bernoulli(const Var& parameter, const Distribution& p, const char* name) {
  const Var others = exp(p.log_survival(1.0)) + p.cdf(-1.0);
  return elementwise(
      [](auto x, auto log_p0, auto log_p1, auto others) {
        return of_two_outcomes<kLogits>(x, log_p0, log_p1, others);
      },
      parameter, p.log_prob(0.0), p.log_prob(1.0), Var(others.value()), name);
}

template <class P>
void add_from_bernoulli(const char* name) {
  KlRule<Bernoulli, P>([name](const Bernoulli& q, const P& p) {
    const Var parameter = q.parameters().back().value;
    return has_logits(q) ? from_bernoulli<true>(parameter, p, name)
                         : from_bernoulli<false>(parameter, p, name);
  });
}

}  // namespace

void detail::add_bernoulli_kl() {
  add_from_bernoulli<Binomial>("kl(Bernoulli, Binomial)");
  add_from_bernoulli<DiscreteUniform>("kl(Bernoulli, DiscreteUniform)");
  add_from_bernoulli<NegativeBinomial>("kl(Bernoulli, NegativeBinomial)");
  add_from_bernoulli<ZeroInflatedPoisson>("kl(Bernoulli, ZeroInflatedPoisson)");

  // A Bernoulli is one trial.
  KlRule<Binomial, Bernoulli>([](const Binomial& q, const Bernoulli& p) {
    const Var parameter = p.parameters().back().value;
    return kl(q, has_logits(p) ? Binomial::from_logits(1, parameter) : Binomial(1, parameter));
  });
  KlRule<DiscreteUniform, Bernoulli>([](const DiscreteUniform& q, const Bernoulli& p) {
    const char* name = "kl(DiscreteUniform, Bernoulli)";
    const Var value = elementwise(
        [](auto low, auto high, auto log_p0, auto log_p1) {
          const auto of_both = -0.5 * (log_p0 + log_p1) - parts::kLn2;
          return where(low == high, where(low == 0.0, -log_p0, -log_p1), of_both);
        },
        q.low(), q.high(), p.log_prob(0.0), p.log_prob(1.0), name);
    return where_nested(value, q.low(), q.high(), 0, 1, name);
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
