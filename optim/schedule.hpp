#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace evident {

/// The learning rate of every step, by the step's number: 0, 1, 2, ... An optimiser asks for it as
/// it goes, so there is nothing to advance beside it. A number is the same rate for ever, and any
/// function of the step's number will do:
///
///     Adam adam(parameters(model), {cosine_decay(1e-3, 20000)});
///     Adam adam(parameters(model), {[](std::size_t step) { return 0.1 / (10.0 + step); }});
class Schedule {
 public:
  /// The same rate at every step.
  template <class Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  Schedule(Number rate) : constant_(static_cast<double>(rate)) {}
  /// The rate that a function of the step's number returns. Errors: an empty function.
  template <class Rate,
            std::enable_if_t<std::conjunction_v<std::negation<std::is_same<Rate, Schedule>>,
                                                std::is_invocable_r<double, Rate&, std::size_t>>,
                             int> = 0>
  Schedule(Rate rate) : rate_(std::move(rate)) {
    require_function();
  }

  /// The rate of the step with this number.
  double operator()(std::size_t step) const { return constant_ ? *constant_ : rate_(step); }

  /// The rate, if it was given as a number.
  const std::optional<double>& constant() const { return constant_; }

 private:
  void require_function() const;

  std::optional<double> constant_;
  std::function<double(std::size_t)> rate_;
};

/// rate * factor^(step / every), in whole divisions: `factor` times as much after every `every`
/// steps. Errors: rate not positive, every 0, factor outside (0, 1].
Schedule step_decay(double rate, std::size_t every, double factor);

/// rate * factor^step. Errors: rate not positive, factor outside (0, 1].
Schedule exponential_decay(double rate, double factor);

/// last + (rate - last) (1 + cos(pi step / steps)) / 2, and `last` from step `steps` on: cosine
/// annealing without restarts (Loshchilov and Hutter 2017). Errors: rate not positive, steps 0,
/// last outside [0, rate].
Schedule cosine_decay(double rate, std::size_t steps, double last = 0);

/// schedule(step) * min(1, (step + 1) / steps): the first `steps` steps lead to the schedule in a
/// straight line, from a `steps`-th of it (Goyal et al. 2017). Errors: steps 0.
Schedule warm_up(std::size_t steps, Schedule schedule);

}  // namespace evident
