#include <algorithm>
#include <cmath>
#include <evident/inference/chains.hpp>
#include <evident/inference/nuts.hpp>
#include <memory>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

Draws nuts(Rng& rng, const LogDensity& density, const Array& start, const SamplerOptions& options) {
  const auto transition = [&](detail::Hamiltonian& hamiltonian, detail::NoiseStream& noise) {
    return std::make_unique<detail::NutsTransition>(hamiltonian, noise, options.max_tree_depth);
  };
  return detail::run_chains("nuts", rng, density, start, options, transition);
}

namespace detail {
namespace {

double log_sum_exp(double a, double b) {
  return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
}

// Whether a piece of a trajectory, the sum of whose momenta is a + b, has not turned between ends
// with these velocities.
bool straight(const Vector& first_velocity, const Vector& last_velocity, const Vector& a,
              const Vector& b) {
  double along_first = 0, along_last = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    along_first += first_velocity[i] * (a[i] + b[i]);
    along_last += last_velocity[i] * (a[i] + b[i]);
  }
  return along_first > 0 && along_last > 0;
}

}  // namespace

Arc::Arc(std::size_t dimension)
    : first{Vector(dimension), Vector(dimension)},
      last(first),
      momentum_sum(dimension),
      draw(dimension) {}

void Arc::begin(const PhasePoint& point, double start_energy) {
  first.momentum = last.momentum = momentum_sum = point.momentum;
  first.velocity = last.velocity = point.velocity;
  draw = point.state;
  energy = point.energy;
  log_weight = start_energy - point.energy;
}

bool leads_apart(const Arc& arc, const Arc& next) {
  return straight(arc.first.velocity, next.last.velocity, arc.momentum_sum, next.momentum_sum) &&
         straight(arc.first.velocity, next.first.velocity, arc.momentum_sum, next.first.momentum) &&
         straight(arc.last.velocity, next.last.velocity, arc.last.momentum, next.momentum_sum);
}

NutsTransition::NutsTransition(Hamiltonian& hamiltonian, NoiseStream& noise, std::size_t max_depth)
    : hamiltonian_(hamiltonian),
      noise_(noise),
      max_depth_(max_depth),
      moving_(hamiltonian.dimension()),
      other_(hamiltonian.dimension()),
      trajectory_(hamiltonian.dimension()),
      arcs_(max_depth + 1, Arc(hamiltonian.dimension())) {}

// Adds an arc to the one that it continues; its draw is taken with this probability, or 1.
void NutsTransition::join(Arc& arc, Arc& next, double log_probability) {
  if (std::log(noise_.uniform()) < log_probability) {
    std::swap(arc.draw, next.draw);
    arc.energy = next.energy;
  }
  std::swap(arc.last, next.last);
  for (std::size_t i = 0; i < arc.momentum_sum.size(); ++i) {
    arc.momentum_sum[i] += next.momentum_sum[i];
  }
  arc.log_weight = log_sum_exp(arc.log_weight, next.log_weight);
}

// Goes on from `moving_` by 2^depth steps, and says whether there is still somewhere to go: false
// after a divergence or a U-turn, when the arc is not to be used.
bool NutsTransition::build(std::size_t depth, double step, Arc& arc) {
  if (depth == 0) {
    hamiltonian_.leapfrog(moving_, step);
    report_.add(moving_, start_energy_);
    arc.begin(moving_, start_energy_);
    return !report_.divergent;
  }
  Arc& next = arcs_[depth - 1];
  if (!build(depth - 1, step, arc) || !build(depth - 1, step, next)) return false;
  const bool goes_on = leads_apart(arc, next);
  join(arc, next, next.log_weight - log_sum_exp(arc.log_weight, next.log_weight));
  return goes_on;
}

TransitionReport NutsTransition::advance(PhasePoint& point, double step_size) {
  hamiltonian_.draw_momentum(point, noise_);
  report_ = {};
  start_energy_ = point.energy;
  moving_ = other_ = point;
  trajectory_.begin(point, start_energy_);
  Arc& next = arcs_[max_depth_];
  double step = step_size;
  while (report_.depth < max_depth_) {
    if (noise_.uniform() < 0.5) {
      // The other end grows: the trajectory is seen the other way round.
      std::swap(moving_, other_);
      std::swap(trajectory_.first, trajectory_.last);
      step = -step;
    }
    if (!build(report_.depth, step, next)) break;
    ++report_.depth;
    const bool goes_on = leads_apart(trajectory_, next);
    join(trajectory_, next, next.log_weight - trajectory_.log_weight);
    if (!goes_on) break;
  }
  std::swap(point.state, trajectory_.draw);
  report_.energy = trajectory_.energy;
  return report_;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
