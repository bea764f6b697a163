#pragma once

#include <cstddef>
#include <evident/inference/hamiltonian.hpp>
#include <optional>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Choices of `nuts` and `hmc`.
struct SamplerOptions {
  std::size_t draws = 1000;         ///< kept, of each chain
  std::size_t warmup = 1000;        ///< before them, to adapt; not kept
  std::size_t chains = 4;           ///< independent ones, which tell whether they agree
  double target_acceptance = 0.8;   ///< in (0, 1): nearer to 1 takes smaller steps
  std::size_t max_tree_depth = 10;  ///< a trajectory has at most 2^max_tree_depth steps
  bool dense_mass = false;          ///< learn all covariances; else variances alone
  std::optional<double> step_size;  ///< one to keep; without it, it is adapted during warm-up
  /// Run the chains at once, on the pool of threads. The density is then called by several threads
  /// and must not write to anything that its copies share. The draws are the same bits either way.
  bool parallel_chains = false;
};

/// What a sampler found, chain by chain and draw by draw. C chains, S draws, dimension n.
struct Draws {
  Array values;          ///< (C, S, n)
  Array log_density;     ///< (C, S), as the density gave it
  Array acceptance;      ///< (C, S): mean acceptance probability along the trajectory
  Array energy;          ///< (C, S): kinetic energy less log density
  Array tree_depth;      ///< (C, S): how often the trajectory was doubled; 0 from `hmc`
  Array leapfrog_steps;  ///< (C, S): evaluations of the density
  Array divergent;       ///< (C, S): 1 where the energy went wrong by more than 1000, 0 elsewhere
  Array outside;         ///< (C, S): 1 where that was a place outside the support, 0 elsewhere
  Array step_size;       ///< (C): what the chain adapted to, or was told
  Array inverse_mass;    ///< (C, n), or (C, n, n) if dense: the covariance that warm-up estimated
  /// (C): the energy Bayesian fraction of missing information, sum (E_t - E_(t-1))^2 over
  /// sum (E_t - mean E)^2 (Betancourt 2016, "Diagnosing suboptimal cotangent disintegrations in
  /// Hamiltonian Monte Carlo"): how well new momenta reach all energies. Below 0.3 they do not. NaN
  /// for fewer than 2 draws.
  Array energy_bfmi;
  SamplerOptions options;  ///< what was asked for
};

/// Different places to start the chains from, shape (chains, dimension): uniform on (-radius,
/// radius), each tried up to 100 times until density and gradient are finite there, as in Stan.
/// Chains that agree although they began far apart are the ones to trust.
/// Errors: no such place.
Array starting_points(Rng& rng, const LogDensity& density, std::size_t chains,
                      std::size_t dimension, double radius = 2);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
