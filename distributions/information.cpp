#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/information.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr double kBitsOfNat = 1.44269504088896340735992468100;
using parts::kInfinity;

Var in(Unit unit, Var nats) {
  if (unit == Unit::kNats) return nats;
  return nats * kBitsOfNat;
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
  if (const auto* coin = dynamic_cast<const Bernoulli*>(&p)) {
    // Linear in the probability: entropy and divergence have slopes at 0 and 1 that it has not.
    const Var of_zero = -q.log_prob(zeros(q.batch_shape()));
    const Var of_one = -q.log_prob(ones(q.batch_shape()));
    return in(unit, elementwise(
                        [](auto p, auto a, auto b) {
                          const auto part = [](auto weight, auto information) {
                            const auto never = weight == 0.0 && information == kInfinity;
                            return where(never, 0.0, weight * where(never, 0.0, information));
                          };
                          return part(1.0 - p, a) + part(p, b);
                        },
                        coin->probs(), of_zero, of_one, "cross_entropy"));
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
