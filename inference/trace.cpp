#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/inference/trace.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::all_finite;
using detail::described;
using detail::site_shape;

}  // namespace

const Site* Trace::find(const std::string& name) const {
  const auto found = std::find_if(sites_.begin(), sites_.end(),
                                  [&](const Site& site) { return site.name == name; });
  return found == sites_.end() ? nullptr : &*found;
}

const Site* Trace::met(const std::string& name) const {
  const auto hidden = std::find_if(hidden_.begin(), hidden_.end(),
                                   [&](const Site& site) { return site.name == name; });
  return hidden == hidden_.end() ? find(name) : &*hidden;
}

void Trace::check_new(const std::string& name) const {
  if (met(name) != nullptr) {
    throw Error(fmt::format("{}: site \"{}\" occurs twice in one run: give every site its own name",
                            options_.caller, name));
  }
}

Rng* Trace::noise(const std::string& name) {
  if (!options_.layer_noise) return nullptr;
  // Counted, so that a part that is run twice does not drop the same units twice.
  const std::string call = std::to_string(layer_generators_.size());
  layer_generators_.push_back(options_.rng.stream("layers").stream(name).stream(call));
  return &layer_generators_.back();
}

Site& Trace::add(Site site) {
  check_rows(site);
  site.scale = open_.scale;
  site.plates = open_.names;
  sites_.push_back(std::move(site));
  return sites_.back();
}

Var Trace::sample_site(const std::string& name, std::shared_ptr<const Distribution> distribution) {
  check_new(name);
  const Scope scope(name);
  for (std::size_t k = rules_.size(); k-- > 0;) {
    if (rules_[k].rule->applies_to(name)) return by_rule(rules_[k], name, std::move(distribution));
  }
  const Var value = latent_value(name, *distribution);
  return add({name, std::move(distribution), value, false}).value;
}

Var Trace::auxiliary_site(const std::string& name,
                          std::shared_ptr<const Distribution> distribution) {
  check_new(name);
  const Scope scope(name);
  for (const Rule& rule : rules_) {
    if (!rule.rule->applies_to(name)) continue;
    throw Error(fmt::format(
        "{}: site \"{}\" is the guide's own, of which it makes others: `condition`, `replay` and "
        "`block` cannot name it; name the sites that it makes, in the model",
        options_.caller, name));
  }
  const Var value = latent_value(name, *distribution);
  Site& site = add({name, std::move(distribution), value, false});
  site.auxiliary = true;
  return site.value;
}

Var Trace::latent_value(const std::string& name, const Distribution& distribution) {
  if (options_.choose) {
    if (const std::optional<Var> value = options_.choose(name, distribution)) return *value;
  }
  return options_.replay != nullptr ? replayed(name, distribution) : draw(name, distribution);
}

Var Trace::by_rule(Rule& rule, const std::string& name,
                   std::shared_ptr<const Distribution> distribution) {
  rule.met.insert(name);
  if (rule.rule->kind == SiteRule::Kind::kBlock) {
    const Var drawn = draw(name, *distribution);
    hidden_.push_back({name, std::move(distribution), drawn, false});
    hidden_.back().plates = open_.names;
    return drawn;
  }
  const Var value = of_these_rows(name, rule.rule->values.at(name), *distribution);
  if (rule.rule->kind == SiteRule::Kind::kCondition) {
    add_observed(name, std::move(distribution), value);
    return sites_.back().value;
  }
  if (options_.density) {
    throw Error(fmt::format(
        "{}: `replay` gives site \"{}\" a value that stays latent, which is for predictions: "
        "`condition` makes it data, which a density counts",
        options_.caller, name));
  }
  if (!fits(name, site_shape(*distribution), value.shape())) {
    throw ShapeError(fmt::format(
        "{}: site \"{}\" is given a value of shape {}, but its distribution has {}: they must be "
        "equal\n{}",
        options_.caller, name, to_string(value.shape()), described(*distribution),
        to_string(*this)));
  }
  return add({name, std::move(distribution), value, false}).value;
}

void RuleScope::require_all() const {
  const Trace::Rule& rule = trace_.rules_.back();
  const auto require = [&](const std::string& name) {
    if (rule.met.count(name) != 0) return;
    const bool there = trace_.met(name) != nullptr;
    throw Error(fmt::format("{}: the program does not sample site \"{}\"{}: its sites are\n{}",
                            rule.rule->caller, name,
                            there ? ", which is data, or which `condition`, `replay` or "
                                    "`block` decides already: leave it out"
                                  : "",
                            to_string(trace_)));
  };
  for (const auto& named : rule.rule->values) require(named.first);
  for (const std::string& name : rule.rule->names) require(name);
}

