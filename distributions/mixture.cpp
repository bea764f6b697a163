#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/mixture.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

// The weights for each of a batch.
Categorical repeated(Categorical mixing, const Shape& components, const std::string& name) {
  const std::size_t k = mixing.outcomes();
  const auto misfit = [&](const std::string& reason) {
    return ShapeError(fmt::format("Mixture({}): {}\n  {:<16} {}\n  {:<16} {}", name, reason,
                                  "weights", to_string(joined(mixing.batch_shape(), {k})),
                                  "components", to_string(components)));
  };
  if (components.empty() || components.back() != k) {
    throw misfit(
        fmt::format("the last axis of the components' batch must have the length {} of "
                    "the weights",
                    k));
  }
  const Shape batch(components.begin(), components.end() - 1);
  if (mixing.batch_shape() == batch) return mixing;
  if (broadcast_shape(mixing.batch_shape(), batch, "Mixture") != batch) {
    throw misfit("the weights must broadcast to the components' batch");
  }
  return Categorical::from_logits(broadcast_to(mixing.log_probs(), components));
}

}  // namespace

Mixture::Mixture(Categorical mixing, std::shared_ptr<const Distribution> components)
    : mixing_(repeated(std::move(mixing), components->batch_shape(), components->name())),
      components_(std::move(components)) {}

std::string Mixture::name() const { return fmt::format("Mixture({})", components_->name()); }

std::vector<Parameter> Mixture::parameters() const {
  std::vector<Parameter> all = mixing_.parameters();
  for (Parameter& parameter : components_->parameters()) all.push_back(std::move(parameter));
  return all;
}

Constraint Mixture::support() const {
  const Constraint each = components_->support();
  // Points of several components are no point.
  if (each.kind() == Constraint::Kind::kPoint) return constraints::real();
  const NoTape pause;
  const auto enclosing = [](const Constraint::Bound& bound, auto reduce) {
    if (bound.values == nullptr || bound.values->dimension() == 0) return bound;
    return Constraint::Bound(reduce(Var(*bound.values)).value(), bound.open);
  };
  return {each.kind(), enclosing(each.lower(), [](const Var& x) { return min(x, {-1}); }),
          enclosing(each.upper(), [](const Var& x) { return max(x, {-1}); }), each.advice()};
}

Var Mixture::for_components(const Var& x) const {
  const Shape& shape = x.shape();
  const Shape event = event_shape();
  const Shape batch(shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(event.size()));
  return reshape(x, joined(joined(batch, {1}), event));
}

Var Mixture::joint(const Var& log_p) const {
  return elementwise(
      [](auto log_p, auto log_w) { return where(log_w == -kInfinity, -kInfinity, log_p + log_w); },
      log_p, mixing_.log_probs(), "Mixture");
}

Var Mixture::weights() const {
  const Var probs = mixing_.probs();
  return reshape(probs, joined(probs.shape(), Shape(event_shape().size(), 1)));
}

Var Mixture::log_responsibilities(const Var& x) const {
  if (x.dimension() < event_shape().size()) log_prob(x);  // which says what does not fit
  return log_softmax(joint(components_->log_prob(for_components(x))));
}

Var Mixture::log_prob_at(const Var& x) const {
  return logsumexp(joint(components_->log_prob(for_components(x))), {-1});
}

Var Mixture::cdf_at(const Var& x) const {
  return sum(mixing_.probs() * components_->cdf(for_components(x)), {-1});
}

Var Mixture::log_cdf_at(const Var& x) const {
  return logsumexp(joint(components_->log_cdf(for_components(x))), {-1});
}

Var Mixture::log_survival_at(const Var& x) const {
  return logsumexp(joint(components_->log_survival(for_components(x))), {-1});
}

Var Mixture::mean() const { return sum(weights() * components_->mean(), {component_axis()}); }

// The mean variance and the variance of the means.
Var Mixture::variance() const {
  const Axes axis = {component_axis()};
  const Var w = weights(), means = components_->mean();
  const Var centre = sum(w * means, axis, Keep::kYes);
  return sum(w * (components_->variance() + square(means - centre)), axis);
}

Array Mixture::chosen(const Array& choice, const Array& draws) const {
  const NoTape pause;
  const Shape event = event_shape();
  const Shape one = joined(choice.shape(), {1});
  const Var indices =
      broadcast_to(reshape(Var(choice), joined(one, Shape(event.size(), 1))), joined(one, event));
  return reshape(gather(Var(draws), component_axis(), indices), joined(choice.shape(), event))
      .value();
}

Array Mixture::draw(Rng& rng, const Shape& sample_shape) const {
  const Array choice = mixing_.sample(rng, sample_shape);
  return chosen(choice, components_->sample(rng, sample_shape));
}

Array Mixture::draw_log(Rng& rng, const Shape& sample_shape) const {
  const Array choice = mixing_.sample(rng, sample_shape);
  return chosen(choice, components_->sample_log(rng, sample_shape));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
