#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/inference/elbo.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// What the runs of guide and model have in common.
TraceOptions run_options(const Rng& rng, const ElboOptions& options, const char* caller) {
  TraceOptions result;
  result.rng = rng;
  result.layer_noise = options.layer_noise;
  result.caller = caller;
  return result;
}

TraceOptions guide_options(const Rng& rng, const ElboOptions& options, const char* caller) {
  TraceOptions result = run_options(rng, options, caller);
  result.site_noise = options.site_noise;
  return result;
}

TraceOptions model_options(const Rng& rng, const ElboOptions& options, const char* caller,
                           const Trace& guide) {
  TraceOptions result = run_options(rng.stream("model"), options, caller);
  result.replay = &guide;
  return result;
}

}  // namespace

namespace detail {

PairedRun::PairedRun(Rng& rng, const char* caller, const ElboOptions& options)
    : options_(options),
      caller_(caller),
      rng_(rng),
      guide_(guide_options(rng, options, caller)),
      model_(model_options(rng, options, caller, guide_)) {
  check_options();
  rng.advance_step();
  if (options_.bound == EvidenceBound::kImportanceWeighted || options_.sticking_the_landing) {
    options_.analytic_kl = false;
  }
  // Whether a closed form is legal is read from a tape, whoever wants gradients or not, and so is
  // whether what has lost the axis of the draws was computed from them.
  const bool reads_tape =
      options_.analytic_kl || (options_.particles > 1 && options_.bound == EvidenceBound::kElbo);
  if (reads_tape && Tape::current() == nullptr) own_tape_.emplace();
}

PairedRun::~PairedRun() = default;

void PairedRun::check_options() const {
  if (options_.particles == 0) {
    throw Error(fmt::format("{}: got 0 particles, expected at least 1", caller_));
  }
  if (!(options_.beta >= 0 && options_.free_bits >= 0)) {
    throw Error(fmt::format("{}: beta and free_bits must not be negative, got {} and {}", caller_,
                            options_.beta, options_.free_bits));
  }
  if (options_.sticking_the_landing && options_.free_bits > 0) {
    throw Error(fmt::format(
        "{}: free_bits hold a KL's gradient back, which sticking_the_landing changes: take one",
        caller_));
  }
  const bool plain = options_.beta == 1 && options_.free_bits == 0;
  if (options_.bound == EvidenceBound::kImportanceWeighted &&
      (!plain || options_.sticking_the_landing)) {
    throw Error(
        fmt::format("{}: the importance-weighted bound has no KL of its own: beta, free_bits and "
                    "sticking_the_landing go with EvidenceBound::kElbo",
                    caller_));
  }
}

Trace& PairedRun::begin_single_guide() {
  ElboOptions options = options_;
  options.site_noise.clear();  // which is for all draws
  return single_guide_.emplace(guide_options(rng_, options, caller_));
}

Trace& PairedRun::begin_single_model() {
  return single_model_.emplace(model_options(rng_, options_, caller_, *single_guide_));
}

void PairedRun::end_single() {
  std::size_t rank = 0;
  for (const Trace* run : {&*single_guide_, &*single_model_}) {
    for (const Site& site : run->sites()) rank = std::max(rank, site.value.dimension());
  }
  guide_.draw_at_once({options_.particles, rank, &*single_guide_});
  model_.draw_at_once({options_.particles, rank, &*single_model_});
}

Trace& PairedRun::begin_fixed_guide() {
  TraceOptions options = guide_options(rng_, options_, caller_);
  options.choose = [this](const std::string& name, const Distribution&) {
    return std::optional<Var>(stop_gradient(guide_.find(name)->value));
  };
  return fixed_guide_.emplace(std::move(options));
}

void PairedRun::explain(const ShapeError& error) const {
  const std::string what = error.what();
  if (options_.particles == 1 || what.find('\n') != std::string::npos) throw;
  throw ShapeError(fmt::format(
      "{}: {}\n"
      "This was a run of {} draws, whose axis is in front of every value that is drawn: "
      "elementwise operations, layers and matmul(draws, matrix) carry it; sums over axes that are "
      "counted from the front, products with one vector and values of a fixed shape do not. The "
      "sites so far:\n"
      "{}",
      caller_, what, options_.particles, to_string(model_)));
}

// E_q of log p(z | u) may be replaced by its closed form given u unless u itself hangs on z.
bool PairedRun::is_independent(const Site& site, const Site& prior) const {
  const std::vector<Var> conditions = parameter_values(*prior.distribution);
  return std::none_of(conditions.begin(), conditions.end(), [&](const Var& condition) {
    return Tape::current()->depends(condition, site.value);
  });
}

// The model's site that a site of the guide is for.
const Site& PairedRun::prior_of(const Site& site) const {
  if (site.observed) {
    throw Error(fmt::format(
        "{}: the guide observes site \"{}\": data belong in the model, the guide only samples",
        caller_, site.name));
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
  return *prior;
}

// Through the draws of some distributions no gradient comes back.
std::string PairedRun::site_without_gradient() const {
  for (const Site& site : guide_.sites()) {
    if (site.distribution == nullptr || site.distribution->reparameterised()) continue;
    const std::vector<Var> parameters = parameter_values(*site.distribution);
    if (std::any_of(parameters.begin(), parameters.end(),
                    [](const Var& parameter) { return parameter.needs_gradient(); })) {
      return site.name;
    }
  }
  return "";
}

// The shape (batch) of a term in a run of one draw.
Shape PairedRun::batch_of(const Site& site, const Trace& run, const Var& term) const {
  if (options_.particles == 1) return term.shape();
  const Site& single = *run.find(site.name);
  return single.log_density ? single.log_density->shape() : single.distribution->batch_shape();
}

// Whether there is a closed form of KL(q || p). Errors: it is infinite.
bool PairedRun::has_rule(const Site& site, const Site& prior) const {
  if (!options_.analytic_kl || site.distribution == nullptr) return false;
  const Distribution& q = *site.distribution;
  const Distribution& p = *prior.distribution;
  const KlMethod method = kl_method(q, p);
  if (method == KlMethod::kInfinite) {
    throw Error(fmt::format(
        "{}: site \"{}\" is {} in the guide and {} in the model: the KL between the two is "
        "infinite "
        "whatever their parameters, for the model's excludes what the guide draws, or has lighter "
        "tails: take a guide with the model's support, such as Transformed",
        caller_, site.name, q.name(), p.name()));
  }
  return method != KlMethod::kNone;
}

// Errors: a part of a run of many draws that has lost their axis.
void PairedRun::require_draws(const Part& part) const {
  if (options_.particles == 1 || carries(part)) return;
  throw ShapeError(fmt::format(
      "{}: site \"{}\" has batch shape {} without the {} draws in front: it must be computed from "
      "what is drawn, by operations that carry their axis, or make one draw at a time\n{}",
      caller_, part.site->name, to_string(part.term.shape()), options_.particles,
      to_string(model_)));
}

bool PairedRun::carries(const Part& part) const {
  return options_.particles > 1 && part.term.dimension() > part.batch.size();
}

std::vector<PairedRun::Part> PairedRun::parts() {
  std::vector<Part> result;
  const auto latent = std::count_if(guide_.sites().begin(), guide_.sites().end(),
                                    [](const Site& site) { return !site.observed; });
  const Trace& single_guide = single_guide_ ? *single_guide_ : guide_;
  const Trace& single_model = single_model_ ? *single_model_ : model_;
  for (const Site& site : guide_.sites()) {
    if (site.auxiliary) {
      const Var term = site.log_prob();
      result.push_back(
          {&site, &site, Estimator::kSampledKl, term, batch_of(site, single_guide, term)});
      continue;
    }
    const Site& prior = prior_of(site);
    const Scope scope(site.name);
    const bool closed = has_rule(site, prior) && (latent == 1 || is_independent(site, prior));
    const Var term =
        closed ? kl(*site.distribution, *prior.distribution) : site.log_prob() - prior.log_prob();
    result.push_back({&site, &prior, closed ? Estimator::kAnalyticKl : Estimator::kSampledKl, term,
                      batch_of(prior, single_model, term)});
  }
  for (const Site& site : model_.sites()) {
    if (!site.observed) continue;
    const Scope scope(site.name);
    const Var term = site.log_prob();
    result.push_back({&site, &site, Estimator::kLogProb, term, batch_of(site, single_model, term)});
  }
  for (const Part& part : result) {
    if (part.term.node().sampled) require_draws(part);
  }
  return result;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
