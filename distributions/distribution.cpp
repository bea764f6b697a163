#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// "-0.3 at index 4 of shape (6)"
std::string element_text(const Array& value, std::size_t index) {
  return fmt::format("{}{}", value.data()[index],
                     value.dimension() == 0 ? std::string()
                                            : fmt::format(" at index {} of shape {}", index,
                                                          to_string(value.shape())));
}

// The shape without its last `axes` axes.
Shape leading(const Shape& shape, std::size_t axes) {
  return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(axes)};
}

bool broadcasts(const Shape& a, const Shape& b) {
  const std::size_t common = std::min(a.size(), b.size());
  return std::equal(a.end() - static_cast<std::ptrdiff_t>(common), a.end(),
                    b.end() - static_cast<std::ptrdiff_t>(common),
                    [](std::size_t length, std::size_t other) {
                      return length == other || length == 1 || other == 1;
                    });
}

std::string row_of_shapes(const std::string& name, const Shape& shape) {
  return fmt::format("\n  {:<16} {}", name, to_string(shape));
}

[[noreturn]] void refuse_noise(const Distribution& distribution, const char* function) {
  throw Error(fmt::format(
      "{}: draws of {} are not differentiable in its parameters: use sample, and an estimator that "
      "does not need a gradient through the draw",
      function, distribution.name()));
}

// What to do without a function that an order of the outcomes defines.
std::string in_place_of_order(const Distribution& distribution, const char* where_there_is_one) {
  if (distribution.event_shape().empty()) return where_there_is_one;
  return "outcomes of several numbers have no order: use expectation(d, f, rng, draws), which is "
         "the probability of a set where f is 1 in it and 0 elsewhere";
}

}  // namespace

void Distribution::check_parameters() {
  Shape batch;
  for (const Parameter& parameter : parameters()) {
    const Array& value = parameter.value.value();
    if (value.dimension() < parameter.event_axes) {
      throw ShapeError(fmt::format(
          "{}: {} must be {}, along its last {}, got {}", name(), parameter.name,
          parameter.constraint.description(),
          parameter.event_axes == 1 ? "axis" : fmt::format("{} axes", parameter.event_axes),
          value.dimension() == 0 ? "a scalar" : "shape " + to_string(value.shape())));
    }
    const Shape own = leading(value.shape(), parameter.event_axes);
    if (!broadcasts(batch, own)) {
      throw ShapeError(fmt::format(
          "{}: the shapes of the parameters do not broadcast: aligned at the last axis, lengths "
          "must be equal or 1{}",
          name(), table_of_shapes()));
    }
    // A constraint may be one of other parameters, whose shapes fit by now.
    const auto index = parameter.checked ? std::nullopt : parameter.constraint.first_outside(value);
    if (index) {
      throw ParameterError(fmt::format(
          "{}: {} must be {}, got {}{}{}", name(), parameter.name,
          parameter.constraint.description(), element_text(value, *index),
          parameter.constraint.advice().empty() ? "" : ": ", parameter.constraint.advice()));
    }
    batch = broadcast_shape(batch, own, parameter.name);
  }
  batch_ = batch;
}

Shape Distribution::batch_shape() const {
  if (batch_) return *batch_;
  Shape batch;
  for (const Parameter& parameter : parameters()) {
    batch = broadcast_shape(batch, leading(parameter.value.shape(), parameter.event_axes),
                            parameter.name);
  }
  return batch;
}

std::string Distribution::table_of_shapes() const {
  std::string table;
  for (const Parameter& parameter : parameters()) {
    table += row_of_shapes(parameter.name, parameter.value.shape());
  }
  return table;
}

