#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/whole_numbers.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <string>
#include <type_traits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::whole_part;
using detail::kUnlimited;
using detail::outcome_part;

// The two probabilities of what a probability, or a logit, stands for.
template <class L>
struct Chances {
  L success, failure, log_success, log_failure;
};
template <bool kLogits, class L>
Chances<L> chances(L x) {
  if constexpr (kLogits) {
    return {sigmoid(x), sigmoid(-x), -softplus(-x), -softplus(x)};
  } else {
    return {x, 1.0 - x, log(x), log1p(-x)};
  }
}

// KL between two Bernoullis. In q's logit its derivative is q (1 - q) times what the logits differ
// by, in p's it is p - q. An outcome that q never sees has none in q, as in the entropy.
template <bool kQLogits, bool kPLogits, class X, class Y, class R = Promoted<X, Y>>
R bernoulli_divergence(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    const Chances<L> q = chances<kQLogits>(x), p = chances<kPLogits>(y);
    const L value = outcome_part(q.success, q.log_success, p.success, p.log_success) +
                    outcome_part(q.failure, q.log_failure, p.failure, p.log_failure);
    const L of_success = where(q.success == 0.0, L(0.0), q.log_success - p.log_success);
    const L of_failure = where(q.failure == 0.0, L(0.0), q.log_failure - p.log_failure);
    const L apart = of_success - of_failure;
    const L weight = q.success * q.failure;
    const L in_q = kQLogits ? where(weight == 0.0, L(0.0), weight * apart) : apart;
    // Of the two differences, which are equal, the one that rounds less.
    const L excess = where(q.success > 0.5, q.failure - p.failure, p.success - q.success);
    const L in_p =
        kPLogits ? excess
                 : where(q.success == 0.0, 1.0 / p.failure,
                         where(q.failure == 0.0, -1.0 / p.success, excess / p.success / p.failure));
    return Partials<L>{value, in_q, in_p};
  });
}

template <bool kLogits, class X>
auto failure(const X& x) {
  if constexpr (kLogits) {
    return sigmoid(-x);
  } else {
    return 1.0 - x;
  }
}

// `f(whether they are logits, the logits or probabilities)` that a distribution of successes is
// made of.
template <class F>
Var by_parameter(const Distribution& d, F f) {
  const Parameter last = d.parameters().back();
  return std::string(last.name) == "logits" ? f(std::true_type(), last.value)
                                            : f(std::false_type(), last.value);
}
template <class F>
Var by_parameters(const Distribution& q, const Distribution& p, F f) {
  return by_parameter(q, [&](auto of_q, const Var& x) {
    return by_parameter(p, [&](auto of_p, const Var& y) { return f(of_q, of_p, x, y); });
  });
}

// Throws at the first pair that `unlike` does not say 0 of, naming its counts.
void require_equal_counts(const Distribution& q, const Var& q_count, const Var& p_count,
                          const Var& unlike) {
  const Array& marks = unlike.value();
  const auto found = std::find_if(marks.begin(), marks.end(), [](real v) { return v != 0; });
  if (found == marks.end()) return;
  const auto i = static_cast<std::size_t>(found - marks.begin());
  const auto at = [&](const Var& count) {
    return broadcast_to(count, marks.shape()).value().data()[i];
  };
  throw Error(fmt::format(
      "kl({}, {}): got total_count {} against {} at index {}: expected equal ones, for which there "
      "is a closed form; estimate this divergence with kl_monte_carlo",
      q.name(), q.name(), at(q_count), at(p_count), element_place(marks.shape(), i)));
}

