#pragma once

#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/layers/visitor.hpp>
#include <evident/optim/schedule.hpp>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The option `max_norm` of an optimiser that leaves gradients as they are. With a smaller one,
/// gradients whose norm is larger than `max_norm` are scaled down to it, all by the same factor
/// (Pascanu et al. 2013), as a step reads them.
inline constexpr double kUnclipped = std::numeric_limits<double>::infinity();

/// What applies the gradients that `backward` has left in the parameters, and clears them.
///
/// A concrete optimiser is its states, each an array for every parameter, and a kernel, which says
/// what becomes of a register of elements under their gradients:
///
///     class Momentum final : public Optimiser {
///      public:
///       explicit Momentum(std::vector<NamedParameter> parameters)
///           : Optimiser("Momentum", std::move(parameters), 0.1) {}
///
///      private:
///       void update(double rate) override {
///         sweep([=](auto& x, auto g, auto& v) { x -= rate * (v = 0.9 * v + g); }, velocity_);
///       }
///       State velocity_ = add_state("velocity");
///     };
class Optimiser {
 public:
  virtual ~Optimiser() = default;

  /// Applies the gradients, in one fused pass, and clears them. Errors, which leave everything as
  /// it was: a parameter without a gradient, a learning rate that is negative or not finite, and
  /// with clipping a gradient that is not finite; a parameter is named.
  void step();

  /// How many steps have been taken.
  std::size_t steps() const { return steps_; }
  /// The learning rate that the next step will use.
  double learning_rate() const { return rate_at(steps_); }
  /// The name of the class: "Adam".
  const std::string& kind() const { return kind_; }
  /// What it steps: each parameter once, under the first of its names.
  const std::vector<NamedParameter>& parameters() const { return parameters_; }
  /// The names of what it keeps for every parameter: "mean", "square".
  std::vector<std::string> state_names() const;
  /// What it keeps, shared and not copied, as "<parameter>.<state>": "encoder.0.weight.mean".
  std::vector<NamedParameter> state() const;

 protected:
  /// Errors, which begin with `kind`: no parameters, one that is a constant or the result of an
  /// operation, a constant learning rate or a `max_norm` that is not positive.
  Optimiser(std::string kind, std::vector<NamedParameter> parameters, Schedule learning_rate,
            double max_norm = kUnclipped);
  Optimiser(Optimiser&&) = default;
  Optimiser& operator=(Optimiser&&) = default;

  /// A state of the optimiser, as `sweep` takes it.
  struct State {
    std::size_t index = 0;
  };
  /// Keeps an array of `initial` for every parameter, saved and loaded under this name.
  State add_state(const char* name, double initial = 0);

  /// The learning rate of the step with this number, from 0.
  virtual double rate_at(std::size_t step) const { return schedule_(step); }

  /// The step whose number, from 1, is `steps()`, at this learning rate.
  virtual void update(double rate) = 0;

  /// Runs `kernel(x, g, state...)` over all parameters, a register of elements at a time and on
  /// several threads: x and the states are lanes to change, g is their gradient, clipped. What lies
  /// behind the end of an array goes through the kernel too.
  template <class Arch = xsimd::default_arch, class Kernel, class... States>
  void sweep(const Kernel& kernel, States... states) {
    sweep_each<Arch>([&](std::size_t) { return kernel; }, states...);
  }

  /// The same with a kernel for each parameter: `kernel_for(index in parameters())`.
  template <class Arch = xsimd::default_arch, class KernelFor, class... States>
  void sweep_each(const KernelFor& kernel_for, States... states) {
    parallel(task_ends_.size(), [&](std::size_t task) {
      for (std::size_t i = task == 0 ? 0 : task_ends_[task - 1]; i < task_ends_[task]; ++i) {
        const Slice& slice = slices_[i];
        const std::size_t k = slice.parameter;
        run<Lanes<real, Arch>>(kernel_for(k), slice, gradient_scale_, values_[k], gradients_[k],
                               states_[states.index].data[k]...);
      }
    });
  }

 private:
  // Elements that one thread takes at a time, of small parameters several slices.
  struct Slice {
    std::size_t parameter, first, last;
  };
  struct StateArrays {
    std::string name;
    std::vector<Var> arrays;  // constants, one for each parameter
    std::vector<real*> data;  // theirs, in the present step
  };

  // A register of an array while a kernel changes it.
  template <class L>
  class Opened {
   public:
    explicit Opened(real* at) : at_(at), lanes_(L::load(at)) {}
    Opened(const Opened&) = delete;
    ~Opened() { lanes_.store(at_); }
    L& lanes() { return lanes_; }

   private:
    real* at_;
    L lanes_;
  };

  // Everything by value: what the loop reads is then known not to change as it writes. Whole
  // registers: the last may reach into the padding behind an array.
  template <class L, class Kernel, class... Data>
  static void run(const Kernel kernel, const Slice slice, double gradient_scale, real* x,
                  const real* gradient, Data... states) {
    for (std::size_t i = slice.first; i < slice.last; i += L::kWidth) {
      const L g = L::load(gradient + i);
      kernel(Opened<L>(x + i).lanes(), gradient_scale == 1 ? g : gradient_scale * g,
             Opened<L>(states + i).lanes()...);
    }
  }

  double checked_rate() const;
  double clipping_scale() const;

  friend void load_optimiser(const std::filesystem::path& path, Optimiser& optimiser);

  std::string kind_;
  std::vector<NamedParameter> parameters_;
  Schedule schedule_;
  double max_norm_;
  std::vector<Slice> slices_;
  std::vector<std::size_t> task_ends_;  // behind a task's last slice
  std::vector<StateArrays> states_;
  std::size_t steps_ = 0;

  // Of the present step.
  std::vector<real*> values_;
  std::vector<const real*> gradients_;
  double gradient_scale_ = 1;
};

/// Throws the error of an option unless it holds: "Adam: beta1 must be in [0, 1), got 1".
void check_option(bool holds, const std::string& kind, const char* option, double value,
                  const char* expected);

/// The norm of all gradients as one vector, sqrt(sum g^2), computed in double: what `max_norm`
/// limits. A parameter of several names counts once. Errors: one without a gradient, by name.
double gradient_norm(const std::vector<NamedParameter>& parameters);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