void Trace::factor(const std::string& name, const Var& log_weight) {
  check_new(name);
  add({name, nullptr, log_weight, true, false, log_weight});
}

void Trace::place(const std::string& name, const Var& value, const Var& log_density) {
  check_new(name);
  value.node().sampled = true;
  const Site* single =
      options_.particles.count == 0 ? nullptr : options_.particles.single->find(name);
  if (single == nullptr) {
    add({name, nullptr, value, false, false, log_density});
    return;
  }
  Shape batch = options_.particles.in_front_of(single->value.shape());
  const Shape whole = batch;
  if (value.size() != size_of(whole)) {
    throw ShapeError(
        fmt::format("{}: site \"{}\" is placed with shape {} in a run of {} draws, expected {} of "
                    "{}: compute it "
                    "from what is drawn, or make one draw at a time\n{}",
                    options_.caller, name, to_string(value.shape()), options_.particles.count,
                    options_.particles.count, to_string(single->value.shape()), to_string(*this)));
  }
  batch.resize(batch.size() - (single->value.dimension() - single->log_density->dimension()));
  const Var placed = reshape(value, whole);
  placed.node().sampled = true;
  // Of an affine map it is a constant, without the draws.
  const Var change = log_density.shape() == single->log_density->shape()
                         ? broadcast_to(log_density, batch)
                         : reshape(log_density, batch);
  add({name, nullptr, placed, false, false, change});
}

Var Trace::param(const std::string& name, const Var& parameter) {
  if (parameter.node().tape != 0) {
    throw Error(fmt::format(
        "{}: param \"{}\" was computed: name the parameter itself, which Var::parameter made",
        options_.caller, name));
  }
  const auto named = std::find_if(params_.begin(), params_.end(),
                                  [&](const NamedParameter& p) { return p.name == name; });
  if (named == params_.end()) {
    params_.push_back({name, parameter});
  } else if (&named->parameter.node() != &parameter.node()) {
    throw Error(
        fmt::format("{}: param \"{}\" stands for two parameters in one run: give every one "
                    "its own name",
                    options_.caller, name));
  }
  return parameter;
}

Shape Particles::in_front_of(const Shape& shape) const {
  Shape result(1 + rank, 1);
  result[0] = count;
  std::copy(shape.begin(), shape.end(), result.end() - static_cast<std::ptrdiff_t>(shape.size()));
  return result;
}

// What stands in front of a distribution's own shape: nothing where its parameters have the draws
// already, being computed from others.
Shape Trace::sample_shape(const std::string& name, const Distribution& distribution) const {
  const Particles& particles = options_.particles;
  if (particles.count == 0) return {};
  const Site* single = particles.single->met(name);
  const Shape own = site_shape(distribution);
  if (single != nullptr) {
    const Shape& alone = single->value.shape();
    const Shape whole = particles.in_front_of(alone);
    if (own == whole) return {};
    if (own == alone) {
      return Shape(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(alone.size()));
    }
  }
  throw ShapeError(
      fmt::format("{}: site \"{}\" has {} in a run of {} draws, and shape {} in a run of one: it "
                  "must carry the "
                  "draws in front, as elementwise operations and `matmul(draws, matrix)` do\n{}",
                  options_.caller, name, described(distribution), particles.count,
                  single == nullptr ? "none" : to_string(single->value.shape()), to_string(*this)));
}

// The noise that was drawn for a site, or what is given in its place.
Array Trace::noise_of(const std::string& name, Array drawn) {
  const auto given = options_.site_noise.find(name);
  if (given == options_.site_noise.end()) return with_twin(name, std::move(drawn));
  if (given->second.shape() == drawn.shape()) return given->second;
  throw ShapeError(fmt::format("{}: site_noise of \"{}\" has shape {}, expected {}",
                               options_.caller, name, to_string(given->second.shape()),
                               to_string(drawn.shape())));
}

// Of many draws one is made of what the run of one has kept.
Array Trace::with_twin(const std::string& name, Array noise) {
  if (options_.alone) noise_.emplace(name, noise);
  const Particles& particles = options_.particles;
  if (particles.count == 0) return noise;
  const auto kept = particles.single->noise_.find(name);
  if (kept != particles.single->noise_.end() &&
      kept->second.size() * particles.count == noise.size()) {
    const Array& one = kept->second;
    std::copy(one.begin(), one.end(), noise.data() + particles.twin * one.size());
  }
  return noise;
}

