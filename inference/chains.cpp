#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/inference/adaptation.hpp>
#include <evident/inference/chains.hpp>
#include <limits>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

void check_options(const char* caller, const SamplerOptions& o) {
  const auto refuse = [&](const char* name, const auto& got, const char* expected) {
    throw Error(fmt::format("{}: {} is {}, it must be {}", caller, name, got, expected));
  };
  if (o.draws == 0) refuse("draws", o.draws, "at least 1");
  if (o.chains == 0) refuse("chains", o.chains, "at least 1; 4 can be compared");
  if (!(o.target_acceptance > 0 && o.target_acceptance < 1)) {
    refuse("target_acceptance", o.target_acceptance, "between 0 and 1, such as 0.8");
  }
  if (o.max_tree_depth == 0 || o.max_tree_depth > 20) {
    refuse("max_tree_depth", o.max_tree_depth, "from 1 to 20: 2^20 steps are a million");
  }
  if (o.step_size && !(*o.step_size > 0 && std::isfinite(*o.step_size))) {
    refuse("step_size", *o.step_size, "positive and finite, or absent to be adapted");
  }
}

void check_start_shape(const char* caller, const Array& start, std::size_t chains) {
  const Shape& shape = start.shape();
  const bool one = shape.size() == 1 && shape[0] > 0;
  const bool each = shape.size() == 2 && shape[0] == chains && shape[1] > 0;
  if (one || each) return;
  throw ShapeError(fmt::format(
      "{}: the start has shape {}, expected (dimension), or ({}, dimension) for {} chains", caller,
      to_string(shape), chains, chains));
}

// Why a chain cannot start in this state; empty if it can.
std::string obstacle(const State& state) {
  if (std::isinf(state.log_density)) return "the log density is NaN or infinite";
  for (std::size_t i = 0; i < state.gradient.size(); ++i) {
    if (std::isfinite(state.gradient[i])) continue;
    return fmt::format("the gradient's element {} is {}", i, state.gradient[i]);
  }
  return {};
}

std::string place(const Vector& position) {
  constexpr std::size_t kShown = 6;
  std::string result = "(";
  for (std::size_t i = 0; i < std::min(position.size(), kShown); ++i) {
    result += fmt::format("{}{:.6g}", i == 0 ? "" : ", ", position[i]);
  }
  return result + (position.size() > kShown ? ", ...)" : ")");
}

double energy_bfmi(const Vector& energies) {
  double mean = 0, jumps = 0, spread = 0;
  for (const double e : energies) mean += e / static_cast<double>(energies.size());
  for (std::size_t i = 0; i < energies.size(); ++i) {
    if (i > 0) jumps += (energies[i] - energies[i - 1]) * (energies[i] - energies[i - 1]);
    spread += (energies[i] - mean) * (energies[i] - mean);
  }
  return jumps / spread;
}

// One chain, which writes to its own rows of the draws.
class Chain {
 public:
  Chain(const char* caller, std::size_t index, const Rng& rng, const LogDensity& density,
        const Array& start, const SamplerOptions& options, const MakeTransition& make)
      : caller_(caller),
        index_(index),
        options_(options),
        noise_(rng.stream("chain").stream(std::to_string(index))),
        hamiltonian_(density, start.shape().back(), options.dense_mass),
        point_(hamiltonian_.dimension()),
        transition_(make(hamiltonian_, noise_)) {
    const std::size_t n = hamiltonian_.dimension();
    const real* first = start.data() + (start.dimension() == 2 ? index * n : 0);
    point_.state.position.assign(first, first + n);
    hamiltonian_.evaluate(point_.state);
    if (const std::string why = obstacle(point_.state); !why.empty()) {
      throw Error(
          fmt::format("{}: {} at the start of chain {}, {}: start where both are finite, "
                      "as at starting_points(rng, density, chains, dimension); for a model, "
                      "LatentSpace::explain says which site it is",
                      caller, why, index, place(point_.state.position)));
    }
  }

  void run(Draws& draws) {
    warm_up();
    draws.step_size(index_) = static_cast<real>(step_size_);
    copy_row(hamiltonian_.inverse_mass().values(), draws.inverse_mass, index_);
    Vector energies;
    energies.reserve(options_.draws);
    for (std::size_t draw = 0; draw < options_.draws; ++draw) {
      const TransitionReport report = transition_->advance(point_, step_size_);
      energies.push_back(report.energy);
      keep(report, index_ * options_.draws + draw, draws);
    }
    draws.energy_bfmi(index_) = static_cast<real>(energy_bfmi(energies));
  }

