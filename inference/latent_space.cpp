#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/latent_space.hpp>
#include <evident/inference/site_draws.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// The unconstrained numbers of a part, of u in the shape (..., size).
Var numbers(const LatentSpace::Part& part, const Var& u) {
  Shape shape(u.shape().begin(), u.shape().end() - 1);
  shape.insert(shape.end(), part.free.begin(), part.free.end());
  return reshape(slice(u, -1, part.begin, part.end), shape);
}

// Errors of the model say where they were met.
void run_named(const std::function<void(Trace&)>& run, Trace& trace) {
  try {
    run(trace);
  } catch (const Error&) {
    detail::rethrow_with_sites("LatentSpace", trace);
  }
}

std::vector<Site> latent_sites(const std::function<void(Trace&)>& run, Rng& rng) {
  constexpr int kAttempts = 100;
  const NoTape pause;
  for (int attempt = 1;; ++attempt) {
    TraceOptions options;
    options.rng = rng;
    options.caller = "LatentSpace";
    options.whole_plates = options.density = true;
    Trace trace(std::move(options));
    rng.advance_step();
    try {
      run_named(run, trace);
    } catch (const DomainError& error) {
      // A wide prior draws what the data rule out, or what overflows.
      if (attempt < kAttempts) continue;
      throw DomainError(fmt::format("LatentSpace: none of {} draws from the prior could be run: {}",
                                    kAttempts, error.what()));
    }
    std::vector<Site> latent;
    for (const Site& site : trace.sites()) {
      if (!site.observed) latent.push_back(site);
    }
    return latent;
  }
}

// A density is of all rows, and of nothing that is drawn anew each time.
void check_whole(const Trace& trace) {
  detail::require_all_rows("LatentSpace", trace, "the log density needs them all");
  if (!trace.hidden().empty()) {
    throw Error(fmt::format(
        "LatentSpace: site \"{}\" is hidden by block: a log density cannot leave it out; let it be "
        "inferred, or give it a value with condition",
        trace.hidden().front().name));
  }
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// A quantile where there is one; else 0.
Array quantile_or_zero(const Distribution& d, double p) {
  try {
    return d.icdf(Var(p)).value();
  } catch (const Error&) {
    return zeros({});
  }
}

void check_continuous(const std::string& name, const Distribution& d) {
  if (detail::is_point(d)) {
    throw Error(
        fmt::format("LatentSpace: site \"{}\" is a point, by its distribution {}: there is nothing "
                    "to infer; compute with the number itself, or make it data with `condition`; "
                    "the best point for a site that is unknown is found by PointGuide",
                    name, d.name()));
  }
  if (d.support().discrete()) {
    throw Error(fmt::format(
        "LatentSpace: site \"{}\" has the discrete distribution {}: sum it out, with Mixture for "
        "instance, or fit a guide of your own with `elbo`",
        name, d.name()));
  }
}

// Errors: a density on the unconstrained numbers that has no integral.
void check_proper(const std::string& name, const Distribution& d) {
  if (detail::mask_of(d) != nullptr) {
    throw Error(
        fmt::format("LatentSpace: site \"{}\" is latent and masked: what is left out has no "
                    "density, so that it "
                    "may be anywhere; leave the mask to what is observed",
                    name));
  }
  if (transform_to(d.support()).name() != "Identity" || !d.event_shape().empty()) return;
  const Array low = quantile_or_zero(d, 0), high = quantile_or_zero(d, 1);
  if (low.size() == 0 || !detail::all_finite(low) || !detail::all_finite(high) || low == high)
    return;
  throw Error(fmt::format(
      "LatentSpace: site \"{}\" has the distribution {}, whose density repeats along the whole "
      "line: "
      "sample it from a Uniform over one turn, and add its log_prob with `Trace::factor`",
      name, d.name()));
}

void check_fixed(const Site& first, const Site& second) {
  const Constraint a = first.distribution->support(), b = second.distribution->support();
  if (first.name == second.name && first.value.shape() == second.value.shape() &&
      a.kind() == b.kind() && a.lower().array() == b.lower().array() &&
      a.upper().array() == b.upper().array()) {
    return;
  }
  throw Error(fmt::format(
      "LatentSpace: site \"{}\" is not the same in two runs: neither its name, nor its shape, nor "
      "its support may depend on what other sites draw; scale a value of fixed support instead",
      first.name));
}

}  // namespace

