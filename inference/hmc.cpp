#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/chains.hpp>
#include <evident/inference/hmc.hpp>
#include <memory>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

Draws hmc(Rng& rng, const LogDensity& density, const Array& start, const SamplerOptions& options,
          double trajectory_length) {
  if (!(trajectory_length > 0 && std::isfinite(trajectory_length))) {
    throw Error(fmt::format("hmc: trajectory_length is {}, it must be positive and finite",
                            trajectory_length));
  }
  const auto transition = [&](detail::Hamiltonian& hamiltonian, detail::NoiseStream& noise) {
    return std::make_unique<detail::HmcTransition>(hamiltonian, noise, trajectory_length,
                                                   std::size_t{1} << options.max_tree_depth);
  };
  return detail::run_chains("hmc", rng, density, start, options, transition);
}

namespace detail {

HmcTransition::HmcTransition(Hamiltonian& hamiltonian, NoiseStream& noise, double length,
                             std::size_t max_steps)
    : hamiltonian_(hamiltonian),
      noise_(noise),
      length_(length),
      max_steps_(max_steps),
      moving_(hamiltonian.dimension()) {}

TransitionReport HmcTransition::advance(PhasePoint& point, double step_size) {
  hamiltonian_.draw_momentum(point, noise_);
  const double length = length_ * (0.5 + noise_.uniform());
  const double steps =
      std::clamp(std::round(length / step_size), 1.0, static_cast<double>(max_steps_));
  TransitionReport report;
  moving_ = point;
  // Only where no way leads back may a trajectory end early: the way back must be as probable.
  while (static_cast<double>(report.steps) < steps && std::isfinite(moving_.energy)) {
    hamiltonian_.leapfrog(moving_, step_size);
    report.add(moving_, point.energy);
  }
  // The end is what is accepted, so its probability is what the step size is adapted to.
  report.acceptance = std::min(1.0, std::exp(point.energy - moving_.energy));
  report.energy = point.energy;
  if (noise_.uniform() < report.acceptance) {
    std::swap(point.state, moving_.state);
    report.energy = moving_.energy;
  }
  return report;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
