#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <evident/inference/hamiltonian.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// An energy error beyond which a trajectory has left the true one: a divergence (Betancourt 2017,
/// section 6.2; the value is Stan's).
inline constexpr double kDivergence = 1000;

/// What happened on the way from one state of a chain to the next.
struct TransitionReport {
  double acceptance = 0;  ///< the mean of min(1, exp(H_0 - H)) over the trajectory's points
  double energy = 0;      ///< of the new state, with the momentum that led there
  std::size_t depth = 0;  ///< how often a trajectory was doubled; 0 where that is not done
  std::size_t steps = 0;  ///< of leapfrog: evaluations of the density
  bool divergent = false;
  bool outside = false;  ///< the trajectory met a place of density 0

  /// Takes note of a point reached, whose energy was `start_energy` to begin with.
  void add(const PhasePoint& point, double start_energy) {
    const double error = point.energy - start_energy;
    ++steps;
    acceptance += (std::min(1.0, std::exp(-error)) - acceptance) / static_cast<double>(steps);
    divergent = divergent || error > kDivergence;
    outside = outside || std::isinf(point.state.log_density);
  }
};

/// A way of going from one state of a Markov chain to the next that leaves the target invariant.
class Transition {
 public:
  virtual ~Transition() = default;
  /// Replaces the state of `point`, whose density is known, and draws its momentum.
  virtual TransitionReport advance(PhasePoint& point, double step_size) = 0;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
