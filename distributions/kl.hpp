#pragma once

#include <evident/distributions/distribution.hpp>
#include <functional>
#include <typeindex>
#include <typeinfo>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// KL(q || p) = E_q[log q(x) - log p(x)] in nats, in closed form, shape (batch).
/// Errors: no rule for this pair of types; event shapes that differ; batch shapes that do not
/// broadcast.
Var kl(const Distribution& q, const Distribution& p);

/// Whether `kl` has a rule for this pair.
bool has_kl(const Distribution& q, const Distribution& p);

namespace detail {

using KlFunction = std::function<Var(const Distribution& q, const Distribution& p)>;
void add_kl(std::type_index q, std::type_index p, KlFunction rule);

}  // namespace detail

/// Adds a rule for a pair of types. At namespace scope of a user's program:
///
///     const KlRule<Mine, Normal> mine_normal([](const Mine& q, const Normal& p) {
///       return ...;
///     });
template <class Q, class P>
class KlRule {
 public:
  template <class Rule>
  explicit KlRule(Rule rule) {
    detail::add_kl(typeid(Q), typeid(P),
                   [rule = std::move(rule)](const Distribution& q, const Distribution& p) {
                     return rule(static_cast<const Q&>(q), static_cast<const P&>(p));
                   });
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
