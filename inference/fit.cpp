#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/fit.hpp>
#include <numeric>

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

bool FitProgress::goes_on(const Elbo& elbo) {
  const double value = elbo.value.item();
  if (std::isnan(value)) {
    const auto site = std::find_if(elbo.sites.begin(), elbo.sites.end(), [](const SiteTerm& s) {
      const Array& term = s.term.value();
      return std::any_of(term.begin(), term.end(), [](real x) { return std::isnan(x); });
    });
    throw Error(fmt::format(
        "fit: the ELBO is NaN at step {}{}: take a smaller learning rate, clip the gradients with "
        "AdamOptions::max_norm, or find the operation with TapeOptions::check_values",
        fit_.elbo.size(),
        site == elbo.sites.end()
            ? ""
            : fmt::format(", by site \"{}\" ({})", site->name, to_string(site->estimator))));
  }
  if (!elbo.without_gradient.empty()) {
    throw Error(fmt::format(
        "fit: the guide's site \"{}\" has parameters to be learned, but its draws cannot be "
        "reparameterised: sum the site out, with Mixture for instance, take a distribution that "
        "relaxes it, or pass its parameters through stop_gradient",
        elbo.without_gradient));
  }
  fit_.elbo.push_back(value);
  const std::size_t steps = fit_.elbo.size(), window = options_.window;
  if (window > 0 && steps % window == 0) {
    const Average now = average(fit_.elbo.data() + steps - window, window);
    if (options_.progress && !options_.progress(steps, now.mean)) {
      fit_.reason = fmt::format("it was ended after {} steps", steps);
      return false;
    }
    const double least = options_.tolerance * std::abs(now.mean) + std::sqrt(now.variance_of_mean);
    const bool better = now.mean - best_ > least || !std::isfinite(best_);
    stale_ = better ? 0 : stale_ + 1;
    best_ = std::max(best_, now.mean);
    if (options_.tolerance > 0 && stale_ >= options_.patience) {
      fit_.converged = true;
      fit_.reason =
          fmt::format("converged after {} steps, at a mean ELBO of {:.4f} nats", steps, best_);
      return false;
    }
  }
  return steps < options_.steps;
}

std::vector<NamedParameter> require_parameters(std::vector<NamedParameter> parameters) {
  if (parameters.empty()) {
    throw Error(
        "fit: neither the model nor the guide has parameters: give one of them a `visit` that "
        "names its own, or use MeanFieldNormal or FullRankNormal as the guide");
  }
  return parameters;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
