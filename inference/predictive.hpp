#pragma once

#include <evident/inference/latent_space.hpp>
#include <evident/inference/programs.hpp>
#include <evident/inference/site_draws.hpp>
#include <functional>
#include <map>
#include <string>
#include <type_traits>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {

using Program = std::function<void(Trace&)>;

SiteDraws draw_sites(Rng& rng, std::size_t draws, const Program& program, bool redraw,
                     const char* caller);
SiteDraws redraw_sites(Rng& rng, const SiteDraws& latent, const Program& program);

}  // namespace detail

/// Draws of all sites that a guide has in common with its model, plates with all their rows, as
/// below. Errors: no draws.
template <class Guide, class... Args>
SiteDraws guide_draws(Rng& rng, std::size_t draws, const Guide& guide, const Args&... args) {
  return detail::draw_sites(
      rng, draws, [&](Trace& t) { guide(t, args...); }, false, "guide_draws");
}

/// Draws of all sites of a model, the observed ones too: data as the model expects them before it
/// has seen any. Errors: no draws.
template <class Model, class... Args>
SiteDraws prior_predictive(Rng& rng, std::size_t draws, const Model& model, const Args&... args) {
  return detail::draw_sites(
      rng, draws, [&](Trace& t) { detail::run_program(model, t, args...); }, true,
      "prior_predictive");
}

/// Draws of the observed sites given draws of latent ones, from `guide_draws` or from a sampler by
/// `LatentSpace::sites`: data as the fitted model expects them. Latent sites that `latent` does not
/// have are drawn, and in the result. Errors: no draws; sites with different numbers of them; a
/// site that the model does not have, or has in another shape.
template <class Model, class... Args>
SiteDraws posterior_predictive(Rng& rng, const SiteDraws& latent, const Model& model,
                               const Args&... args) {
  return detail::redraw_sites(rng, latent,
                              [&](Trace& t) { detail::run_program(model, t, args...); });
}

/// A statistic of the data beside that of data from the model (Gelman et al. 2013, chapter 6).
struct PredictiveCheck {
  double observed;
  double mean, sd;  ///< of the replicated data
  double p;         ///< how often these have as much or more; equal ones count half

  /// Whether p lies in the outer hundredth of either side: the model does not make such data.
  bool surprising() const { return p < 0.01 || p > 0.99; }
};

/// As a line of text.
std::string to_string(const PredictiveCheck& check);

/// Compares `statistic(y)` of the data with that of every draw of `replicated`, shape (draws, y).
/// Errors: shapes that do not fit; a statistic that is NaN.
PredictiveCheck predictive_check(const Array& observed, const Array& replicated,
                                 const std::function<double(const Array&)>& statistic);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
