#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/elbo.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Var added(const std::optional<Var>& sum, const Var& term) { return sum ? *sum + term : term; }

Var scaled(const Var& term, double scale) { return scale == 1 ? term : scale * term; }

// Of the mean of some numbers.
double standard_error(const Array& values) {
  const auto n = static_cast<double>(values.size());
  double total = 0, squares = 0;
  for (const real value : values) total += static_cast<double>(value) / n;
  for (const real value : values) squares += std::pow(static_cast<double>(value) - total, 2);
  return std::sqrt(squares / (n - 1) / n);
}

// Of the sum of the logarithms of the means of columns, to first order: relative errors.
double error_of_log_means(const Array& log_weights) {
  const std::size_t n = log_weights.shape()[0], columns = log_weights.size() / n;
  double squares = 0;
  for (std::size_t j = 0; j < columns; ++j) {
    const auto at = [&](std::size_t k) {
      return static_cast<double>(log_weights.data()[k * columns + j]);
    };
    double largest = at(0), total = 0;
    for (std::size_t k = 1; k < n; ++k) largest = std::max(largest, at(k));
    for (std::size_t k = 0; k < n; ++k) total += std::exp(at(k) - largest);
    const double mean = total / static_cast<double>(n);
    for (std::size_t k = 0; k < n; ++k) {
      squares += std::pow(std::exp(at(k) - largest) / mean - 1, 2);
    }
  }
  const auto count = static_cast<double>(n);
  return std::sqrt(squares / (count - 1) / count);
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

// The sum of a part over its batch: one number, or one for each draw.
Var PairedRun::totals(const Part& part) const {
  if (!carries(part)) return scaled(sum(part.term), part.scale());
  const std::size_t count = options_.particles;
  return scaled(sum(reshape(part.term, {count, part.term.size() / count}), {1}), part.scale());
}

// The shape of the datapoints that are independent of each other: the rows of the plates, where all
// sites stand in the same ones, those hidden too, and begin with their rows. Without a plate
// nothing says that one row does not depend on another.
std::optional<Shape> PairedRun::datapoints(const std::vector<Part>& parts) const {
  const Site& first =
      *std::max_element(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
         return a.in_model->plates.size() < b.in_model->plates.size();
       })->in_model;
  Shape rows;
  for (const std::string& name : first.plates) {
    rows.push_back((first.auxiliary ? guide_ : model_).rows_of(name).count);
  }
  const auto alike = [&](const Site& site, const Shape& batch) {
    return !site.auxiliary && site.plates == first.plates && batch.size() >= rows.size() &&
           std::equal(rows.begin(), rows.end(), batch.begin());
  };
  const std::vector<Site>& hidden = (single_model_ ? *single_model_ : model_).hidden();
  const auto apart = std::find_if_not(parts.begin(), parts.end(), [&](const Part& part) {
    return alike(*part.in_model, part.batch);
  });
  const auto shared = std::find_if_not(hidden.begin(), hidden.end(), [&](const Site& site) {
    return alike(site, site.distribution->batch_shape());
  });
  if (!rows.empty() && apart == parts.end() && shared == hidden.end()) return rows;
  for (const Part& part : parts) {
    if (part.scale() == 1) continue;
    throw Error(fmt::format(
        "{}: the weights of a minibatch are those of each row: every site must be within the "
        "plate, "
        "with the rows in front of its batch; site \"{}\" is not\n{}",
        caller_, apart != parts.end() ? apart->site->name : shared->name, to_string(model_)));
  }
  return std::nullopt;
}

