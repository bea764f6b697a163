#pragma once

#include <array>
#include <cstddef>
#include <evident/autodiff/real.hpp>

// A quadrature for sums: a few whole numbers of a long stretch, with weights that make their sum
// that of all of them.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// How far apart the whole numbers are that `real` has there: 1 until they are no longer all.
double whole_spacing(double x);

// The whole numbers from `from` up to `to`, without it, at those nearest to Clenshaw and Curtis's
// nodes. Polynomials of a degree below the number of nodes are summed exactly, with all the nodes,
// and with two in three or every other, where the weights of the rest are 0: where the integrand
// has a kink two of the three sums may agree on what is wrong.
struct SummationRule {
  static constexpr std::size_t kNodes = 17;
  using Weights = std::array<double, kNodes>;
  // The fewest numbers for it: the nodes are different ones.
  static constexpr double kFewest = 128;

  SummationRule(double from, double to);

  std::array<real, kNodes> node;
  Weights all, two_thirds, half;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
