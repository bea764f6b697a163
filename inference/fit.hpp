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
  /// The fit has converged when the mean ELBO of a window of this many steps has not been better
  /// than the best before, by `tolerance` times its size and a standard error, for `patience`
  /// windows.
  std::size_t window = 500;
  std::size_t patience = 4;
  double tolerance = 1e-4;  ///< 0: take all steps
  /// Called after every window with the steps so far and the window's mean ELBO; false ends the
  /// fit.
  std::function<bool(std::size_t steps, double elbo)> progress = {};
};

/// How a fit went.
struct Fit {
  std::vector<double> elbo;  ///< of every step, in nats
  bool converged;            ///< else the steps ran out, or `progress` ended it
  std::string reason;        ///< in words
};

namespace detail {

// Decides after every step whether to go on; what does not depend on types is compiled once.
class FitProgress {
 public:
  explicit FitProgress(const FitOptions& options) : options_(options) {}
  // Errors: an ELBO that is no number.
  bool goes_on(const Elbo& elbo);
  Fit result() { return std::move(fit_); }

 private:
  const FitOptions& options_;
  double best_ = -std::numeric_limits<double>::infinity();  // mean of a window
  std::size_t stale_ = 0;                                   // windows since then
  Fit fit_{{}, false, "all steps were taken"};
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

// Errors: there are none.
std::vector<NamedParameter> require_parameters(std::vector<NamedParameter> parameters);

}  // namespace detail

/// Maximises the ELBO by Adam over the parameters of the guide and of the model, as far as these
/// have any (`visit`): `fit(rng, options, model, guide, args...)`, or with one object for both. The
/// loop, without its checks, is
///
///     Adam adam(parameters(guide), {1e-2});
///     for (std::size_t step = 0; step < steps; ++step) {
///       Tape tape;
///       tape.backward(-elbo(rng, model, guide, x).objective);
///       adam.step();
///     }
///
/// Errors: those of `elbo`; no parameters; an ELBO that is no number, which says at which step.
template <class First, class... Rest>
Fit fit(Rng& rng, const FitOptions& options, const First& model, const Rest&... rest) {
  Adam adam(detail::require_parameters(detail::parameters_of(model, rest...)), options.adam);
  detail::FitProgress progress(options);
  ElboOptions step_options = options.elbo;
  bool more = options.steps > 0;
  for (std::size_t step = 0; more; ++step) {
    if (options.beta) step_options.beta = (*options.beta)(step);
    if (options.free_bits) step_options.free_bits = (*options.free_bits)(step);
    Tape tape;
    const Elbo e = elbo(step_options, rng, model, rest...);
    more = progress.goes_on(e);
    tape.backward(-e.objective);
    adam.step();
  }
  return progress.result();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