// log w of every draw: of each datapoint, shape (draws, rows), or of all data, shape (draws).
PairedRun::Weights PairedRun::weights(const std::vector<Part>& parts) const {
  const auto is_fixed = [&](const Part& part) {
    return is_point(*part.site) && !is_point(*part.in_model);
  };
  if (!draws() || std::any_of(parts.begin(), parts.end(), is_fixed)) {
    throw Error(
        fmt::format("{}: the guide is a point, which has no weights: take one that draws, such as "
                    "FullRankNormal::laplace at this point",
                    caller_));
  }
  const std::size_t count = options_.particles;
  const std::optional<Shape> rows = datapoints(parts);
  std::optional<Var> result;
  for (const Part& part : parts) {
    if (!options_.site_noise.empty()) require_draws(part);
    // What hangs on no draw is the same for all.
    const std::size_t own = count == 1 || carries(part) ? count : 1;
    const auto in_row = [&] {
      return size_of(
          Shape(part.batch.begin() + static_cast<std::ptrdiff_t>(rows->size()), part.batch.end()));
    };
    const Var term = rows ? sum(reshape(part.term, {own, size_of(*rows), in_row()}), {2})
                          : reshape(totals(part), {own});
    result = result ? (part.observed() ? *result + term : *result - term)
                    : (part.observed() ? term : -term);
  }
  const Shape flat = rows ? Shape{count, size_of(*rows)} : Shape{count};
  const Shape shape = rows ? joined({count}, *rows) : flat;
  return {reshape(broadcast_to(*result, flat), shape), rows ? parts.front().scale() : 1};
}

// The sum of log q at fixed values: its gradient is what sticking the landing takes away. None of
// a guide that draws nothing.
std::optional<Var> PairedRun::score() const {
  std::optional<Var> result;
  const Site* computed = nullptr;  // by parameters alone, beside what is drawn
  for (const Site& site : fixed_guide_->sites()) {
    if (site.distribution == nullptr && site.log_prob().needs_gradient()) computed = &site;
    const Site* prior = model_.find(site.name);
    const double scale = prior == nullptr ? site.scale : prior->scale;
    result = added(result, scaled(sum(site.log_prob()), scale));
  }
  if (!draws()) return std::nullopt;
  if (computed != nullptr) {
    throw Error(
        fmt::format("{}: sticking_the_landing needs log q of site \"{}\" at a fixed value, but the "
                    "guide places "
                    "it with a log density of its own parameters: sample it from a Transformed "
                    "distribution, or "
                    "leave the option out",
                    caller_, computed->name));
  }
  const Var mean = *result / static_cast<double>(options_.particles);
  return mean - stop_gradient(mean);
}

bool PairedRun::is_point(const Site& site) {
  return site.distribution && detail::is_point(*site.distribution);
}

// Whether the guide draws anything, or is a point.
bool PairedRun::draws() const {
  return guide_.sites().empty() ||
         std::any_of(guide_.sites().begin(), guide_.sites().end(),
                     [](const Site& site) { return site.distribution != nullptr; });
}

// What a latent part costs in the objective: no less than its free bits.
Var PairedRun::cost(const Part& part, const Var& totals) const {
  if (options_.free_bits > 0 && (part.site->auxiliary || part.site->distribution == nullptr)) {
    throw Error(
        fmt::format("{}: free_bits are of a site's KL, but the guide makes site \"{}\" with others "
                    "at once: take "
                    "a guide that samples every site, such as MeanFieldNormal",
                    caller_, part.site->name));
  }
  const double floor = options_.free_bits * static_cast<double>(size_of(part.batch)) * part.scale();
  const Var kl = totals.dimension() == 0 ? totals : mean(totals);
  return floor > 0 ? maximum(kl, floor) : kl;
}

std::vector<NamedParameter> PairedRun::params() const {
  std::vector<NamedParameter> result = guide_.params();
  result.insert(result.end(), model_.params().begin(), model_.params().end());
  return result;
}

