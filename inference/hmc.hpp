#pragma once

#include <evident/inference/sampler.hpp>
#include <evident/inference/transition.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Draws from a density by Hamiltonian Monte Carlo with trajectories of a given length (Duane et
/// al. 1987; Neal 2011): each is followed for a time drawn uniformly from `trajectory_length` times
/// (1/2, 3/2), so that no period of the target can trap it, and its end is accepted with
/// probability min(1, exp(H_0 - H)).
///
/// Time is measured in units of the adapted mass, in which the target is about as wide as a
/// standard normal; the default, a quarter of that one's period, makes its draws independent. A
/// trajectory has at most 2^max_tree_depth steps. Otherwise as `nuts`, which finds the length by
/// itself and should be preferred.
Draws hmc(Rng& rng, const LogDensity& density, const Array& start,
          const SamplerOptions& options = {}, double trajectory_length = 1.5707963267948966);

namespace detail {

/// A transition of Hamiltonian Monte Carlo.
class HmcTransition final : public Transition {
 public:
  HmcTransition(Hamiltonian& hamiltonian, NoiseStream& noise, double length, std::size_t max_steps);

  TransitionReport advance(PhasePoint& point, double step_size) override;

 private:
  Hamiltonian& hamiltonian_;
  NoiseStream& noise_;
  double length_;
  std::size_t max_steps_;
  PhasePoint moving_;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
