#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/information.hpp>
#include <evident/distributions/one_hot_categorical.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr double kBitsOfNat = 1.44269504088896340735992468100;
using parts::kInfinity;

Var in(Unit unit, Var nats) {
  if (unit == Unit::kNats) return nats;
  return nats * kBitsOfNat;
}

// The part of an outcome with this probability and information: 0 of one that both exclude.
template <class P, class I>
auto part(const P& probability, const I& information) {
  const auto never = probability == 0.0 && information == kInfinity;
  return where(never, 0.0, probability * where(never, 0.0, information));
}

// The distribution of the labels that both kinds stand for, null of any other.
const Categorical* labels_of(const Distribution& d) {
  if (const auto* vectors = dynamic_cast<const OneHotCategorical*>(&d)) {
    return &vectors->categorical();
  }
  return dynamic_cast<const Categorical*>(&d);
}

}  // namespace

Var information_content(const Distribution& d, const Var& x, Unit unit) {
  return in(unit, -d.log_prob(x));
}

Var entropy(const Distribution& d, Unit unit) { return in(unit, d.entropy()); }

Var kl(const Distribution& q, const Distribution& p, Unit unit) { return in(unit, kl(q, p)); }

Var cross_entropy(const Distribution& p, const Distribution& q, Unit unit) {
  // The divergence comes first: its error is the one that says what to do.
  const Var excess = kl(p, q);
  // Linear in probabilities: entropy and divergence have slopes at 0 and 1 that it has not.
  if (const auto* coin = dynamic_cast<const Bernoulli*>(&p)) {
    const Var of_zero = -q.log_prob(zeros(q.batch_shape()));
    const Var of_one = -q.log_prob(ones(q.batch_shape()));
    return in(unit,
              elementwise([](auto p, auto a, auto b) { return part(1.0 - p, a) + part(p, b); },
                          coin->probs(), of_zero, of_one, "cross_entropy"));
  }
  if (const Categorical* labels = labels_of(p), *others = labels_of(q); labels && others) {
    const Var parts = elementwise([](auto p, auto log_q) { return part(p, -log_q); },
                                  labels->probs(), others->log_probs(), "cross_entropy");
    return in(unit, sum(parts, {-1}));
  }
  return in(unit, elementwise(
                      // What q excludes is infinite, however certain p is of it.
                      [](auto entropy, auto excess) {
                        return where(excess == kInfinity, kInfinity, entropy + excess);
                      },
                      p.entropy(), excess, "cross_entropy"));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
