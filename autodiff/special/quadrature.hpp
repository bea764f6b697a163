#pragma once

#include <cmath>
#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/lanes.hpp>
#include <utility>

// Integrals over falling tails, a register of nodes at a time.

namespace evident {
namespace special {

using Nodes = Lanes<double>;

/// The nodes in (0, 1) and the weights, which add up to 1, of the Gauss-Legendre rule of 30 nodes,
/// in whole registers: the last two weights are 0.
inline constexpr std::size_t kNodes = 32;
struct GaussRule {
  alignas(64) double node[kNodes], weight[kNodes];
};
/// The one rule that all integrals here use: exact to rounding for what falls by e^40.
const GaussRule& gauss_rule();

/// How far an integrand e^-phi(v) counts: the v at which a convex phi, with phi(0) = 0, reaches 40
/// or a little more. `phi(v)` returns value and derivative; `v` is a first guess.
template <class Phi>
double reach(Phi phi, double v) {
  for (int i = 0; i < 12; ++i) {
    const auto [value, slope] = phi(v);
    if ((value > 38 && value < 50) || !(value > 0) || !(slope > 0)) break;
    const double step = value / slope * std::log(42 / value);  // Newton's for log phi
    v = step > v ? 2 * v : step < -0.8 * v ? 0.2 * v : v + step;
  }
  return v;
}

/// The sum of a register.
inline double sum_of(Nodes x) { return xsimd::hadd(x.v); }

/// e^v - 1 - v for |v| <= length, with its relative accuracy near 0.
inline Nodes expm1_minus(Nodes v, double length) {
  if (length > 0.5) return where(abs(v) < 0.3, expm1_minus(v, 0.3), expm1(v) - v);
  const int terms = length < 0.02 ? 8 : 14;
  Nodes sum = 1.0;
  for (int i = terms; i > 2; --i) sum = 1.0 + sum * v * (1.0 / i);
  return 0.5 * v * v * sum;
}

/// log(1 + z) - z for z > -1, |z| <= size, with its relative accuracy near 0.
inline Nodes log1p_minus(Nodes z, double size) {
  if (size > 0.4) return where(abs(z) < 0.4, log1p_minus(z, 0.4), log1p(z) - z);
  const Nodes r = z / (2.0 + z);  // log(1 + z) = 2 artanh r
  const Nodes s = r * r;
  const int last = size < 0.05 ? 11 : 29;
  Nodes sum = 1.0 / last;
  for (int i = last - 2; i > 2; i -= 2) sum = sum * s + 1.0 / i;
  return r * (2.0 * s * sum - z);
}

}  // namespace special
}  // namespace evident
