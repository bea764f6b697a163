#pragma once

#include <evident/inference/elbo.hpp>
#include <evident/inference/psis.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// How well a guide approximates the posterior.
struct GuideCheck {
  double elbo, elbo_error;  ///< the mean of log p(x, z) - log q(z), with its standard error
  double log_evidence, log_evidence_error;  ///< log p(x) by importance sampling, with its own
  Psis psis;                                ///< what Pareto smoothing says of the weights
  /// The importance-weighted bound (Burda et al. 2016) of k draws, for k = 1, 10, 100, ...: it
  /// rises to log p(x), the sooner the better the guide.
  std::vector<std::pair<std::size_t, double>> curve;

  /// log p(x) less the ELBO: KL(q || posterior), what the guide misses.
  double gap() const { return log_evidence - elbo; }
};

/// As lines of text: bound, evidence, gap, k-hat with what it means, and the curve.
std::string to_string(const GuideCheck& check);

/// What `check_guide` says of log weights log p(x, z) - log q(z), shape (draws).
/// Errors: those of `psis`.
GuideCheck check_log_weights(const Array& log_weights);

/// Draws from the guide and weighs: how do we know how well q approximates the posterior? Layer
/// noise is off. Errors: those of `elbo`; fewer than 2 draws.
template <class First, class... Rest>
GuideCheck check_guide(Rng& rng, std::size_t draws, const First& model, const Rest&... rest) {
  const NoTape pause;
  Array log_weights = uninitialised({draws});
  for (std::size_t k = 0; k < draws; ++k) {
    detail::PairedRun pair(rng, "check_guide", {false, false, {}});
    detail::run_pair(pair, model, rest...);
    log_weights.data()[k] = static_cast<real>(pair.elbo().value.item());
  }
  return check_log_weights(log_weights);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