// That of one trial, n times. A q that is always 0, without trials or successes, asks of p only
// how probable 0 is; else q exceeds p where it has more trials.
template <bool kQ, bool kP>
Var between_binomials(const Binomial& q, const Var& x, const Binomial& p, const Var& y) {
  const Var &n = q.total_count(), &m = p.total_count();
  require_equal_counts(q, n, m,
                       elementwise(
                           [](auto n, auto m, auto x) {
                             const auto count = whole_part(n);
                             const auto possible =
                                 count > 0.0 && chances<kQ>(counting::value_of(x)).success > 0.0;
                             return where(possible && count < whole_part(m), 1.0, 0.0);
                           },
                           n, m, stop_gradient(x), "kl(Binomial, Binomial)"));
  return elementwise(
      [](auto n, auto m, auto x, auto y) {
        const auto count = whole_part(n), other = whole_part(m);
        const auto empty = count == 0.0;
        const auto zero = empty || chances<kQ>(counting::value_of(x)).success == 0.0;
        const auto of_one =
            bernoulli_divergence<kQ, kP>(where(empty, kQ ? -kUnlimited : 0.0, x), y);
        return where(!zero && count > other, kUnlimited, where(other == 0.0, 0.0, other * of_one));
      },
      n, m, x, y, "kl(Binomial, Binomial)");
}

// 0, with a derivative in what two equal numbers differ by.
template <class L, class X, class Y, class R = Promoted<X, Y>>
R difference_of_equals(L slope, const X& x, const Y& y) {
  return of_two<R>(x, y, [slope](auto, auto) { return Partials<L>{L(0.0), slope, -slope}; });
}

// That of one trial, r/(1 - p) times, which is how many there are on average. With counts r and s
// apart its derivatives at r = s are (a/b) log(a/c) in r and log(b/d) in s, with q's probabilities
// a, b and p's c, d: the score has mean 0.
template <bool kQ, bool kP>
Var between_negative_binomials(const NegativeBinomial& q, const Var& x, const NegativeBinomial& p,
                               const Var& y) {
  const Var &r = q.total_count(), &s = p.total_count();
  // Without successes q is always 0, whatever its count.
  require_equal_counts(q, r, s,
                       elementwise(
                           [](auto r, auto s, auto x) {
                             const auto possible = chances<kQ>(counting::value_of(x)).success > 0.0;
                             return where(possible && !(r == s), 1.0, 0.0);
                           },
                           stop_gradient(r), stop_gradient(s), stop_gradient(x),
                           "kl(NegativeBinomial, NegativeBinomial)"));
  return elementwise(
      [](auto r, auto s, auto x, auto y) {
        using L = decltype(counting::value_of(x));
        const Chances<L> of_q = chances<kQ>(counting::value_of(x));
        const Chances<L> of_p = chances<kP>(counting::value_of(y));
        const L odds = of_q.success / of_q.failure;
        const L in_count = where(odds == 0.0, L(0.0), odds * (of_q.log_success - of_p.log_success));
        return s * (bernoulli_divergence<kQ, kP>(x, y) / failure<kQ>(x)) +
               difference_of_equals(in_count, r, s);
      },
      r, s, x, y, "kl(NegativeBinomial, NegativeBinomial)");
}

// a log(a/r) + r - a and (1 - a) log(1 - a) + a, neither of which is negative.
template <bool kLogits>
Var bernoulli_poisson(const Var& parameter, const Poisson& p) {
  return elementwise(
      [](auto x, auto rate) {
        return of_two<Promoted<decltype(x), decltype(rate)>>(x, rate, [](auto x, auto rate) {
          using L = decltype(x);
          const Chances<L> q = chances<kLogits>(x);
          const auto of_rate = deviance(q.success, Dual<L>::variable(rate));
          const L of_success = where(q.success == 0.0, L(0.0), q.log_success - log(rate));
          const L in_q = of_success - where(q.failure == 0.0, L(0.0), q.log_failure);
          const L weight = q.success * q.failure;
          const L in_logit = where(weight == 0.0, L(0.0), weight * in_q);
          return Partials<L>{of_rate.value + deviance(q.failure, L(1.0)), kLogits ? in_logit : in_q,
                             of_rate.slope};
        });
      },
      parameter, p.rate(), "kl(Bernoulli, Poisson)");
}

