#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;

// KL between two outcomes of probabilities p and f = 1 - p, r and g = 1 - r: p log(p/r) +
// f log(f/g), as terms of which none is negative. An outcome that q never sees has no derivative.
template <class P, class F, class R, class G>
auto of_two_outcomes(const P& p, const F& f, const R& r, const G& g) {
  return where(p == 0.0, r, deviance(p, r)) + where(f == 0.0, g, deviance(f, g));
}

// Throws where counts differ, unless q is sure of 0: there is no closed form.
template <class Allowed, class D>
void require_counts(Allowed allowed, const D& q, const D& p, const char* name) {
  const NoTape pause;
  const Array fine =
      elementwise(allowed, q.total_count(), p.total_count(), q.probs(), name).value();
  for (std::size_t i = 0; i < fine.size(); ++i) {
    if (fine.data()[i] != 0) continue;
    const auto at = [&](const Var& counts) {
      return broadcast_to(counts, fine.shape()).value().data()[i];
    };
    throw Error(fmt::format(
        "{}: got total_count {} against {} at index {}: expected equal ones, for which there is a "
        "closed "
        "form; estimate this divergence with kl_monte_carlo",
        name, at(q.total_count()), at(p.total_count()), element_place(fine.shape(), i)));
  }
}

// What q is, of `count` trials or failures: sure of 0 if there are none.
template <class N, class P>
auto sure_of_zero(const N& count, const P& probs) {
  return count == 0.0 || probs == 0.0;
}

}  // namespace

void detail::add_count_kl() {
  KlRule<Bernoulli, Bernoulli>([](const Bernoulli& q, const Bernoulli& p) {
    return elementwise(
        [](auto q, auto p) {
          // 0 log 0 = 0: an outcome that q never sees costs nothing.
          const auto term = [](auto q, auto p) {
            return where(sigmoid(q) == 0.0, 0.0, sigmoid(q) * (softplus(-p) - softplus(-q)));
          };
          return term(q, p) + term(-q, -p);
        },
        q.logits(), p.logits(), "kl(Bernoulli, Bernoulli)");
  });
  // For outcomes 0 and 1 the factorial in a Poisson's log probability is 1.
  KlRule<Bernoulli, Poisson>([](const Bernoulli& q, const Poisson& p) {
    return elementwise(
        [](auto l, auto rate) {
          const auto probs = sigmoid(l), failure = sigmoid(-l);
          return where(probs == 0.0, rate, deviance(probs, rate)) +
                 where(failure == 0.0, 1.0, deviance(failure, 1.0));
        },
        q.logits(), p.rate(), "kl(Bernoulli, Poisson)");
  });
  KlRule<Binomial, Binomial>([](const Binomial& q, const Binomial& p) {
    const char* const name = "kl(Binomial, Binomial)";
    require_counts(
        [](auto n, auto m, auto probs) {
          return where(n >= m || sure_of_zero(n, probs), 1.0, 0.0 * probs);
        },
        q, p, name);
    return elementwise(
        [](auto n, auto p, auto f, auto m, auto r, auto g) {
          const auto none = sure_of_zero(n, p);
          const auto one = of_two_outcomes(where(none, 0.0, p), where(none, 1.0, f), r, g);
          return where(n > m && !none, kUnlimited, where(m == 0.0, 0.0, m * one));
        },
        q.total_count(), q.probs(), q.failure_probs(), p.total_count(), p.probs(),
        p.failure_probs(), name);
  });
  KlRule<Poisson, Poisson>([](const Poisson& q, const Poisson& p) {
    return elementwise([](auto q, auto p) { return where(q == 0.0, p, deviance(q, p)); }, q.rate(),
                       p.rate(), "kl(Poisson, Poisson)");
  });
  // Whatever p allows is bounded, and q is not; unless it is sure of 0.
  KlRule<Poisson, Bernoulli>([](const Poisson& q, const Bernoulli& p) {
    return elementwise([](auto rate, auto l) { return where(rate > 0.0, kUnlimited, softplus(l)); },
                       q.rate(), p.logits(), "kl(Poisson, Bernoulli)");
  });
  KlRule<Poisson, Binomial>([](const Poisson& q, const Binomial& p) {
    return elementwise(
        [](auto rate, auto n, auto failure) {
          return where(rate > 0.0, kUnlimited, -xlogy(n, failure));
        },
        q.rate(), p.total_count(), p.failure_probs(), "kl(Poisson, Binomial)");
  });
  // One trial more than there are failures before the first success: 1/p of them in the mean.
  KlRule<Geometric, Geometric>([](const Geometric& q, const Geometric& p) {
    return elementwise([](auto p, auto r) { return of_two_outcomes(p, 1.0 - p, r, 1.0 - r) / p; },
                       q.probs(), p.probs(), "kl(Geometric, Geometric)");
  });
  // In the mean there are total_count / failure_probs trials.
  KlRule<NegativeBinomial, NegativeBinomial>([](const NegativeBinomial& q,
                                                const NegativeBinomial& p) {
    const char* const name = "kl(NegativeBinomial, NegativeBinomial)";
    require_counts(
        [](auto n, auto m, auto probs) { return where(n == m || probs == 0.0, 1.0, 0.0 * probs); },
        q, p, name);
    return elementwise([](auto p, auto f, auto count, auto r,
                          auto g) { return count / f * of_two_outcomes(p, f, r, g); },
                       q.probs(), q.failure_probs(), stop_gradient(p.total_count()), p.probs(),
                       p.failure_probs(), name);
  });
  KlRule<DiscreteUniform, DiscreteUniform>([](const DiscreteUniform& q, const DiscreteUniform& p) {
    return elementwise(
        [](auto q_low, auto q_high, auto p_low, auto p_high) {
          const auto value = log((p_high - p_low + 1.0) / (q_high - q_low + 1.0));
          return where(p_low <= q_low && q_high <= p_high, value, kUnlimited);
        },
        q.low(), q.high(), p.low(), p.high(), "kl(DiscreteUniform, DiscreteUniform)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