LatentSpace::LatentSpace(Rng& rng, std::function<void(Trace&)> run) : run_(std::move(run)) {
  const std::vector<Site> first = latent_sites(run_, rng), second = latent_sites(run_, rng);
  if (first.empty()) {
    throw Error("LatentSpace: the model has no latent sites: there is nothing to infer");
  }
  if (first.size() != second.size()) {
    throw Error(
        fmt::format("LatentSpace: the model has {} latent sites in one run and {} in "
                    "another: they must be the same in every run",
                    first.size(), second.size()));
  }
  std::size_t end = 0;
  for (std::size_t k = 0; k < first.size(); ++k) {
    const Distribution& d = *first[k].distribution;
    check_continuous(first[k].name, d);
    check_fixed(first[k], second[k]);
    check_proper(first[k].name, d);
    const Transform transform = transform_to(d.support());
    const Shape shape = first[k].value.shape();
    const Shape free = transform.inverse_shape(shape);
    const std::size_t event = d.event_shape().size() + transform.axes_in() - transform.axes_out();
    const std::size_t begin = end;
    end += size_of(free);
    parts_.push_back({first[k].name, shape, free, event, transform, begin, end});
  }
}

std::vector<std::string> LatentSpace::names() const {
  std::vector<std::string> result;
  for (const Part& part : parts_) append(result, element_names(part.name, part.shape));
  return result;
}

std::vector<std::string> LatentSpace::free_names() const {
  std::vector<std::string> result;
  for (const Part& part : parts_) {
    const bool same = part.free == part.shape;
    append(result, element_names(same ? part.name : part.name + ", free", part.free));
  }
  return result;
}

Var LatentSpace::value(const Part& part, const Var& u) {
  return part.transform.forward(numbers(part, u));
}

void LatentSpace::check_points(const Shape& shape, bool one) const {
  if (!shape.empty() && shape.back() == size() && (!one || shape.size() == 1)) return;
  throw ShapeError(fmt::format(
      "LatentSpace: got a point of shape {}, expected {}: its numbers are {}", to_string(shape),
      one ? to_string(Shape{size()}) : fmt::format("(..., {})", size()),
      fmt::join(free_names(), ", ")));
}

TraceOptions LatentSpace::options_at(const Var& u, std::vector<Var>& changes) const {
  check_points(u.shape(), true);
  TraceOptions options;
  options.caller = "LatentSpace";
  options.whole_plates = options.density = true;
  options.choose = [this, &u, &changes, next = std::size_t{0}](const std::string& name,
                                                               const Distribution&) mutable {
    if (next >= parts_.size() || parts_[next].name != name) {
      throw Error(fmt::format(
          "LatentSpace: the model came to site \"{}\", which was not there before", name));
    }
    const Part& part = parts_[next++];
    const Var x = numbers(part, u);
    changes.push_back(sum(part.transform.log_abs_det(x)));
    return std::optional<Var>(part.transform.forward(x));
  };
  return options;
}

Var LatentSpace::log_density(const Var& u) const {
  std::vector<Var> terms;
  Trace trace(options_at(u, terms));
  run_(trace);
  check_whole(trace);
  for (const Site& site : trace.sites()) terms.push_back(sum(site.log_prob()));
  Var total = terms[0];
  for (std::size_t k = 1; k < terms.size(); ++k) total = total + terms[k];
  return total;
}