void Distribution::check_fits(const Var& x, const char* function) const {
  const Shape batch = batch_shape(), event = event_shape();
  const bool has_event = x.dimension() >= event.size() &&
                         std::equal(event.begin(), event.end(),
                                    x.shape().end() - static_cast<std::ptrdiff_t>(event.size()));
  if (has_event && broadcasts(leading(x.shape(), event.size()), batch)) return;
  throw ShapeError(fmt::format(
      "{}::{}: the value does not fit: its shape must end with batch and event; lengths of the "
      "batch may be 1{}{}{}{}",
      name(), function, row_of_shapes("value", x.shape()), row_of_shapes("batch", batch),
      row_of_shapes("event", event), table_of_shapes()));
}

Var Distribution::log_prob(const Var& x) const {
  check_fits(x, "log_prob");
  return log_prob_at(x);
}

Var Distribution::cdf(const Var& x) const {
  check_fits(x, "cdf");
  return cdf_at(x);
}

Var Distribution::log_cdf(const Var& x) const {
  check_fits(x, "log_cdf");
  return log_cdf_at(x);
}

Var Distribution::log_survival(const Var& x) const {
  check_fits(x, "log_survival");
  return log_survival_at(x);
}

Var Distribution::icdf(const Var& p) const {
  check_fits(p, "icdf");
  return icdf_at(p);
}

Array Distribution::sample_log(Rng& rng, const Shape& sample_shape) const {
  return draw_log(rng, sample_shape);
}

Var Distribution::rsample(Rng& rng, const Shape& sample_shape) const {
  return from_noise(noise(rng, sample_shape));
}

Array Distribution::noise(Rng&, const Shape&) const { refuse_noise(*this, "rsample"); }

Var Distribution::from_noise(const Array&) const { refuse_noise(*this, "from_noise"); }

Array Distribution::modes() const {
  if (!batch_shape().empty()) {
    refuse("modes", fmt::format("a batch of shape {} may have a number of them each: ask one "
                                "distribution at a time",
                                to_string(batch_shape())));
  }
  return all_modes();
}

Array Distribution::all_modes() const {
  const NoTape pause;
  const Array one = mode().value();
  return reshaped(one, joined({1}, one.shape()));
}

Var Distribution::log_cdf_at(const Var& x) const { return log(cdf_at(x)); }

Var Distribution::log_survival_at(const Var& x) const { return log1p(-cdf_at(x)); }

Array Distribution::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Constraint within = support();
  const Array lower = within.lower().array();
  if (within.axes() != 0 || std::any_of(lower.begin(), lower.end(), [](real a) { return a < 0; })) {
    refuse("sample_log", fmt::format("its support is {}: use sample", within.description()));
  }
  return log(Var(draw(rng, sample_shape))).value();
}

Var Distribution::cdf_at(const Var&) const {
  refuse("cdf", in_place_of_order(*this, "estimate it from draws of sample"));
}
Var Distribution::icdf_at(const Var&) const {
  refuse("icdf", in_place_of_order(*this, "estimate it from sorted draws of sample"));
}
Var Distribution::mean() const { refuse("mean", "estimate it from draws of sample"); }
Var Distribution::median() const {
  refuse("median", in_place_of_order(*this, "estimate it from draws of sample"));
}
Var Distribution::mode() const { refuse("mode", "search for the maximum of log_prob"); }
Var Distribution::variance() const { refuse("variance", "estimate it from draws of sample"); }
Var Distribution::entropy() const {
  refuse("entropy", "estimate it as the mean of -log_prob over draws of sample");
}

void Distribution::refuse(const char* what, const std::string& reason) const {
  throw Error(fmt::format("{}: there is no {}: {}", name(), what, reason));
}

void Distribution::require_above(const char* what, const char* parameter, const Var& value,
                                 double bound, const std::string& instead) const {
  const Array& numbers = value.value();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (static_cast<double>(numbers.data()[i]) > bound) continue;
    throw Error(fmt::format("{}: there is a {} only for {} > {:g}, got {}: {}", name(), what,
                            parameter, bound, element_text(numbers, i), instead));
  }
}

std::vector<Var> parameter_values(const Distribution& distribution) {
  std::vector<Var> values;
  for (Parameter& parameter : distribution.parameters()) {
    values.push_back(std::move(parameter.value));
  }
  return values;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