// The same number, whose gradient is an error where it would lack a part.
Var PairedRun::guarded(const Var& objective, const std::string& site) const {
  if (site.empty()) return objective;
  const auto refuse = [caller = caller_, site](const Array&, const Array&, GradSink&) {
    throw Error(fmt::format(
        "{}: site \"{}\" has parameters to be learned, but its draws cannot be reparameterised, so "
        "that the gradient would lack what flows through them: sum the site out, with Mixture for "
        "instance, take a distribution that relaxes it, or pass its parameters through "
        "stop_gradient",
        caller, site));
  };
  return record("elbo", objective.value(), edge(objective, refuse));
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
    const double without_draws =
        options_.particles > 1 ? 0 : std::numeric_limits<double>::quiet_NaN();
    const double error = carries(part) ? standard_error(total.value()) : without_draws;
    const Var term = carries(part) ? reshape(mean(part.term, {0}), part.batch) : part.term;
    sites.push_back({part.site->name, part.estimator, scaled(term, part.scale()), error});
  }
  const auto as_one = [](const std::optional<Var>& side) {
    return !side ? Var(0.0) : side->dimension() == 0 ? *side : mean(*side);
  };
  const Var log_likelihood = as_one(observed), kl = as_one(latent);
  Var value = log_likelihood - kl;
  double error = std::numeric_limits<double>::quiet_NaN();
  if (options_.bound == EvidenceBound::kImportanceWeighted) {
    require_sites(all);
    const auto [w, scale] = weights(all);
    value =
        scaled(sum(logsumexp(w, {0}) - std::log(static_cast<double>(options_.particles))), scale);
    if (options_.particles > 1) error = scale * error_of_log_means(w.value());
  } else if (options_.particles > 1) {
    const NoTape pause;
    const Array each = ((observed ? *observed : Var(0.0)) - (latent ? *latent : Var(0.0))).value();
    error = each.dimension() == 0 ? 0 : standard_error(each);
  }
  Var objective = costs ? log_likelihood - options_.beta * *costs : value;
  if (fixed_guide_) {
    if (const std::optional<Var> taken = score()) objective = objective + options_.beta * *taken;
  }
  const std::string unlearned = site_without_gradient();
  Elbo result{guarded(objective, unlearned),
              guarded(value, unlearned),
              log_likelihood,
              kl,
              std::move(sites),
              error,
              unlearned,
              params()};
  if (own_tape_) {
    for (Var* number : {&result.objective, &result.value, &result.log_likelihood, &result.kl}) {
      *number = Var(number->value());
    }
    for (SiteTerm& site : result.sites) site.term = Var(site.term.value());
  }
  return result;
}

Array PairedRun::log_weights() {
  const std::vector<Part> all = parts();
  require_sites(all);
  return weights(all).log.value();
}

Array PairedRun::whole_log_weights() {
  require_all_rows(caller_, model_, "weights are of all data");
  const std::vector<Part> all = parts();
  require_sites(all);
  for (const Part& part : all) {
    const Array& term = part.term.value();
    if (std::none_of(term.begin(), term.end(), [](real x) { return std::isnan(x); })) continue;
    throw Error(
        fmt::format("{}: the {} of site \"{}\" is NaN: look at what the guide draws there, "
                    "and find the operation with TapeOptions::check_values",
                    caller_, to_string(part.estimator), part.site->name));
  }
  return weights(all).log.value();
}

void PairedRun::require_sites(const std::vector<Part>& parts) const {
  if (parts.empty()) throw Error(fmt::format("{}: the model has no sites", caller_));
}

Array joined_runs(const char* caller, const std::vector<Array>& log_weights) {
  if (log_weights.empty()) return zeros({0});
  const auto of_draw = [](const Array& x) { return Shape(x.shape().begin() + 1, x.shape().end()); };
  const Shape first = of_draw(log_weights.front());
  std::size_t draws = 0;
  for (const Array& run : log_weights) {
    draws += rows(run);
    if (of_draw(run) == first) continue;
    throw ShapeError(fmt::format(
        "{}: a draw has weights of shape {} in one run and {} in another: plates, and what stands "
        "in them, must be the same in every run",
        caller, to_string(first), to_string(of_draw(run))));
  }
  Array all = uninitialised(joined({draws}, first));
  real* out = all.data();
  for (const Array& run : log_weights) out = std::copy_n(run.data(), run.size(), out);
  return all;
}

Array log_mean_exp(const Array& log_weights) {
  return (logsumexp(log_weights, {0}) - std::log(static_cast<double>(rows(log_weights)))).value();
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