Var Trace::draw(const std::string& name, const Distribution& distribution) {
  const Rng own = options_.alone ? options_.rng.stream("alone") : options_.rng;
  Rng rng = own.stream(name);
  const Shape front = sample_shape(name, distribution);
  if (!distribution.reparameterised() && options_.site_noise.count(name) != 0) {
    throw Error(fmt::format("{}: site_noise names \"{}\", but {} is not made of noise: it is drawn",
                            options_.caller, name, distribution.name()));
  }
  Var value = distribution.reparameterised()
                  ? distribution.from_noise(noise_of(name, distribution.noise(rng, front)))
                  // No gradient comes back through this draw, but what is computed from it does
                  // not look independent of the parameters.
                  : record_dependence("sample", with_twin(name, distribution.sample(rng, front)),
                                      parameter_values(distribution));
  value.node().sampled = true;
  return value;
}

Var Trace::placed(const Site& site, const Distribution& distribution) const {
  const Shape shape = site_shape(distribution);
  if (!fits(site.name, shape, site.value.shape())) {
    throw ShapeError(fmt::format(
        "{}: the guide places a value of shape {} at site \"{}\", whose distribution has {} in the "
        "model: they must be equal\n{}",
        options_.caller, to_string(site.value.shape()), site.name, described(distribution),
        to_string(*options_.replay)));
  }
  const Shape& change = site.log_density->shape();
  if (options_.particles.count == 0 && change != distribution.batch_shape()) {
    throw ShapeError(fmt::format(
        "{}: the guide places site \"{}\" with a log density of shape {}, expected one for each of "
        "its batch: the model has {}\n{}",
        options_.caller, site.name, to_string(change), described(distribution),
        to_string(*options_.replay)));
  }
  return site.value;
}

Var Trace::replayed(const std::string& name, const Distribution& distribution) const {
  const Site* site = options_.replay->find(name);
  if (site == nullptr || site->observed) {
    throw Error(fmt::format(
        "{}: the model samples site \"{}\", which the guide does not: sample it in the guide too, "
        "or observe it in the model",
        options_.caller, name));
  }
  check_same_rows(*site);
  if (site->distribution == nullptr) return placed(*site, distribution);
  const Distribution& q = *site->distribution;
  if (options_.particles.count != 0) {
    sample_shape(name, distribution);  // that it carries the draws or needs none
    return site->value;
  }
  if (q.batch_shape() != distribution.batch_shape() ||
      q.event_shape() != distribution.event_shape()) {
    const bool same = site_shape(q) == site_shape(distribution);
    throw ShapeError(fmt::format(
        "{}: site \"{}\" has shape {} in the guide and {} in the model: {}\n{}", options_.caller,
        name, described(q), described(distribution),
        same || q.batch_shape() == distribution.batch_shape()
            ? "did you forget to_event?"
            : "give both the same shape (nothing broadcasts across a site); did you forget "
              "to_event?",
        to_string(*options_.replay)));
  }
  return site->value;
}

// Whether a value may stand at a site whose distribution has this shape; with draws in front of
// either, or both.
bool Trace::fits(const std::string& name, const Shape& shape, const Shape& value) const {
  if (shape == value) return true;
  const Particles& particles = options_.particles;
  const Site* single = particles.count == 0 ? nullptr : particles.single->find(name);
  if (single == nullptr) return false;
  const Shape& alone = single->value.shape();
  const auto stands = [&](const Shape& s) {
    return s == alone || s == particles.in_front_of(alone);
  };
  // What data are compared with may have lost axes since it was drawn.
  const bool of_data = value == alone && shape == joined({particles.count}, alone);
  return of_data || (stands(shape) && stands(value));
}

void Trace::observe_site(const std::string& name, std::shared_ptr<const Distribution> distribution,
                         const Var& value) {
  check_new(name);
  if (!options_.redraw_observed) return add_observed(name, std::move(distribution), value);
  const Var drawn = draw(name, *distribution);
  add({name, std::move(distribution), drawn, false});
}

void Trace::add_observed(const std::string& name, std::shared_ptr<const Distribution> distribution,
                         const Var& value) {
  const Shape shape = site_shape(*distribution);
  if (!fits(name, shape, value.shape())) {
    throw ShapeError(fmt::format(
        "{}: site \"{}\" observes a value of shape {}, but its distribution has {}: they must be "
        "equal; `broadcast_to` makes them so\n{}",
        options_.caller, name, to_string(value.shape()), described(*distribution),
        to_string(*this)));
  }
  const Constraint support = distribution->support();
  const auto index = support.first_outside(value.value());
  if (index && !all_finite(distribution->log_prob(value).value())) {  // or it is masked
    throw DomainError(fmt::format(
        "{}: site \"{}\" observes {} at index {}, outside the support of {}: it must be {}{}{}",
        options_.caller, name, value.value().data()[*index], *index, distribution->name(),
        support.description(), support.advice().empty() ? "" : ": ", support.advice()));
  }
  add({name, std::move(distribution), value, true});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
