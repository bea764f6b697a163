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
  /// What Pareto smoothing says of the weights; of several rows, of those of the worst.
  Psis psis;
  /// The same of each row, where rows are independent: where all sites of the model stand in one
  /// plate, as those of `Vae`, a draw of many rows is as many draws. Empty where the weights are
  /// of all data together.
  std::vector<Psis> rows;
  /// The importance-weighted bound (Burda et al. 2016) of k draws, for k = 1, 10, 100, ...: it
  /// rises to log p(x), the sooner the better the guide.
  std::vector<std::pair<std::size_t, double>> curve;
  /// What was drawn at every latent site; `psis.log_weights`, or those of its row, are the weights
  /// that make draws of the posterior of them, as `summarise` does.
  SiteDraws draws = {};

  /// log p(x) less the ELBO: KL(q || posterior), what the guide misses.
  double gap() const { return log_evidence - elbo; }
  /// How many rows have a k_hat above its threshold.
  std::size_t bad_rows() const;
};

/// The posterior that the guide's draws, weighed, amount to: one row for each number of the latent
/// sites, as `summarise` has them of a sampler. `ess_bulk` is the effective sample size of the
/// weights; what chains alone have is NaN.
/// Errors: a check without draws.
std::vector<QuantitySummary> summarise(const GuideCheck& check);

/// As lines of text: bound, evidence, gap, k-hat with what it means, and the curve.
std::string to_string(const GuideCheck& check);

/// What `check_guide` says of log weights log p(x, z) - log q(z), shape (draws), or (draws, rows)
/// of independent rows, whose log densities add up. Errors: those of `psis`; another shape.
GuideCheck check_log_weights(const Array& log_weights);

namespace detail {

// Log weights of runs of one draw, and what was drawn.
struct WeighedDraws {
  std::vector<Array> log_weights = {};
  SiteDraws values = {};

  void add(PairedRun& pair, std::size_t draws);
  GuideCheck check();
};

}  // namespace detail

/// Draws from the guide and weighs: how do we know how well q approximates the posterior? Layer
/// noise is off, and plates have all their rows. Errors: those of `elbo`; fewer than 2 draws; a
/// guide that is a point; data that are a minibatch, see `Trace::minibatch`.
template <class First, class... Rest>
GuideCheck check_guide(Rng& rng, std::size_t draws, const First& model, const Rest&... rest) {
  const NoTape pause;
  ElboOptions options;
  options.analytic_kl = options.layer_noise = false;
  options.whole_plates = true;
  detail::WeighedDraws weighed;
  for (std::size_t k = 0; k < draws; ++k) {
    detail::PairedRun pair(rng, "check_guide", options);
    detail::run_pair(pair, model, rest...);
    weighed.add(pair, draws);
  }
  return weighed.check();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
