#pragma once

#include <evident/inference/elbo.hpp>
#include <evident/inference/psis.hpp>
#include <evident/inference/site_draws.hpp>
#include <evident/inference/summary.hpp>
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
  /// What was drawn at every latent site; `psis.log_weights` are the weights that make draws of the
  /// posterior of them, as `summarise` does.
  SiteDraws draws = {};

  /// log p(x) less the ELBO: KL(q || posterior), what the guide misses.
  double gap() const { return log_evidence - elbo; }
};

/// The posterior that the guide's draws, weighed, amount to: one row for each number of the latent
/// sites, as `summarise` has them of a sampler. `ess_bulk` is the effective sample size of the
/// weights; what chains alone have is NaN.
/// Errors: a check without draws.
std::vector<QuantitySummary> summarise(const GuideCheck& check);

/// As lines of text: bound, evidence, gap, k-hat with what it means, and the curve.
std::string to_string(const GuideCheck& check);

/// What `check_guide` says of log weights log p(x, z) - log q(z), shape (draws).
/// Errors: those of `psis`.
GuideCheck check_log_weights(const Array& log_weights);

/// Draws from the guide and weighs: how do we know how well q approximates the posterior? Layer
/// noise is off. Errors: those of `elbo`; fewer than 2 draws; a guide that is a point; a plate of
/// which the runs have some rows only.
template <class First, class... Rest>
GuideCheck check_guide(Rng& rng, std::size_t draws, const First& model, const Rest&... rest) {
  const NoTape pause;
  Array log_weights = uninitialised({draws});
  SiteDraws values;
  for (std::size_t k = 0; k < draws; ++k) {
    detail::PairedRun pair(rng, "check_guide", {false, false, {}});
    detail::run_pair(pair, model, rest...);
    log_weights.data()[k] = static_cast<real>(pair.total_log_weight());
    for (const Site& site : pair.model_run().sites()) {
      if (!site.observed) detail::store_draw(values, site, draws, k);
    }
  }
  GuideCheck result = check_log_weights(log_weights);
  result.draws = std::move(values);
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
