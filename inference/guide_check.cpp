#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/guide_check.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// log of the mean of each k weights after another, what is left over apart; shape (groups, rows).
Var log_means(const Array& log_weights, std::size_t k) {
  const std::size_t rows = log_weights.shape()[1], groups = log_weights.shape()[0] / k;
  const Var grouped = reshape(slice(log_weights, 0, 0, groups * k), {groups, k, rows});
  return logsumexp(grouped, {1}) - std::log(static_cast<double>(k));
}

Array column(const Array& matrix, std::size_t j) {
  const std::size_t columns = matrix.shape()[1];
  Array result = uninitialised({matrix.shape()[0]});
  for (std::size_t k = 0; k < result.size(); ++k) result.data()[k] = matrix.data()[k * columns + j];
  return result;
}

// Shares of all weight.
std::vector<double> normalised(const Array& log_weights) {
  const double largest =
      static_cast<double>(*std::max_element(log_weights.begin(), log_weights.end()));
  std::vector<double> weights;
  double total = 0;
  for (const real w : log_weights) {
    weights.push_back(std::exp(static_cast<double>(w) - largest));
    total += weights.back();
  }
  for (double& w : weights) w /= total;
  return weights;
}

// A draw of one number, and its share of all weight.
struct WeightedDraw {
  double value, weight;
};

// The value at which the weight of all that is no larger reaches p.
double quantile(const std::vector<WeightedDraw>& sorted, double p) {
  double below = 0;
  for (const WeightedDraw& draw : sorted) {
    below += draw.weight;
    if (below >= p) return draw.value;
  }
  return sorted.back().value;
}

QuantitySummary summary_of(std::string name, std::vector<WeightedDraw> draws, const Psis& psis) {
  double mean = 0, squares = 0, noise = 0;
  for (const WeightedDraw& d : draws) mean += d.weight * d.value;
  for (const WeightedDraw& d : draws) {
    const double square = (d.value - mean) * (d.value - mean);
    squares += d.weight * square;
    noise += d.weight * d.weight * square;
  }
  std::sort(draws.begin(), draws.end(),
            [](const WeightedDraw& a, const WeightedDraw& b) { return a.value < b.value; });
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return {std::move(name),
          mean,
          std::sqrt(squares),
          std::sqrt(noise),
          quantile(draws, 0.05),
          quantile(draws, 0.5),
          quantile(draws, 0.95),
          psis.effective_sample_size,
          kNone,
          kNone,
          psis.k_hat};
}

}  // namespace

std::size_t GuideCheck::bad_rows() const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [](const Psis& row) { return !(row.k_hat <= row.k_threshold); }));
}

GuideCheck check_log_weights(const Array& log_weights) {
  const bool by_row = log_weights.dimension() == 2;
  if ((!by_row && log_weights.dimension() != 1) || log_weights.shape()[0] < 2 ||
      log_weights.size() == 0) {
    throw Error(fmt::format(
        "check_guide: got log weights of shape {}, expected at least 2 in one axis, followed by "
        "rows if there are any: thousands of draws are usual",
        to_string(log_weights.shape())));
  }
  const std::size_t draws = log_weights.shape()[0], rows = log_weights.size() / draws;
  const Array each = reshaped(log_weights, {draws, rows});
  const auto n = static_cast<double>(draws);
  GuideCheck result{0, 0, 0, 0, {}, {}, {}, {}};
  for (std::size_t j = 0; j < rows; ++j) result.rows.push_back(psis(column(each, j)));
  result.psis = *std::max_element(result.rows.begin(), result.rows.end(),
                                  [](const Psis& a, const Psis& b) { return a.k_hat < b.k_hat; });
  if (!by_row) result.rows.clear();
  const NoTape pause;
  const Array totals = sum(Var(each), {1}).value();
  for (const real x : totals) result.elbo += static_cast<double>(x) / n;
  double squares = 0, ratios = 0;
  for (const real x : totals) squares += std::pow(static_cast<double>(x) - result.elbo, 2);
  // One draw that the model rules out makes the mean -inf.
  result.elbo_error = std::isfinite(result.elbo) ? std::sqrt(squares / (n - 1) / n)
                                                 : std::numeric_limits<double>::infinity();
  const Array evidence = log_means(each, draws).value();
  for (const real x : evidence) result.log_evidence += static_cast<double>(x);
  // To first order the error of the logarithm is the relative error of the mean.
  for (std::size_t i = 0; i < each.size(); ++i) {
    const real of_row = evidence.data()[i % rows];
    ratios += std::pow(std::expm1(static_cast<double>(each.data()[i]) - of_row), 2);
  }
  result.log_evidence_error = std::sqrt(ratios / (n - 1) / n);
  for (std::size_t k = 1; 10 * k <= draws; k *= 10) {
    result.curve.emplace_back(k, sum(mean(log_means(each, k), {0})).item());
  }
  return result;
}