 private:
  void warm_up() {
    const bool adapts = !options_.step_size;
    step_size_ = adapts ? find_step_size(1) : *options_.step_size;
    DualAveraging averaging(options_.target_acceptance, step_size_);
    const WarmupWindows windows = warmup_windows(options_.warmup);
    RunningCovariance covariance(hamiltonian_.dimension(), options_.dense_mass);
    auto window = windows.ends.begin();
    for (std::size_t draw = 0; draw < options_.warmup; ++draw) {
      const TransitionReport report = transition_->advance(point_, step_size_);
      if (adapts) step_size_ = averaging.update(report.acceptance);
      if (draw < windows.begin || window == windows.ends.end()) continue;
      covariance.add(point_.state.position);
      if (draw + 1 != *window) continue;
      ++window;
      hamiltonian_.inverse_mass().set(covariance.regularised());
      covariance.restart();
      if (!adapts) continue;
      step_size_ = find_step_size(step_size_);
      averaging = DualAveraging(options_.target_acceptance, step_size_);
    }
    if (adapts) step_size_ = averaging.settled();
  }

  double find_step_size(double start) {
    return reasonable_step_size(caller_, hamiltonian_, noise_, point_.state, start);
  }

  static void copy_row(const Vector& from, Array& to, std::size_t row) {
    real* out = to.data() + row * from.size();
    for (std::size_t i = 0; i < from.size(); ++i) out[i] = static_cast<real>(from[i]);
  }

  void keep(const TransitionReport& report, std::size_t row, Draws& draws) const {
    copy_row(point_.state.position, draws.values, row);
    const auto put = [row](Array& array, double value) {
      array.data()[row] = static_cast<real>(value);
    };
    put(draws.log_density, point_.state.log_density);
    put(draws.acceptance, report.acceptance);
    put(draws.energy, report.energy);
    put(draws.tree_depth, static_cast<double>(report.depth));
    put(draws.leapfrog_steps, static_cast<double>(report.steps));
    put(draws.divergent, report.divergent ? 1 : 0);
    put(draws.outside, report.outside ? 1 : 0);
  }

  const char* caller_;
  std::size_t index_;
  const SamplerOptions& options_;
  NoiseStream noise_;
  Hamiltonian hamiltonian_;
  PhasePoint point_;
  std::unique_ptr<Transition> transition_;
  double step_size_ = 1;
};

Draws make_room(const SamplerOptions& o, std::size_t n) {
  const Shape each{o.chains, o.draws};
  Draws d{zeros({o.chains, o.draws, n}),
          zeros(each),
          zeros(each),
          zeros(each),
          zeros(each),
          zeros(each),
          zeros(each),
          zeros(each),
          zeros({o.chains}),
          o.dense_mass ? zeros({o.chains, n, n}) : zeros({o.chains, n}),
          zeros({o.chains}),
          o};
  return d;
}

}  // namespace

Draws run_chains(const char* caller, Rng& rng, const LogDensity& density, const Array& start,
                 const SamplerOptions& options, const MakeTransition& make) {
  check_options(caller, options);
  check_start_shape(caller, start, options.chains);
  Draws draws = make_room(options, start.shape().back());
  const auto run = [&](std::size_t index) {
    Chain(caller, index, rng, density, start, options, make).run(draws);
  };
  if (options.parallel_chains) {
    parallel(options.chains, run);
  } else {
    for (std::size_t index = 0; index < options.chains; ++index) run(index);
  }
  rng.advance_step();
  return draws;
}

}  // namespace detail

Array starting_points(Rng& rng, const LogDensity& density, std::size_t chains,
                      std::size_t dimension, double radius) {
  if (chains == 0 || dimension == 0 || !(radius > 0)) {
    throw Error(
        fmt::format("starting_points: got {} chains, dimension {}, radius {}: all must be positive",
                    chains, dimension, radius));
  }
  constexpr int kTries = 100;
  detail::Hamiltonian hamiltonian(density, dimension, false);
  detail::State state(dimension);
  detail::NoiseStream noise(rng.stream("start"));
  Array result = zeros({chains, dimension});
  for (std::size_t chain = 0; chain < chains; ++chain) {
    real* row = result.data() + chain * dimension;
    std::string why = "not tried";
    for (int attempt = 0; attempt < kTries && !why.empty(); ++attempt) {
      for (std::size_t i = 0; i < dimension; ++i) {
        row[i] = static_cast<real>(radius * (2 * noise.uniform() - 1));
        state.position[i] = row[i];
      }
      hamiltonian.evaluate(state);
      why = detail::obstacle(state);
    }
    if (why.empty()) continue;
    throw Error(
        fmt::format("starting_points: {} at {} places within {:.6g} of 0, the last of them {}: "
                    "check the model, where LatentSpace::explain says which site it is, or start "
                    "where its density is known to be finite",
                    why, kTries, radius, detail::place(state.position)));
  }
  rng.advance_step();
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
