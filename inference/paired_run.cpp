#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
  result.whole_plates = options.whole_plates;
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

// What the log density of a site is made of.
std::vector<Var> ingredients(const Site& site) {
  std::vector<Var> result;
  if (site.distribution != nullptr) result = parameter_values(*site.distribution);
  if (site.log_density) result.push_back(*site.log_density);
  if (site.observed) result.push_back(site.value);
  return result;
}

// Whether the first of many draws, or what is the same for all, is what it is in a run of one, but
// for rounding; products of other shapes add up in another order.
bool first_is(const Array& many, const Array& one) {
  const std::size_t n = one.size();
  if (n == 0 || many.size() % n != 0) return true;  // of parameters that broadcast otherwise
  double largest = 1;
  for (const real x : one) largest = std::max(largest, std::abs(static_cast<double>(x)));
  const double tolerance = std::sqrt(detail::kRounding) * largest;
  return std::equal(one.begin(), one.end(), many.data(), [&](real a, real b) {
    return a == b || (std::isnan(a) && std::isnan(b)) ||
           std::abs(static_cast<double>(a) - static_cast<double>(b)) <= tolerance;
  });
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

// Within a catch: the error that is handled, with the sites of the run that it ended.
void PairedRun::explain() const {
  const bool many = options_.particles > 1 && !(guide_.sites().empty() && model_.sites().empty());
  const Trace* run = &guide_;
  const auto prefer = [&](const Trace& later) {
    if (!later.sites().empty()) run = &later;
  };
  if (single_guide_) prefer(*single_guide_);
  if (single_model_) prefer(*single_model_);
  prefer(guide_);
  prefer(model_);
  const std::string hint = fmt::format(
      "This was a run of {} draws, whose axis is in front of every value that is drawn: "
      "elementwise "
      "operations, layers, matvec(matrix, draws) and matmul(draws, matrix) carry it; sums over "
      "axes that are counted from the front, matmul(matrix, draws) and values of a fixed shape do "
      "not.\n",
      options_.particles);
  rethrow_with_sites(caller_, *run, many ? hint : "");
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

// Through the draws of some distributions no gradient comes back. Those of the model are its
// guide's, but for what it hides.
std::string PairedRun::site_without_gradient() const {
  for (const std::vector<Site>* sites : {&guide_.sites(), &guide_.hidden(), &model_.hidden()}) {
    for (const Site& site : *sites) {
      if (site.distribution == nullptr || site.distribution->reparameterised()) continue;
      const std::vector<Var> parameters = parameter_values(*site.distribution);
      if (std::any_of(parameters.begin(), parameters.end(),
                      [](const Var& parameter) { return parameter.needs_gradient(); })) {
        return site.name;
      }
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

// The first of many draws is made of the noise of the run of one, so that what it is made of is the
// same, unless a program mixes it with others. Where a draw is another one although its parameters
// are equal, as rounding may decide of a whole number, nothing can be said of what follows.
void PairedRun::require_unmixed() const {
  if (options_.particles == 1 || !options_.site_noise.empty()) return;
  for (const auto& [many, one] :
       {std::pair{&guide_, &*single_guide_}, {&model_, &*single_model_}}) {
    for (const Site& site : many->sites()) {
      const Site* alone = one->find(site.name);
      if (alone == nullptr) continue;
      const std::vector<Var> of_many = ingredients(site), of_one = ingredients(*alone);
      // Data whose density has lost the draws: `require_draws` says so.
      const bool lost =
          std::equal(of_many.begin(), of_many.end(), of_one.begin(), of_one.end(),
                     [](const Var& a, const Var& b) { return a.shape() == b.shape(); });
      if (site.observed && lost) continue;
      for (std::size_t k = 0; k < std::min(of_many.size(), of_one.size()); ++k) {
        if (first_is(of_many[k].value(), of_one[k].value())) continue;
        throw Error(fmt::format(
            "{}: site \"{}\" is not the same in the first of {} draws at once as in that draw made "
            "alone: what it is computed from mixes the draws, which stand in front of every value, "
            "as sums, softmax, cumsum or index_select along the first axis or over all do, and "
            "matmul(matrix, draws): count axes from the end, such as mean(z, {{-1}}), use "
            "matvec(matrix, draws), or make one draw at a time\n{}",
            caller_, site.name, options_.particles, to_string(*many)));
      }
      if (!first_is(site.value.value(), alone->value.value())) return;
    }
  }
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
