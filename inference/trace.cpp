#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/tape.hpp>
#include <evident/inference/trace.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Shape site_shape(const Distribution& d) { return joined(d.batch_shape(), d.event_shape()); }

// "(128, 20), of which (20) is the event"
std::string described(const Distribution& d) {
  return fmt::format("{} (batch {}, event {})", to_string(site_shape(d)),
                     to_string(d.batch_shape()), to_string(d.event_shape()));
}

}  // namespace

const Site* Trace::find(const std::string& name) const {
  const auto found = std::find_if(sites_.begin(), sites_.end(),
                                  [&](const Site& site) { return site.name == name; });
  return found == sites_.end() ? nullptr : &*found;
}

void Trace::check_new(const std::string& name) const {
  if (find(name) != nullptr) {
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

Var Trace::sample_site(const std::string& name, std::shared_ptr<const Distribution> distribution) {
  check_new(name);
  const Scope scope(name);
  Var value =
      options_.replay != nullptr ? replayed(name, *distribution) : draw(name, *distribution);
  sites_.push_back({name, std::move(distribution), value, false});
  return value;
}

Var Trace::draw(const std::string& name, const Distribution& distribution) {
  Rng rng = options_.rng.stream(name);
  const auto given = options_.site_noise.find(name);
  Var value = distribution.reparameterised()
                  ? distribution.from_noise(given == options_.site_noise.end()
                                                ? distribution.noise(rng, options_.sample_shape)
                                                : given->second)
                  // No gradient comes back through this draw, but what is computed from it does
                  // not look independent of the parameters.
                  : record_dependence("sample", distribution.sample(rng, options_.sample_shape),
                                      parameter_values(distribution));
  value.node().sampled = true;
  return value;
}

Var Trace::replayed(const std::string& name, const Distribution& distribution) const {
  const Site* site = options_.replay->find(name);
  if (site == nullptr || site->observed) {
    throw Error(fmt::format(
        "{}: the model samples site \"{}\", which the guide does not: sample it in the guide too, "
        "or observe it in the model",
        options_.caller, name));
  }
  const Distribution& q = *site->distribution;
  if (q.batch_shape() != distribution.batch_shape() ||
      q.event_shape() != distribution.event_shape()) {
    const bool same = site_shape(q) == site_shape(distribution);
    throw ShapeError(fmt::format(
        "{}: site \"{}\" has shape {} in the guide and {} in the model: {}", options_.caller, name,
        described(q), described(distribution),
        same || q.batch_shape() == distribution.batch_shape()
            ? "did you forget to_event?"
            : "give both the same shape (nothing broadcasts across a site); did you forget "
              "to_event?"));
  }
  return site->value;
}

void Trace::observe_site(const std::string& name, std::shared_ptr<const Distribution> distribution,
                         const Var& value) {
  check_new(name);
  // Draws made at once stand in front; what is observed is the same for all of them.
  const Shape shape = site_shape(*distribution);
  const std::size_t extra = shape.size() - std::min(shape.size(), value.dimension());
  const Shape& drawn = options_.sample_shape;
  const bool fits = extra == 0 || (extra == drawn.size() &&
                                   std::equal(drawn.begin(), drawn.end(), shape.begin()));
  if (!fits || value.dimension() > shape.size() ||
      !std::equal(value.shape().begin(), value.shape().end(),
                  shape.begin() + static_cast<std::ptrdiff_t>(extra))) {
    throw ShapeError(fmt::format(
        "{}: site \"{}\" observes a value of shape {}, but its distribution has {}: they must be "
        "equal",
        options_.caller, name, to_string(value.shape()), described(*distribution)));
  }
  const Constraint support = distribution->support();
  if (const auto index = support.first_outside(value.value())) {
    throw Error(fmt::format(
        "{}: site \"{}\" observes {} at index {}, outside the support of {}: it must be {}{}{}",
        options_.caller, name, value.value().data()[*index], *index, distribution->name(),
        support.description(), support.advice().empty() ? "" : ": ", support.advice()));
  }
  sites_.push_back({name, std::move(distribution), value, true});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
