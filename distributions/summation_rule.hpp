#pragma once

#include <array>
#include <cstddef>
#include <limits>

// A quadrature for sums: a few whole numbers of a long stretch, with weights that make their sum
// that of all of them.

namespace evident {
namespace counting {

// The whole numbers from `from` up to `to`, without it, at those nearest to Clenshaw and Curtis's
// nodes that have so many binary digits. Polynomials of a degree below the number of nodes are
// summed exactly, with all the nodes, and with two in three or every other, where the weights of
// the rest are 0: where the integrand has a kink two of the three sums may agree on what is wrong.
struct SummationRule {
  static constexpr std::size_t kNodes = 17;
  using Weights = std::array<double, kNodes>;
  // The fewest numbers for it: the nodes are different ones.
  static constexpr double kFewest = 128;

  SummationRule(double from, double to, int digits = std::numeric_limits<double>::digits);

  std::array<double, kNodes> node;
  Weights all, two_thirds, half;
};

}  // namespace counting
}  // namespace evident
