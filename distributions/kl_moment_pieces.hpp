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

/// log Gamma(c + x) - log Gamma(c) - x digamma(c) for c, c + x > 0, with its relative accuracy for
/// small x too: there it is x^2 times the integral of (1 - s) trigamma(c + s x) over [0, 1], by
/// Gauss' rule of five points for this weight.
template <class C, class X, class R = Promoted<C, X>>
R log_gamma_rise(const C& c, const X& x) {
  constexpr double kNodes[] = {0.0398098570514687423, 0.198013417873608173, 0.437974810247386144,
                               0.695464273353636095, 0.901464914201173574};
  constexpr double kWeights[] = {0.0967815902266516793, 0.167174638094369565, 0.146386987084669809,
                                 0.0739088700726166704, 0.0157479145216922762};
  const auto small = abs(x) < 0.1;
  const X step = where(small, x, X(0.0));
  R sum = R(0.0);
  for (int i = 0; i < 5; ++i) sum += kWeights[i] * trigamma(R(c + kNodes[i] * step));
  return where(small, step * step * sum, R(log_gamma_gap(c, c + where(small, X(0.0), x))));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
