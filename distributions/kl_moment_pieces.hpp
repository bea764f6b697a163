#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/kl_pieces.hpp>

// What rules are made of whose p asks for means of log X, 1/X or powers of X, on lanes.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// log Gamma(a) - a log m + m, of which nothing large is left for m near a: the deviance of a and m
/// and what Stirling's formula leaves. m may overflow or vanish on its way, its logarithm not.
template <class A, class M>
auto log_gamma_about(const A& a, const M& m, const M& log_m) {
  return deviance_of(a, m, log_m) + lgamma_beside_deviance(a);
}

/// log Gamma(b) - log Gamma(a) - (b - a) digamma(a) for a, b > 0, none of whose terms is negative.
template <class A, class B>
auto log_gamma_gap(const A& a, const B& b) {
  return shape_divergence(a, b) + deviance(b, a);
}

/// Against a LogNormal: log X against a Normal, from the entropy, mean and variance of log X.
template <class H, class M, class V, class L, class S>
auto normal_of_log(const H& entropy, const M& mean, const V& variance, const L& loc,
                   const S& scale) {
  return parts::kHalfLogTwoPi + log(scale) - entropy +
         0.5 * (square((mean - loc) / scale) + variance / scale / scale);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
