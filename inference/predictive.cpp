#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/inference/predictive.hpp>
#include <optional>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Shape behind_first(const Array& draws) {
  return Shape(draws.shape().begin() + 1, draws.shape().end());
}

Array draw_of(const Array& draws, std::size_t k) {
  Array result = uninitialised(behind_first(draws));
  std::copy_n(draws.data() + k * result.size(), result.size(), result.data());
  return result;
}

std::size_t count_of(const SiteDraws& latent) {
  std::optional<std::size_t> count;
  for (const auto& [name, draws] : latent) {
    const std::size_t own = draws.dimension() == 0 ? 0 : draws.shape()[0];
    if (own == 0 || own != count.value_or(own)) {
      throw ShapeError(fmt::format(
          "posterior_predictive: site \"{}\" has draws of shape {}, expected {}, in front of the "
          "site's own axes",
          name, to_string(draws.shape()),
          count ? fmt::format("{} draws as the sites before", *count) : "at least 1 draw"));
    }
    count = own;
  }
  if (!count) throw Error("posterior_predictive: got no draws of any site: pass those of a guide");
  return *count;
}

}  // namespace

namespace detail {

SiteDraws draw_sites(Rng& rng, std::size_t draws, const Program& program, bool redraw,
                     const char* caller) {
  if (draws == 0) throw Error(fmt::format("{}: got 0 draws, expected at least 1", caller));
  const NoTape pause;
  SiteDraws result;
  for (std::size_t k = 0; k < draws; ++k) {
    TraceOptions options;
    options.rng = rng;
    options.caller = caller;
    options.whole_plates = true;
    options.redraw_observed = redraw;
    Trace trace(std::move(options));
    rng.advance_step();
    program(trace);
    store_draws(result, trace, draws, k, [](const Site& site) {
      const bool factor = site.distribution == nullptr && site.observed;
      return !factor && !site.auxiliary;
    });
  }
  return result;
}

SiteDraws redraw_sites(Rng& rng, const SiteDraws& latent, const Program& program) {
  const std::size_t draws = count_of(latent);
  const NoTape pause;
  SiteDraws result;
  for (std::size_t k = 0; k < draws; ++k) {
    SiteRule rule{SiteRule::Kind::kReplay, "posterior_predictive"};
    for (const auto& [name, all] : latent) rule.values.emplace(name, draw_of(all, k));
    TraceOptions options;
    options.rng = rng;
    options.caller = "posterior_predictive";
    options.whole_plates = true;
    options.redraw_observed = true;
    Trace trace(std::move(options));
    rng.advance_step();
    with_rule(program, std::move(rule))(trace);
    store_draws(result, trace, draws, k, [&](const Site& site) {
      return site.distribution != nullptr && latent.count(site.name) == 0;
    });
  }
  return result;
}

}  // namespace detail

std::string to_string(const PredictiveCheck& c) {
  return fmt::format("observed {:.4g}, replicated {:.4g} +- {:.4g}, p = {:.3f}{}", c.observed,
                     c.mean, c.sd, c.p,
                     c.surprising() ? ": the model does not make such data" : "");
}

PredictiveCheck predictive_check(const Array& observed, const Array& replicated,
                                 const std::function<double(const Array&)>& statistic) {
  if (replicated.dimension() == 0 || replicated.shape()[0] == 0 ||
      behind_first(replicated) != observed.shape()) {
    throw ShapeError(fmt::format(
        "predictive_check: got replicated data of shape {}, expected draws in front of the data's "
        "shape {}",
        to_string(replicated.shape()), to_string(observed.shape())));
  }
  PredictiveCheck result{statistic(observed), 0, 0, 0};
  const std::size_t draws = replicated.shape()[0];
  const auto n = static_cast<double>(draws);
  double squares = 0;
  for (std::size_t k = 0; k < draws; ++k) {
    const double value = statistic(draw_of(replicated, k));
    if (std::isnan(value) || std::isnan(result.observed)) {
      throw Error("predictive_check: the statistic is NaN: choose one that all data have");
    }
    const double delta = value - result.mean;
    result.mean += delta / static_cast<double>(k + 1);
    squares += delta * (value - result.mean);
    result.p += (value > result.observed ? 1 : value == result.observed ? 0.5 : 0) / n;
  }
  result.sd = std::sqrt(squares / std::max(n - 1, 1.0));
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
