#pragma once

#include <evident/autodiff/functions.hpp>

// What the formulas of ZeroInflatedPoisson and those of its KL rules share.

namespace evident {
namespace counting {

/// log(g + (1 - g) e^-r), of no count under a Poisson law of rate r >= 0 with the gate g in [0, 1]:
/// near 1 by what the probability P lacks. The derivatives are (1 - e^-r) / P and
/// -(1 - g) e^-r / P.
template <class G, class R, class P = Promoted<G, R>>
P log_prob_of_zero(const G& gate, const R& rate) {
  return of_two<P>(gate, rate, [](auto g, auto r) {
    using L = decltype(g);
    const L counted = -expm1(-r), above = (1.0 - g) * counted;
    const L sum = log(g + (1.0 - g) * exp(-r));
    const L value = where(above < 0.5, log1p(-above), where(g == 0.0, -r, sum));
    const L share = where(g == 1.0, L(0.0), exp(log1p(-g) - r - value));
    return Partials<L>{value, counted * exp(-value), -share};
  });
}

}  // namespace counting
}  // namespace evident
