#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/one_hot_categorical.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kUnlimited;

// The sum of q log(q/p) over the outcomes, as terms q log(q/p) + p - q of which none is negative
// and each is exact near q = p; also where p is too small for a number and its logarithm is not.
// Derivatives go by way of the logarithms, in which they are finite: q log(q/p), taken as 0 where
// that is infinite, and p - q.
template <class D>
Var between_labels(const D& q, const D& p, const char* name) {
  const std::size_t of_q = q.log_probs().shape().back(), of_p = p.log_probs().shape().back();
  if (of_q != of_p) {
    throw ShapeError(
        fmt::format("{}: got {} outcomes against {}, expected as many: give those that "
                    "one of them lacks the probability 0",
                    name, of_q, of_p));
  }
  const Var terms = elementwise(
      [](auto log_q, auto log_p) {
        using R = Promoted<decltype(log_q), decltype(log_p)>;
        return of_two<R>(log_q, log_p, [](auto x, auto y) {
          using L = decltype(x);
          const L q = exp(x), p = exp(y);
          const auto none = q == 0.0 || y == -kUnlimited;
          return Partials<L>{detail::outcome_part(q, x, p, y), where(none, L(0.0), q * (x - y)),
                             p - q};
        });
      },
      q.log_probs(), p.log_probs(), name);
  return sum(terms, {-1});
}

}  // namespace

void detail::add_label_kl() {
  KlRule<Categorical, Categorical>([](const Categorical& q, const Categorical& p) {
    return between_labels(q, p, "kl(Categorical, Categorical)");
  });
  KlRule<OneHotCategorical, OneHotCategorical>(
      [](const OneHotCategorical& q, const OneHotCategorical& p) {
        return between_labels(q, p, "kl(OneHotCategorical, OneHotCategorical)");
      });
  // Totals that differ exclude every outcome.
  KlRule<Multinomial, Multinomial>([](const Multinomial& q, const Multinomial& p) {
    const char* const name = "kl(Multinomial, Multinomial)";
    return elementwise(
        [](auto q_total, auto p_total, auto one) {
          return where(q_total != p_total, kUnlimited, where(q_total == 0.0, 0.0, q_total * one));
        },
        q.total_count(), p.total_count(), between_labels(q, p, name), name);
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
