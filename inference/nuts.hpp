#pragma once

#include <evident/inference/sampler.hpp>
#include <evident/inference/transition.hpp>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Draws from a density by the No-U-Turn sampler (Hoffman and Gelman 2014) as it stands today: a
/// trajectory is doubled, forwards or backwards in time, until its ends or those of its halves
/// begin to approach each other, and the next draw is one of its points, taken in proportion to
/// exp(-H) with a preference for the later doublings (Betancourt 2017, appendix A; the checks
/// across halves are those of Stan since 2.21).
///
///     Draws draws = nuts(rng, density, start);
///     for (const std::string& warning : warnings(draws)) ...
///
/// `density` is any differentiable one over unconstrained numbers, see `LogDensity`; `start` has
/// the shape (dimension), for all chains, or (chains, dimension), see `starting_points`. Every
/// chain takes its random numbers from a stream of its own, so the draws are the same bits for any
/// number of threads; `rng` moves on to its next step.
/// Errors: a start without a finite density and gradient, which says where; options that make no
/// sense; a density for which no step size is right.
Draws nuts(Rng& rng, const LogDensity& density, const Array& start,
           const SamplerOptions& options = {});

namespace detail {

/// The momentum at one end of a trajectory, and the velocity M^-1 p.
struct TrajectoryEnd {
  Vector momentum, velocity;
};

/// A piece of a trajectory: its ends in the order in which they were reached, the sum of its
/// momenta, and one of its points, drawn in proportion to its weight exp(H_0 - H).
struct Arc {
  explicit Arc(std::size_t dimension);
  /// The arc that consists of one point.
  void begin(const PhasePoint& point, double start_energy);

  TrajectoryEnd first, last;
  Vector momentum_sum;
  State draw;
  double energy = 0;      ///< of the draw
  double log_weight = 0;  ///< log sum exp(H_0 - H) over the points
};

/// Whether an arc and the one that continues it still lead apart: neither the whole, nor either of
/// them with the next point of the other, has made a U-turn. A piece turns when the sum of its
/// momenta, which is the way it has come, has no component along the velocity at one of its ends
/// (Betancourt 2013, "Generalizing the No-U-Turn Sampler to Riemannian manifolds").
bool leads_apart(const Arc& arc, const Arc& next);

/// A transition of the No-U-Turn sampler.
class NutsTransition final : public Transition {
 public:
  NutsTransition(Hamiltonian& hamiltonian, NoiseStream& noise, std::size_t max_depth);

  TransitionReport advance(PhasePoint& point, double step_size) override;

 private:
  bool build(std::size_t depth, double step, Arc& arc);
  void join(Arc& arc, Arc& next, double log_probability);

  Hamiltonian& hamiltonian_;
  NoiseStream& noise_;
  std::size_t max_depth_;
  PhasePoint moving_;  // at the end of the trajectory that grows
  PhasePoint other_;   // at its other end
  Arc trajectory_;
  std::vector<Arc> arcs_;  // one for every depth of the recursion, and one for the whole
  double start_energy_ = 0;
  TransitionReport report_;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
