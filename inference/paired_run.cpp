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
  result.density = true;
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

// Whether two results are the same but for rounding: products of other shapes add up in another
// order, and what is steep makes more of it.
bool is_same(const real* a, const Array& b) {
  double largest = 1;
  for (const real x : b) {
    if (std::isfinite(x)) largest = std::max(largest, std::abs(static_cast<double>(x)));
  }
  const double tolerance = (sizeof(real) == 8 ? 1e-6 : 1e-2) * largest;
  return std::equal(b.begin(), b.end(), a, [&](real y, real x) {
    return x == y || (std::isnan(x) && std::isnan(y)) ||
           std::abs(static_cast<double>(x) - static_cast<double>(y)) <= tolerance;
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
  TraceOptions options = run_options(rng_, options_, caller_);
  options.alone = true;
  return single_guide_.emplace(std::move(options));
}

Trace& PairedRun::begin_single_model() {
  TraceOptions options = model_options(rng_, options_, caller_, *single_guide_);
  options.alone = true;
  return single_model_.emplace(std::move(options));
}

void PairedRun::end_single() {
  std::size_t rank = 0;
  for (const Trace* run : {&*single_guide_, &*single_model_}) {
    for (const Site& site : run->sites()) rank = std::max(rank, site.value.dimension());
  }
  // The last draw shows whatever a program takes from others; but layers give only the first the
  // noise that they give to one.
  const bool noisy = single_guide_->has_layer_noise() || single_model_->has_layer_noise();
  twin_ = noisy ? 0 : options_.particles - 1;
  guide_.draw_at_once({options_.particles, rank, &*single_guide_, twin_});
  model_.draw_at_once({options_.particles, rank, &*single_model_, twin_});
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
      "elementwise operations, layers, matvec(matrix, draws) and matmul(draws, matrix) carry it; "
      "sums over axes that are counted from the front, matmul(matrix, draws) and values of a fixed "
      "shape do not.\n",
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

// What a mask leaves out has no density: a bound that one program's left out and the other's did
// not would be that of nothing. Errors: two masks that differ.
void PairedRun::require_mask(const Site& site, const Site& prior) const {
  const Array* of_model = mask_of(*prior.distribution);
  const Array* of_guide = site.distribution == nullptr ? nullptr : mask_of(*site.distribution);
  if (of_model == of_guide || (of_model && of_guide && *of_model == *of_guide)) return;
  throw Error(
      fmt::format("{}: latent site \"{}\" is masked in the {}, where it has no density then: "
                  "give both programs' distributions the same mask, or leave the mask to what is "
                  "observed",
                  caller_, site.name, of_model ? "model" : "guide"));
}

// Errors: a density in one program beside probabilities in the other. A point has neither, and
// stands for the best value.
void PairedRun::require_comparable(const Site& site, const Site& prior) const {
  if (site.distribution == nullptr || is_point(site)) return;
  if (site.distribution->support().discrete() == prior.distribution->support().discrete()) return;
  throw Error(fmt::format(
      "{}: site \"{}\" is {} in the guide and {} in the model: one of them has a density and the "
      "other probabilities, which do not compare: take a guide with the model's support",
      caller_, site.name, site.distribution->name(), prior.distribution->name()));
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
  require_mask(site, *prior);
  if (site.distribution == nullptr && site.scale != prior->scale) {
    throw Error(fmt::format(
        "{}: site \"{}\" counts {:.6g} times in the model and {:.6g} times in the guide, which "
        "places it: make it and the draws that it is made of within the same plates there\n{}",
        caller_, site.name, prior->scale, site.scale, to_string(model_)));
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

// One of many draws is made of the noise of the run of one, so that what a part says of it is the
// same, unless a program mixes it with others, which no shape need show. Errors: it is not.
void PairedRun::require_unmixed(const Part& part, const Array& alone) const {
  const Array& many = part.term.value();
  const bool whole = many.size() == alone.size() * (carries(part) ? options_.particles : 1);
  const std::size_t place = carries(part) ? twin_ * alone.size() : 0;
  if (whole && is_same(many.data() + place, alone)) return;
  require_draws(part);
  throw Error(fmt::format(
      "{}: site \"{}\" is not the same for one of {} draws at once as for that draw made alone: "
      "what "
      "it is computed from mixes the draws, which stand in front of every value, as sums, softmax, "
      "cumsum, slice or index_select along the first axis or over all do, matmul(matrix, draws), "
      "and "
      "a drawn matrix beside rows: count axes from the end, such as mean(z, {{-1}}), use "
      "matvec(matrix, draws), or make one draw at a time\n{}",
      caller_, part.site->name, options_.particles, to_string(model_)));
}

bool PairedRun::carries(const Part& part) const {
  return options_.particles > 1 && part.term.dimension() > part.batch.size();
}

// A part with what `term(guide, model)` says of it, of all draws and of one alone.
template <class Term>
PairedRun::Part PairedRun::part(const Site& site, const Site& in_model, Estimator estimator,
                                const Term& term) const {
  const Scope scope(site.name);
  Part result{&site, &in_model, estimator, term(guide_, model_), {}};
  if (options_.particles == 1) {
    result.batch = result.term.shape();
    return result;
  }
  const NoTape pause;
  const Array alone = term(*single_guide_, *single_model_).value();
  result.batch = alone.shape();
  if (options_.site_noise.empty()) {
    require_unmixed(result, alone);
  } else if (result.term.node().sampled) {
    require_draws(result);
  }
  return result;
}

void PairedRun::check_names() const {
  for (const Site& site : guide_.sites()) {
    if (site.auxiliary && model_.find(site.name) != nullptr) {
      throw Error(fmt::format(
          "{}: site \"{}\" is the guide's own, but the model has a site of this name: sample it, "
          "without `auxiliary`, or give it another name",
          caller_, site.name));
    }
    const auto is_made = [&](const Site& other) {
      return other.distribution == nullptr && other.scale == site.scale;
    };
    if (site.auxiliary && std::none_of(guide_.sites().begin(), guide_.sites().end(), is_made)) {
      throw Error(
          fmt::format("{}: site \"{}\" is the guide's own, but no site is made of it: `place` one "
                      "that counts as often, within the same plates\n{}",
                      caller_, site.name, to_string(guide_)));
    }
  }
  for (const auto& [name, noise] : options_.site_noise) {
    if (guide_.find(name) != nullptr) continue;
    throw Error(
        fmt::format("{}: site_noise names \"{}\", which the guide does not draw: its sites "
                    "are\n{}",
                    caller_, name, to_string(guide_)));
  }
}

std::vector<PairedRun::Part> PairedRun::parts() {
  check_names();
  std::vector<Part> result;
  const auto latent = std::count_if(guide_.sites().begin(), guide_.sites().end(),
                                    [](const Site& site) { return !site.observed; });
  for (const Site& site : guide_.sites()) {
    const std::string& name = site.name;
    const auto log_q = [&](const Trace& guide, const Trace&) {
      return guide.find(name)->log_prob();
    };
    if (site.auxiliary) {
      result.push_back(part(site, site, Estimator::kSampledKl, log_q));
      continue;
    }
    const Site& prior = prior_of(site);
    if (has_rule(site, prior) && (latent == 1 || is_independent(site, prior))) {
      result.push_back(
          part(site, prior, Estimator::kAnalyticKl, [&](const Trace& guide, const Trace& model) {
            return kl(*guide.find(name)->distribution, *model.find(name)->distribution);
          }));
    } else {
      require_comparable(site, prior);
      result.push_back(
          part(site, prior, Estimator::kSampledKl, [&](const Trace& guide, const Trace& model) {
            return log_q(guide, model) - model.find(name)->log_prob();
          }));
    }
  }
  for (const Site& site : model_.sites()) {
    if (!site.observed) continue;
    result.push_back(part(site, site, Estimator::kLogProb, [&](const Trace&, const Trace& model) {
      return model.find(site.name)->log_prob();
    }));
  }
  return result;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