// Counts without an end, of a q that may be other than 0 where `possible` is, against a p that has
// a largest: infinite, unless q is always 0.
Var unending(const Var& possible, const Distribution& p) {
  return elementwise(
      [](auto possible, auto log_zero) { return where(possible > 0.0, kUnlimited, -log_zero); },
      stop_gradient(possible), p.log_prob(0.0), "kl");
}

template <class P>
void add_unending_against() {
  KlRule<Geometric, P>([](const Geometric& q, const P& p) { return unending(1.0 - q.probs(), p); });
  KlRule<NegativeBinomial, P>(
      [](const NegativeBinomial& q, const P& p) { return unending(q.probs(), p); });
  KlRule<Poisson, P>([](const Poisson& q, const P& p) { return unending(q.rate(), p); });
  KlRule<ZeroInflatedPoisson, P>([](const ZeroInflatedPoisson& q, const P& p) {
    return unending(where(1.0 - q.gate(), q.rate(), 0.0), p);
  });
}

}  // namespace

void detail::add_count_kl() {
  KlRule<Bernoulli, Bernoulli>([](const Bernoulli& q, const Bernoulli& p) {
    return by_parameters(q, p, [](auto of_q, auto of_p, const Var& x, const Var& y) {
      return elementwise(
          [](auto x, auto y) {
            return bernoulli_divergence<decltype(of_q)::value, decltype(of_p)::value>(x, y);
          },
          x, y, "kl(Bernoulli, Bernoulli)");
    });
  });
  KlRule<Binomial, Binomial>([](const Binomial& q, const Binomial& p) {
    return by_parameters(q, p, [&](auto of_q, auto of_p, const Var& x, const Var& y) {
      return between_binomials<decltype(of_q)::value, decltype(of_p)::value>(q, x, p, y);
    });
  });
  // That of one trial, 1/p times.
  KlRule<Geometric, Geometric>([](const Geometric& q, const Geometric& p) {
    return elementwise([](auto x, auto y) { return bernoulli_divergence<false, false>(x, y) / x; },
                       q.probs(), p.probs(), "kl(Geometric, Geometric)");
  });
  KlRule<NegativeBinomial, NegativeBinomial>([](const NegativeBinomial& q,
                                                const NegativeBinomial& p) {
    return by_parameters(q, p, [&](auto of_q, auto of_p, const Var& x, const Var& y) {
      return between_negative_binomials<decltype(of_q)::value, decltype(of_p)::value>(q, x, p, y);
    });
  });
  KlRule<Poisson, Poisson>([](const Poisson& q, const Poisson& p) {
    return elementwise([](auto q, auto p) { return where(q == 0.0, p, deviance(q, p)); }, q.rate(),
                       p.rate(), "kl(Poisson, Poisson)");
  });
  KlRule<DiscreteUniform, DiscreteUniform>([](const DiscreteUniform& q, const DiscreteUniform& p) {
    return elementwise(
        [](auto q_low, auto q_high, auto p_low, auto p_high) {
          const auto count = whole_part(q_high) - whole_part(q_low) + 1.0;
          const auto of_p = whole_part(p_high) - whole_part(p_low) + 1.0;
          return where(p_low <= q_low && q_high <= p_high, log_ratio(of_p, count), kUnlimited);
        },
        q.low(), q.high(), p.low(), p.high(), "kl(DiscreteUniform, DiscreteUniform)");
  });

  KlRule<Bernoulli, Poisson>([](const Bernoulli& q, const Poisson& p) {
    return by_parameter(
        q, [&](auto of_q, const Var& x) { return bernoulli_poisson<decltype(of_q)::value>(x, p); });
  });
  add_unending_against<Bernoulli>();
  add_unending_against<Binomial>();
  add_unending_against<DiscreteUniform>();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
