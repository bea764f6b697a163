#pragma once

#include <evident/distributions/distribution.hpp>
#include <functional>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// How `kl` gets at the divergence of a pair of types.
enum class KlMethod {
  kNone,        ///< not at all: there is no rule
  kClosedForm,  ///< a formula
  kInfinite,    ///< infinite whatever the parameters: p excludes outcomes of q, or a
                ///< moment of q that log p needs diverges
  kQuadrature,  ///< a formula up to an integral in one dimension, to full precision
};

/// KL(q || p) = E_q[log q(x) - log p(x)] in nats, shape (batch); infinite where q has outcomes that
/// p excludes. Errors: no rule for this pair of types (the message names the nearest that there
/// are); numbers of trials or of labels that differ, where that leaves no closed form; event shapes
/// that differ; batch shapes that do not broadcast.
Var kl(const Distribution& q, const Distribution& p);

/// How `kl` would get at it.
KlMethod kl_method(const Distribution& q, const Distribution& p);

/// Whether `kl` has a rule for this pair.
inline bool has_kl(const Distribution& q, const Distribution& p) {
  return kl_method(q, p) != KlMethod::kNone;
}

/// Two types that `kl` has a rule for.
struct KlPair {
  std::string q, p;
  KlMethod method;
};

/// Every pair that there is a rule for, the user's too, by name.
std::vector<KlPair> kl_pairs();

/// An average over draws, with the standard error of that average.
struct MonteCarlo {
  Array value;           ///< in nats, of the shape that both batches broadcast to
  Array standard_error;  ///< the draws' standard deviation over the root of their number
};

/// KL(q || p) as the mean of log q(x) - log p(x) over draws of q. Where p excludes a draw it is
/// infinite, and so is its error. Errors: fewer than two draws; shapes as for `kl`; a draw at which
/// both densities are infinite, as where draws underflow to an end of the support.
MonteCarlo kl_monte_carlo(const Distribution& q, const Distribution& p, std::size_t draws,
                          Rng& rng);

namespace detail {

using KlFunction = std::function<Var(const Distribution& q, const Distribution& p)>;
// Whether a rule is for these two; null: for all of its types.
using KlCondition = std::function<bool(const Distribution& q, const Distribution& p)>;
void add_kl(const std::type_info& q, const std::type_info& p, KlMethod method, KlFunction rule,
            KlCondition applies = nullptr);

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
  explicit KlRule(Rule rule, KlMethod method = KlMethod::kClosedForm) {
    detail::add_kl(typeid(Q), typeid(P), method, of_any(std::move(rule)));
  }
  /// For those of the pair of which `applies(q, p)`: there is no rule for others.
  template <class Rule, class Applies>
  KlRule(Rule rule, KlMethod method, Applies applies) {
    detail::add_kl(typeid(Q), typeid(P), method, of_any(std::move(rule)),
                   of_any(std::move(applies)));
  }

 private:
  template <class F>
  static auto of_any(F f) {
    return [f = std::move(f)](const Distribution& q, const Distribution& p) {
      return f(static_cast<const Q&>(q), static_cast<const P&>(p));
    };
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
