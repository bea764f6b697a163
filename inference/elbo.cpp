#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/inference/elbo.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// The sum of the terms of some sites, as one total.
Var total(const std::vector<SiteTerm>& sites, bool observed) {
  std::optional<Var> result;
  for (const SiteTerm& site : sites) {
    if ((site.estimator == Estimator::kLogProb) != observed) continue;
    const Var term = sum(site.term);
    result = result ? *result + term : term;
  }
  return result ? *result : Var(0.0);
}

Var scaled(const Var& term, const Site& site) { return site.scale == 1 ? term : site.scale * term; }

}  // namespace

const char* to_string(Estimator estimator) {
  switch (estimator) {
    case Estimator::kLogProb:
      return "log p";
    case Estimator::kAnalyticKl:
      return "KL, analytic";
    default:
      return "KL, sampled";
  }
}

namespace detail {

PairedRun::PairedRun(Rng& rng, const char* caller, const ElboOptions& options, Shape sample_shape)
    : options_(options),
      caller_(caller),
      draws_(sample_shape),
      guide_({rng, options.layer_noise, nullptr, sample_shape, options.site_noise, caller}),
      model_({rng.stream("model"), options.layer_noise, &guide_, sample_shape, {}, caller}) {
  rng.advance_step();
  // Whether a closed form is legal is read from a tape, whoever wants gradients or not.
  if (options_.analytic_kl && Tape::current() == nullptr) own_tape_.emplace();
}

PairedRun::~PairedRun() = default;

// E_q of log p(z | u) may be replaced by its closed form given u unless u itself hangs on z.
bool PairedRun::is_independent(const Site& site, const Site& prior) const {
  const std::vector<Var> conditions = parameter_values(*prior.distribution);
  return std::none_of(conditions.begin(), conditions.end(), [&](const Var& condition) {
    return Tape::current()->depends(condition, site.value);
  });
}

Elbo PairedRun::elbo() {
  std::vector<SiteTerm> sites;
  std::size_t latent = 0;
  for (const Site& site : guide_.sites()) latent += site.observed ? 0 : 1;
  for (const Site& site : guide_.sites()) {
    if (site.observed) {
      throw Error(fmt::format(
          "{}: the guide observes site \"{}\": data belong in the model, the guide only samples",
          caller_, site.name));
    }
    if (site.auxiliary) {
      sites.push_back({site.name, Estimator::kSampledKl, scaled(site.log_prob(), site)});
      continue;
    }
    const Site* prior = model_.find(site.name);
    if (prior != nullptr && prior->observed) {
      throw Error(fmt::format(
          "{}: the guide samples site \"{}\", which the model observes: remove it from the guide, "
          "or sample it in the model",
          caller_, site.name));
    }
    if (prior == nullptr) {
      throw Error(fmt::format(
          "{}: the guide samples site \"{}\", which the model does not have: remove it, or sample "
          "it in the model too",
          caller_, site.name));
    }
    const Scope scope(site.name);
    const bool has_rule = options_.analytic_kl && site.distribution != nullptr &&
                          has_kl(*site.distribution, *prior->distribution);
    if (has_rule && (latent == 1 || is_independent(site, *prior))) {
      sites.push_back({site.name, Estimator::kAnalyticKl,
                       scaled(kl(*site.distribution, *prior->distribution), *prior)});
    } else {
      sites.push_back(
          {site.name, Estimator::kSampledKl, scaled(site.log_prob() - prior->log_prob(), *prior)});
    }
  }
  for (const Site& site : model_.sites()) {
    if (!site.observed) continue;
    const Scope scope(site.name);
    sites.push_back({site.name, Estimator::kLogProb, scaled(site.log_prob(), site)});
  }
  const Var log_likelihood = total(sites, true);
  const Var kl = total(sites, false);
  Elbo result{log_likelihood - kl, log_likelihood, kl, std::move(sites)};
  if (own_tape_) {
    result.value = Var(result.value.value());
    result.log_likelihood = Var(result.log_likelihood.value());
    result.kl = Var(result.kl.value());
    for (SiteTerm& site : result.sites) site.term = Var(site.term.value());
  }
  return result;
}

Array PairedRun::log_weights() {
  if (!draws_.empty() && guide_.sites().size() != 1) {
    throw Error(fmt::format(
        "{}: {} draws at once are for a guide with one site, and this has {}: make one at a time",
        caller_, draws_[0], guide_.sites().size()));
  }
  const Elbo terms = elbo();
  std::optional<Var> result;
  for (const SiteTerm& site : terms.sites) {
    const Var term = site.estimator == Estimator::kLogProb ? site.term : -site.term;
    if (!draws_.empty() && (term.dimension() == 0 || rows(term) != draws_[0])) {
      throw ShapeError(fmt::format(
          "{}: site \"{}\" has batch shape {}, without the {} draws in front: make one at a time",
          caller_, site.name, to_string(term.shape()), draws_[0]));
    }
    if (result && term.shape() != result->shape()) {
      throw ShapeError(fmt::format(
          "{}: site \"{}\" has batch shape {} and site \"{}\" {}: a weight needs one for all "
          "sites; count what belongs to one datapoint as event, with to_event",
          caller_, terms.sites.front().name, to_string(result->shape()), site.name,
          to_string(term.shape())));
    }
    result = result ? *result + term : term;
  }
  if (!result) throw Error(fmt::format("{}: the model has no sites", caller_));
  const Array& weights = result->value();
  return draws_.empty() ? reshaped(weights, joined({1}, weights.shape())) : weights;
}

Array log_mean_exp(const std::vector<Array>& log_weights) {
  Shape shape = log_weights.front().shape();
  shape[0] = 0;
  for (const Array& part : log_weights) shape[0] += rows(part);
  Array all = uninitialised(shape);
  real* out = all.data();
  for (const Array& part : log_weights) out = std::copy_n(part.data(), part.size(), out);
  return (logsumexp(all, {0}) - std::log(static_cast<double>(shape[0]))).value();
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
