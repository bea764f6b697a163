#include <fmt/format.h>

#include <cmath>
#include <evident/inference/adaptation.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

DualAveraging::DualAveraging(double target_acceptance, double step_size)
    : target_(target_acceptance), first_(step_size) {}

double DualAveraging::update(double acceptance) {
  constexpr double kSpeed = 0.05, kDelay = 10, kForgetting = 0.75;
  ++time_;
  const double weight = 1 / (time_ + kDelay);
  error_ += weight * (target_ - acceptance - error_);
  const double log_step = std::log(10 * first_) - error_ * std::sqrt(time_) / kSpeed;
  log_average_ += std::pow(time_, -kForgetting) * (log_step - log_average_);
  return std::exp(log_step);
}

double DualAveraging::settled() const { return time_ == 0 ? first_ : std::exp(log_average_); }

WarmupWindows warmup_windows(std::size_t warmup) {
  std::size_t before = 75, window = 25, after = 50;
  if (warmup < 20) return {warmup, {}};
  if (warmup < before + window + after) {
    before = warmup * 15 / 100;
    after = warmup * 10 / 100;
    window = warmup - before - after;
  }
  WarmupWindows result{before, {}};
  const std::size_t last = warmup - after;
  for (std::size_t end = before + window; end != last; end += window) {
    // A window that the next one would overtake the end of takes its place.
    if (end + 2 * window > last) break;
    result.ends.push_back(end);
    window *= 2;
  }
  result.ends.push_back(last);
  return result;
}

RunningCovariance::RunningCovariance(std::size_t dimension, bool dense)
    : dense_(dense),
      mean_(dimension),
      sum_(dense ? dimension * dimension : dimension),
      before_(dimension),
      after_(dimension) {}

void RunningCovariance::add(const Vector& x) {
  ++count_;
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    before_[i] = x[i] - mean_[i];
    mean_[i] += before_[i] / count_;
    after_[i] = x[i] - mean_[i];
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!dense_) {
      sum_[i] += before_[i] * after_[i];
      continue;
    }
    for (std::size_t j = 0; j < n; ++j) sum_[i * n + j] += before_[i] * after_[j];
  }
}

void RunningCovariance::restart() {
  count_ = 0;
  for (double& m : mean_) m = 0;
  for (double& s : sum_) s = 0;
}

Vector RunningCovariance::regularised() const {
  constexpr double kPriorDraws = 5, kPriorVariance = 1e-3;
  const double total = count_ + kPriorDraws;
  const std::size_t n = mean_.size();
  Vector result(sum_.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (count_ > 1) result[i] = count_ / total * (sum_[i] / (count_ - 1));
  }
  for (std::size_t i = 0; i < n; ++i) {
    result[dense_ ? i * (n + 1) : i] += kPriorVariance * kPriorDraws / total;
  }
  return result;
}

double reasonable_step_size(const char* caller, Hamiltonian& hamiltonian, NoiseStream& noise,
                            const State& start, double step_size) {
  PhasePoint point(hamiltonian.dimension());
  const auto is_accepted = [&] {
    point.state = start;
    hamiltonian.draw_momentum(point, noise);
    const double energy = point.energy;
    hamiltonian.leapfrog(point, step_size);
    return energy - point.energy > std::log(0.8);
  };
  const bool grows = is_accepted();
  while (is_accepted() == grows) {
    step_size *= grows ? 2 : 0.5;
    if (step_size > 1e7) {
      throw Error(
          fmt::format("{}: no step is too long, tried 10^7: the density looks flat; it must "
                      "have a finite integral: give every variable a proper prior",
                      caller));
    }
  }
  // A step of a length at which no element changes is always accepted.
  const auto moves = [&](std::size_t i) {
    return static_cast<real>(point.state.position[i]) != static_cast<real>(start.position[i]);
  };
  bool moved = grows;
  for (std::size_t i = 0; i < start.position.size(); ++i) moved = moved || moves(i);
  if (!moved) {
    throw Error(
        fmt::format("{}: no step is short enough: does the gradient belong to the log density, and "
                    "is the density continuous at the start?",
                    caller));
  }
  return step_size;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