std::string LatentSpace::explain(const Var& u) const {
  const NoTape pause;
  std::vector<Var> changes;
  Trace trace(options_at(u, changes));
  std::string error;
  try {
    run_named(run_, trace);
  } catch (const Error& thrown) {
    error = thrown.what();
  }
  std::string text;
  std::size_t next = 0;
  for (const Site& site : trace.sites()) {
    const double density = sum(site.log_prob()).item();
    text += fmt::format("{}: log density {}", site.name,
                        std::isnan(density) ? "NaN" : fmt::format("{:.6g}", density));
    if (!site.observed) {
      text += fmt::format(", of the change of variables {:.6g}", changes[next++].item());
    }
    text += "\n";
  }
  return text + error;
}

LogDensity LatentSpace::density() const {
  return [space = *this](const Array& at, Array& gradient) {
    try {
      auto [value, slope] = value_and_grad([&](const Var& u) { return space.log_density(u); }, at);
      gradient = std::move(slope);
      return value;
    } catch (const DomainError&) {
      gradient.fill(0);
      return -std::numeric_limits<double>::infinity();
    }
  };
}

Array LatentSpace::point(const std::map<std::string, Array>& values) const {
  const NoTape pause;
  for (const auto& [name, value] : values) {
    const auto has_name = [&name = name](const Part& part) { return part.name == name; };
    if (std::none_of(parts_.begin(), parts_.end(), has_name)) {
      throw Error(
          fmt::format("LatentSpace::point: the model has no latent site \"{}\": its numbers are {}",
                      name, fmt::join(names(), ", ")));
    }
  }
  Array result = zeros({size()});
  for (const Part& part : parts_) {
    const auto given = values.find(part.name);
    if (given == values.end()) continue;
    if (given->second.shape() != part.shape) {
      throw ShapeError(
          fmt::format("LatentSpace::point: site \"{}\" has shape {}, got a value of {}", part.name,
                      to_string(part.shape), to_string(given->second.shape())));
    }
    if (const auto index = part.transform.codomain().first_outside(given->second)) {
      throw DomainError(fmt::format(
          "LatentSpace::point: site \"{}\" must be {}, got {} at index {}", part.name,
          part.transform.codomain().description(), given->second.data()[*index], *index));
    }
    const Array numbers = part.transform.inverse(given->second).value();
    if (!detail::all_finite(numbers)) {
      throw DomainError(fmt::format(
          "LatentSpace::point: site \"{}\" has a value at the border of its support, which no "
          "unconstrained number stands for: give one within",
          part.name));
    }
    std::copy(numbers.begin(), numbers.end(), result.data() + part.begin);
  }
  return result;
}

Array LatentSpace::values(const Array& points) const {
  check_points(points.shape(), false);
  const NoTape pause;
  const Shape outer(points.shape().begin(), points.shape().end() - 1);
  std::vector<Var> columns;
  for (const Part& part : parts_) {
    columns.push_back(reshape(value(part, points), joined(outer, {size_of(part.shape)})));
  }
  return concatenate(columns).value();
}

std::map<std::string, Array> LatentSpace::sites(const Array& points) const {
  check_points(points.shape(), false);
  const NoTape pause;
  const std::size_t draws = points.size() / size();
  const Var rows = reshape(Var(points), {draws, size()});
  std::map<std::string, Array> result;
  for (const Part& part : parts_) result.emplace(part.name, value(part, rows).value());
  return result;
}

void LatentSpace::place(Trace& t, const Var& u, bool change_of_variables) const {
  for (const Part& part : parts_) {
    const Var x = numbers(part, u);
    Var change = -part.transform.log_abs_det(x);
    // What is left of the event's axes belongs to one outcome.
    const std::size_t left = part.event - std::min(part.event, part.transform.axes_in());
    if (left > 0) change = sum(change, last_axes(left));
    t.place(part.name, part.transform.forward(x),
            change_of_variables ? change : Var(zeros(change.shape())));
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