void detail::WeighedDraws::add(PairedRun& pair, std::size_t draws) {
  store_draws(values, pair.model_run(), draws, log_weights.size(),
              [](const Site& site) { return !site.observed; });
  log_weights.push_back(pair.whole_log_weights());  // (1) or (1, rows...)
}

GuideCheck detail::WeighedDraws::check() {
  Array all = joined_runs("check_guide", log_weights);
  if (all.dimension() > 2) all = reshaped(all, {rows(all), all.size() / rows(all)});
  GuideCheck result = check_log_weights(all);
  result.draws = std::move(values);
  return result;
}

std::vector<QuantitySummary> summarise(const GuideCheck& check) {
  if (check.draws.empty()) {
    throw Error("summarise: the check has no draws: make it with check_guide");
  }
  std::vector<std::vector<double>> weights;  // of each row, or of all
  for (const Psis& row : check.rows) weights.push_back(normalised(row.log_weights));
  if (check.rows.empty()) weights.push_back(normalised(check.psis.log_weights));
  const std::size_t count = weights[0].size();
  std::vector<QuantitySummary> result;
  for (const auto& [site, values] : check.draws) {
    const Shape shape(values.shape().begin() + 1, values.shape().end());
    const std::vector<std::string> names = element_names(site, shape);
    const std::size_t in_row = names.size() / weights.size();  // rows come first
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t row = i / in_row;
      std::vector<WeightedDraw> draws;
      for (std::size_t k = 0; k < count; ++k) {
        const real value = values.data()[k * names.size() + i];
        draws.push_back({static_cast<double>(value), weights[row][k]});
      }
      result.push_back(summary_of(names[i], std::move(draws),
                                  check.rows.empty() ? check.psis : check.rows[row]));
    }
  }
  return result;
}

namespace {

// How the rows are beside the worst, whose k-hat stands above.
std::string of_rows(const GuideCheck& c) {
  std::vector<double> k_hats, sizes;
  for (const Psis& row : c.rows) {
    k_hats.push_back(row.k_hat);
    sizes.push_back(row.effective_sample_size);
  }
  std::sort(k_hats.begin(), k_hats.end());
  std::sort(sizes.begin(), sizes.end());
  return fmt::format(
      "  of {} rows    {:12.2f}           in the median; {} of them above {:.2f}\n"
      "effective size{:12.0f}           of {} draws, in the worst row; {:.0f} in the median\n",
      k_hats.size(), k_hats[k_hats.size() / 2], c.bad_rows(), c.psis.k_threshold, sizes.front(),
      c.psis.log_weights.size(), sizes[sizes.size() / 2]);
}

}  // namespace

std::string to_string(const GuideCheck& c) {
  std::string text = fmt::format(
      "ELBO          {:12.4f} +- {:.4f} nats\n"
      "log evidence  {:12.4f} +- {:.4f} nats\n"
      "gap           {:12.4f}           nats, KL(q || posterior)\n"
      "Pareto k-hat  {:12.2f}           {}\n",
      c.elbo, c.elbo_error, c.log_evidence, c.log_evidence_error, c.gap(), c.psis.k_hat,
      c.psis.advice);
  if (!std::isfinite(c.elbo)) {
    text += "  the guide draws what the model rules out: give it the support that the model has\n";
  }
  if (!c.rows.empty()) text += of_rows(c);
  for (const auto& [k, bound] : c.curve) {
    text += fmt::format("bound of {:<6} {:10.4f}           nats\n", k, bound);
  }
  return text;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
