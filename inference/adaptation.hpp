#pragma once

#include <cstddef>
#include <evident/inference/hamiltonian.hpp>
#include <vector>

// What a Markov chain learns while it warms up: a step size and a mass. The constants are Stan's
// (Stan reference manual, "HMC algorithm parameters").

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// Dual averaging of log step sizes towards an acceptance (Hoffman and Gelman 2014, section 3.2;
/// Nesterov 2009):
///
///     s_t = (1 - 1/(t + 10)) s_(t-1) + (target - acceptance_t) / (t + 10)
///     log step_t = log(10 step_0) - s_t sqrt(t) / 0.05
///     x_t = (1 - t^-0.75) x_(t-1) + t^-0.75 log step_t
class DualAveraging {
 public:
  /// Begins at a step size.
  DualAveraging(double target_acceptance, double step_size);

  /// The step size to go on with after a transition with this acceptance.
  double update(double acceptance);
  /// The step size to keep in the end: exp(x_t), or the first if there was no update.
  double settled() const;

 private:
  double target_, first_;
  double time_ = 0, error_ = 0, log_average_ = 0;
};

/// When a warm-up learns the mass: the draws numbered `begin` and on are collected, and each of
/// `ends` is the number of draws after which an estimate replaces the mass and collecting starts
/// anew. The step size alone is adapted before and after.
struct WarmupWindows {
  std::size_t begin;
  std::vector<std::size_t> ends;
};

/// Windows that double from 25 draws, between 75 draws in front and 50 behind; the last one is
/// stretched to the end. A short warm-up is divided 15 : 75 : 10, one of fewer than 20 draws has
/// no windows.
WarmupWindows warmup_windows(std::size_t warmup);

/// The variances or the covariance of draws as they come (Welford 1962).
class RunningCovariance {
 public:
  RunningCovariance(std::size_t dimension, bool dense);

  void add(const Vector& x);
  void restart();
  /// The estimate, drawn towards a small multiple of the identity for n draws:
  /// n/(n + 5) S + 5/(n + 5) 10^-3 I.
  Vector regularised() const;

 private:
  bool dense_;
  double count_ = 0;
  Vector mean_, sum_, before_, after_;
};

/// A step size at which one leapfrog step from `start` is accepted with a probability of about 0.8:
/// `step_size`, doubled or halved until that is crossed (Hoffman and Gelman 2014, algorithm 4).
/// Errors: no step is too long, or none is short enough.
double reasonable_step_size(const char* caller, Hamiltonian& hamiltonian, NoiseStream& noise,
                            const State& start, double step_size);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
