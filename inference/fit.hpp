#pragma once

#include <evident/inference/elbo.hpp>
#include <evident/layers/visitor.hpp>
#include <evident/optim/adam.hpp>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Choices of `fit`.
struct FitOptions {
  std::size_t steps = 20000;  ///< at most
  AdamOptions adam = {1e-2};
  ElboOptions elbo = {};
  /// `ElboOptions::beta` and `free_bits` by the step, where they are to change: a warm-up is
  /// `warm_up(1000, 1)`.
  std::optional<Schedule> beta = {};
  std::optional<Schedule> free_bits = {};
  /// The fit has converged when the mean objective (the ELBO, with beta and free bits) of a window
  /// of this many steps has not been better than the best before, by `tolerance` times its size and
  /// a standard error, for `patience` windows. While beta or free bits change, none counts.
  std::size_t window = 500;
  std::size_t patience = 4;
  double tolerance = 1e-4;  ///< 0: take all steps
  /// Called after every window with the steps so far and the window's mean ELBO; false ends the
  /// fit.
  std::function<bool(std::size_t steps, double elbo)> progress = {};
  /// What the fit is to be good at, the larger the better, such as the ELBO of data that it does
  /// not see: asked for after every window in place of the window's mean. When it has not risen for
  /// `patience` windows the fit ends, at the parameters that were best (early stopping).
  std::function<double()> held_out = {};
};

/// How a fit went.
struct Fit {
  std::vector<double> elbo;      ///< of every step, in nats
  std::vector<double> held_out;  ///< of every window, where `FitOptions::held_out` was asked
  bool converged;                ///< else the steps ran out, or `progress` ended it
  std::string reason;            ///< in words
};

namespace detail {

// What a fit does at every step beside running the programs; it does not depend on their types and
// is compiled once.
class FitLoop {
 public:
  // `parameters`: what `visit` names.
  FitLoop(const FitOptions& options, std::vector<NamedParameter> parameters);
  // Before a step: the options of its ELBO.
  const ElboOptions& begin_step();
  // Learns from the ELBO and decides whether to go on. Errors: an ELBO that is not finite; nothing
  // to learn; a parameter that nobody names.
  bool end_step(Tape& tape, const Elbo& elbo);
  Fit result() { return std::move(fit_); }

 private:
  void require_finite(const Elbo& elbo) const;
  void require_finite_gradients() const;
  bool learns(const Var& parameter) const;
  void collect(const Tape& tape, const Elbo& elbo);
  void require_known(const Elbo& elbo) const;
  bool end_window();
  void restore_best();

  const FitOptions& options_;
  ElboOptions step_options_;
  std::vector<NamedParameter> parameters_;
  std::optional<Adam> adam_;
  std::vector<double> objectives_;      // of this window
  bool weights_changed_ = false;        // within it
  double best_;                         // of the windows
  std::size_t stale_ = 0;               // windows since then
  std::vector<Array> best_parameters_;  // where there is data held out
  Fit fit_{{}, {}, false, "all steps were taken"};
};

// Both as one, of which a member without a `visit` holds no parameters.
template <class Model, class Guide>
struct ModelAndGuide {
  Model model;
  Guide guide;

  template <class V>
  void visit(V& v) {
    v("model", model);
    v("guide", guide);
  }
};

template <class Model, class Guide, class... Args>
std::vector<NamedParameter> parameters_of(const Model& model, const Guide& guide, const Args&...) {
  if constexpr (IsModelWithGuide<Model>::value) {
    return parameters(model);
  } else {
    return parameters(ModelAndGuide<Model, Guide>{model, guide});
  }
}
template <class Both>
std::vector<NamedParameter> parameters_of(const Both& both) {
  return parameters(both);
}

}  // namespace detail

/// Maximises the ELBO by Adam over the parameters of the guide and of the model, which `visit` or
/// `Trace::param` name: `fit(rng, options, model, guide, args...)`, or with one object for both.
/// The loop, without its checks, is
///
///     Adam adam(parameters(guide), {1e-2});
///     for (std::size_t step = 0; step < steps; ++step) {
///       Tape tape;
///       tape.backward(-elbo(rng, model, guide, x).objective);
///       adam.step();
///     }
///
/// Errors: those of `elbo` and of its gradient; options out of range; no parameters; one that the
/// first step reads and nothing names, or that a later one names first; an ELBO that is not finite,
/// with the step and the site; a gradient that is not, with the step and the parameter, which keeps
/// its value; `held_out` that returns NaN or inf.
template <class First, class... Rest>
Fit fit(Rng& rng, const FitOptions& options, const First& model, const Rest&... rest) {
  detail::FitLoop loop(options, detail::parameters_of(model, rest...));
  bool more = options.steps > 0;
  while (more) {
    const ElboOptions& step_options = loop.begin_step();
    Tape tape;
    more = loop.end_step(tape, elbo(step_options, rng, model, rest...));
  }
  return loop.result();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
