#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/fit.hpp>
#include <numeric>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

struct Average {
  double mean, variance_of_mean;
};

Average average(const double* values, std::size_t count) {
  const auto n = static_cast<double>(count);
  const double mean = std::accumulate(values, values + count, 0.0) / n;
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  return {mean, count < 2 ? 0 : squares / (n - 1) / n};
}

}  // namespace

namespace detail {

FitLoop::FitLoop(const FitOptions& options, std::vector<NamedParameter> parameters)
    : options_(options),
      step_options_(options.elbo),
      parameters_(std::move(parameters)),
      best_(-std::numeric_limits<double>::infinity()) {
  if (!(options.tolerance >= 0) || options.patience == 0) {
    throw Error(
        fmt::format("fit: tolerance must not be negative and patience at least 1, got {} and {}: "
                    "tolerance 0 takes all steps",
                    options.tolerance, options.patience));
  }
  if (options.held_out && (options.window == 0 || options.window > options.steps)) {
    throw Error(fmt::format(
        "fit: held_out is asked after every window, got a window of {} steps in a fit of {}: "
        "expected at least one window",
        options.window, options.steps));
  }
}

const ElboOptions& FitLoop::begin_step() {
  const std::size_t step = fit_.elbo.size();
  const double beta = step_options_.beta, free_bits = step_options_.free_bits;
  if (options_.beta) step_options_.beta = (*options_.beta)(step);
  if (options_.free_bits) step_options_.free_bits = (*options_.free_bits)(step);
  weights_changed_ |= step_options_.beta != beta || step_options_.free_bits != free_bits;
  return step_options_;
}

bool FitLoop::end_step(Tape& tape, const Elbo& elbo) {
  require_finite(elbo);
  if (!adam_) collect(tape, elbo);
  require_known(elbo);
  fit_.elbo.push_back(elbo.value.item());
  objectives_.push_back(elbo.objective.item());
  tape.backward(-elbo.objective);
  require_finite_gradients();
  adam_->step();
  const bool whole = options_.window > 0 && objectives_.size() == options_.window;
  const bool more = !whole || end_window();
  if (more && fit_.elbo.size() < options_.steps) return true;
  restore_best();
  return false;
}

void FitLoop::require_finite(const Elbo& elbo) const {
  const double value = elbo.value.item();
  if (!std::isfinite(value)) {
    const auto site = std::find_if(elbo.sites.begin(), elbo.sites.end(), [](const SiteTerm& s) {
      const Array& term = s.term.value();
      return std::any_of(term.begin(), term.end(), [](real x) { return !std::isfinite(x); });
    });
    const std::string where =
        site == elbo.sites.end()
            ? ""
            : fmt::format(", by site \"{}\" ({})", site->name, to_string(site->estimator));
    const char* advice = std::isnan(value) ? "take a smaller learning rate, clip the gradients "
                                             "with AdamOptions::max_norm, or find "
                                             "the operation with TapeOptions::check_values"
                                           : "the guide draws what the model rules out: give it "
                                             "the support that the model has, or "
                                             "another start";
    throw Error(fmt::format("fit: the ELBO is {} at step {}{}: {}",
                            std::isnan(value) ? "NaN" : fmt::format("{}", value), fit_.elbo.size(),
                            where, advice));
  }
}

// One NaN would spoil the parameter, and every later step with it.
void FitLoop::require_finite_gradients() const {
  for (const NamedParameter& named : parameters_) {
    if (!named.parameter.has_gradient()) continue;
    for (const real slope : named.parameter.gradient()) {
      if (std::isfinite(slope)) continue;
      throw Error(fmt::format(
          "fit: the gradient of parameter \"{}\" is {} at step {}, though the ELBO is {}: find the "
          "operation with TapeOptions::check_values, and what it was given",
          named.name, slope, fit_.elbo.size() - 1, fit_.elbo.back()));
    }
  }
}

bool FitLoop::learns(const Var& parameter) const {
  return std::any_of(parameters_.begin(), parameters_.end(), [&](const NamedParameter& p) {
    return &p.parameter.node() == &parameter.node();
  });
}

// All that is to be learned: what `visit` names and what the programs do.
void FitLoop::collect(const Tape& tape, const Elbo& elbo) {
  for (const NamedParameter& named : elbo.params) {
    if (!learns(named.parameter)) parameters_.push_back(named);
  }
  if (parameters_.empty()) {
    throw Error(
        "fit: neither the model nor the guide has parameters: give one of them a `visit` that "
        "names its own, name them with `Trace::param`, or use MeanFieldNormal or FullRankNormal as "
        "the guide");
  }
  for (const Var& parameter : tape.parameters()) {
    if (learns(parameter)) continue;
    throw Error(
        fmt::format("fit: the programs read a parameter of shape {} that is not to be learned, for "
                    "nothing names it: name it with `visit` or `Trace::param`, or freeze it",
                    to_string(parameter.shape())));
  }
  adam_.emplace(parameters_, options_.adam);
}

void FitLoop::require_known(const Elbo& elbo) const {
  for (const NamedParameter& named : elbo.params) {
    if (learns(named.parameter)) continue;
    throw Error(
        fmt::format("fit: parameter \"{}\" is named at step {} for the first time: name it in "
                    "every run, or with `visit`",
                    named.name, fit_.elbo.size()));
  }
}

// Whether the fit goes on after a window.
bool FitLoop::end_window() {
  const std::size_t steps = fit_.elbo.size(), window = options_.window;
  const double elbo = average(fit_.elbo.data() + steps - window, window).mean;
  Average now = average(objectives_.data(), window);
  objectives_.clear();
  if (options_.held_out) {
    now = {options_.held_out(), 0};
    if (!(now.mean < std::numeric_limits<double>::infinity())) {
      throw Error(fmt::format(
          "fit: held_out returned {} after {} steps: expected a number, the larger the better the "
          "fit",
          std::isnan(now.mean) ? "NaN" : "inf", steps));
    }
    fit_.held_out.push_back(now.mean);
  }
  if (options_.progress && !options_.progress(steps, elbo)) {
    fit_.reason = fmt::format("it was ended after {} steps", steps);
    return false;
  }
  if (std::exchange(weights_changed_, false) && !options_.held_out) {
    best_ = -std::numeric_limits<double>::infinity();
    stale_ = 0;
    return true;
  }
  const double least =
      options_.held_out ? 0
                        : options_.tolerance * std::abs(now.mean) + std::sqrt(now.variance_of_mean);
  const bool better = now.mean - best_ > least || !std::isfinite(best_);
  stale_ = better ? 0 : stale_ + 1;
  best_ = std::max(best_, now.mean);
  if (better && options_.held_out) {
    best_parameters_.clear();
    for (const NamedParameter& p : parameters_) best_parameters_.push_back(p.parameter.value());
  }
  if (options_.tolerance == 0 || stale_ < options_.patience) return true;
  fit_.converged = true;
  fit_.reason = options_.held_out
                    ? fmt::format(
                          "stopped early after {} steps: what is held out was best, at {:.4f}, "
                          "{} windows before",
                          steps, best_, stale_)
                    : fmt::format("converged after {} steps, at a mean objective of {:.4f} nats",
                                  steps, best_);
  return false;
}

void FitLoop::restore_best() {
  for (std::size_t k = 0; k < best_parameters_.size(); ++k) {
    parameters_[k].parameter.mutable_value() = best_parameters_[k];
  }
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
