#pragma once

#include <evident/distributions/distribution.hpp>
#include <evident/distributions/kl.hpp>

// What an outcome says, and what it costs to write it down (Shannon 1948). Of a continuous
// distribution the measures are differential: they may be negative, and depend on the units of x;
// divergences do not.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What information is measured in: a bit is the information of a fair coin, log 2 nats.
enum class Unit { kNats, kBits };

/// The information content -log p(x), in the shape of `log_prob`: log2 6 = 2.585 bits for a throw
/// of a die. Infinite for an outcome that cannot be. Errors: those of `log_prob`.
Var information_content(const Distribution& d, const Var& x, Unit unit = Unit::kNats);

/// The entropy H(d) = -E log d(x), shape (batch). Errors: those of `Distribution::entropy`.
Var entropy(const Distribution& d, Unit unit = Unit::kNats);

/// KL(q || p), shape (batch): what it costs more to write outcomes of q in p's code than in q's
/// own. Errors: those of `kl`.
Var kl(const Distribution& q, const Distribution& p, Unit unit);

/// The cross entropy H(p, q) = -E_p log q(x) = H(p) + KL(p || q), shape (batch): what it costs to
/// write outcomes of p in q's code. Infinite where p has outcomes that q excludes. Note the order:
/// p makes the outcomes, q is judged by them. Errors: those of `entropy` and of `kl(p, q)`.
Var cross_entropy(const Distribution& p, const Distribution& q, Unit unit = Unit::kNats);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
