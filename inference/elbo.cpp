#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/inference/elbo.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Var added(const std::optional<Var>& sum, const Var& term) { return sum ? *sum + term : term; }

Var scaled(const Var& term, double scale) { return scale == 1 ? term : scale * term; }

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

// Of the mean of some numbers.
double standard_error(const Array& values) {
  const auto n = static_cast<double>(values.size());
  double total = 0, squares = 0;
  for (const real value : values) total += static_cast<double>(value) / n;
  for (const real value : values) squares += std::pow(static_cast<double>(value) - total, 2);
  return std::sqrt(squares / (n - 1) / n);
}

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
  // Whether a closed form is legal is read from a tape, whoever wants gradients or not.
  if (options_.analytic_kl && Tape::current() == nullptr) own_tape_.emplace();
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
          {&site, Estimator::kSampledKl, term, batch_of(site, single_guide, term), site.scale});
      continue;
    }
    const Site& prior = prior_of(site);
    const Scope scope(site.name);
    const bool has_rule = options_.analytic_kl && site.distribution != nullptr &&
                          has_kl(*site.distribution, *prior.distribution);
    const bool closed = has_rule && (latent == 1 || is_independent(site, prior));
    const Var term =
        closed ? kl(*site.distribution, *prior.distribution) : site.log_prob() - prior.log_prob();
    result.push_back({&site, closed ? Estimator::kAnalyticKl : Estimator::kSampledKl, term,
                      batch_of(prior, single_model, term), prior.scale});
  }
  for (const Site& site : model_.sites()) {
    if (!site.observed) continue;
    const Scope scope(site.name);
    const Var term = site.log_prob();
    result.push_back(
        {&site, Estimator::kLogProb, term, batch_of(site, single_model, term), site.scale});
  }
  return result;
}

bool PairedRun::carries(const Part& part) const {
  return options_.particles > 1 && part.term.dimension() > part.batch.size();
}

// The sum of a part over its batch: one number, or one for each draw.
Var PairedRun::totals(const Part& part) const {
  if (!carries(part)) return scaled(sum(part.term), part.scale);
  const std::size_t count = options_.particles;
  return scaled(sum(reshape(part.term, {count, part.term.size() / count}), {1}), part.scale);
}

// log w of every draw: shape (draws, batch) and the scale of the batch, or (draws) where the sites
// have batches of different shapes.
Var PairedRun::weights(const std::vector<Part>& parts, double& scale) const {
  if (parts.empty()) throw Error(fmt::format("{}: the model has no sites", caller_));
  scale = parts.front().scale;
  const Part* other = nullptr;
  for (const Part& part : parts) {
    if (part.batch != parts.front().batch || part.scale != scale) other = &part;
    if (options_.particles > 1 && !carries(part)) {
      throw ShapeError(fmt::format(
          "{}: site \"{}\" has batch shape {} without the {} draws in front: it must be computed "
          "from what is drawn, or make one draw at a time\n{}",
          caller_, part.site->name, to_string(part.term.shape()), options_.particles,
          to_string(model_)));
    }
  }
  if (other != nullptr && options_.bound == EvidenceBound::kElbo) {
    throw ShapeError(fmt::format(
        "{}: site \"{}\" has batch shape {} and site \"{}\" {}: a weight needs one for all sites; "
        "count what belongs to one datapoint as event, with to_event\n{}",
        caller_, parts.front().site->name, to_string(parts.front().batch), other->site->name,
        to_string(other->batch), to_string(model_)));
  }
  const bool sampled_rows =
      std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.scale != 1; });
  if (other != nullptr && sampled_rows) {
    throw Error(fmt::format(
        "{}: the importance-weighted bound of a minibatch is that of each row: every site must be "
        "within the plate, with the rows as its batch; site \"{}\" is not like site \"{}\"\n{}",
        caller_, other->site->name, parts.front().site->name, to_string(model_)));
  }
  const std::size_t count = options_.particles;
  std::optional<Var> result;
  for (const Part& part : parts) {
    const Var term = other != nullptr ? reshape(totals(part), {count})
                                      : reshape(part.term, joined({count}, part.batch));
    result = result ? (part.observed() ? *result + term : *result - term)
                    : (part.observed() ? term : -term);
  }
  if (other != nullptr) scale = 1;
  return *result;
}

// The sum of log q at fixed values: its gradient is what sticking the landing takes away.
Var PairedRun::score() const {
  std::optional<Var> result;
  for (const Site& site : fixed_guide_->sites()) {
    const Site* prior = model_.find(site.name);
    const double scale = prior == nullptr ? site.scale : prior->scale;
    result = added(result, scaled(sum(site.log_prob()), scale));
  }
  const Var mean = *result / static_cast<double>(options_.particles);
  return mean - stop_gradient(mean);
}

// What a latent part costs in the objective: no less than its free bits.
Var PairedRun::cost(const Part& part, const Var& totals) const {
  const double floor = options_.free_bits * static_cast<double>(size_of(part.batch)) * part.scale;
  const Var kl = totals.dimension() == 0 ? totals : mean(totals);
  return floor > 0 ? maximum(kl, floor) : kl;
}

Elbo PairedRun::elbo() {
  const std::vector<Part> all = parts();
  const bool reweighted = options_.beta != 1 || options_.free_bits > 0;
  std::optional<Var> observed, latent, costs;
  std::vector<SiteTerm> sites;
  for (const Part& part : all) {
    std::optional<Var>& side = part.observed() ? observed : latent;
    const Var total = totals(part);
    side = added(side, total);
    if (reweighted && !part.observed()) costs = added(costs, cost(part, total));
    Var term = part.term;
    if (carries(part)) term = reshape(mean(term, {0}), part.batch);
    sites.push_back({part.site->name, part.estimator, scaled(term, part.scale)});
  }
  const auto as_one = [](const std::optional<Var>& side) {
    return !side ? Var(0.0) : side->dimension() == 0 ? *side : mean(*side);
  };
  const Var log_likelihood = as_one(observed), kl = as_one(latent);
  Var value = log_likelihood - kl;
  double error = std::numeric_limits<double>::quiet_NaN();
  if (options_.bound == EvidenceBound::kImportanceWeighted) {
    double scale = 1;
    const Var w = weights(all, scale);
    value =
        scaled(sum(logsumexp(w, {0}) - std::log(static_cast<double>(options_.particles))), scale);
  } else if (options_.particles > 1) {
    const NoTape pause;
    const Array each = ((observed ? *observed : Var(0.0)) - (latent ? *latent : Var(0.0))).value();
    error = each.dimension() == 0 ? 0 : standard_error(each);
  }
  Var objective = costs ? log_likelihood - options_.beta * *costs : value;
  if (fixed_guide_ && latent) objective = objective + options_.beta * score();
  Elbo result{objective,        value, log_likelihood,         kl,
              std::move(sites), error, site_without_gradient()};
  if (own_tape_) {
    for (Var* number : {&result.objective, &result.value, &result.log_likelihood, &result.kl}) {
      *number = Var(number->value());
    }
    for (SiteTerm& site : result.sites) site.term = Var(site.term.value());
  }
  return result;
}

Array PairedRun::log_weights() {
  double scale = 1;
  const Var w = weights(parts(), scale);
  return scaled(w, scale).value();
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
