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

// log of the mean of each k weights after another, what is left over apart.
Var log_means(const Array& log_weights, std::size_t k) {
  const std::size_t groups = log_weights.size() / k;
  const Var grouped = reshape(slice(log_weights, 0, 0, groups * k), {groups, k});
  return logsumexp(grouped, {1}) - std::log(static_cast<double>(k));
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

GuideCheck check_log_weights(const Array& log_weights) {
  if (log_weights.dimension() != 1 || log_weights.size() < 2) {
    throw Error(fmt::format(
        "check_guide: got log weights of shape {}, expected at least 2 in one axis: thousands of "
        "draws are usual",
        to_string(log_weights.shape())));
  }
  const std::vector<double> w(log_weights.begin(), log_weights.end());
  const auto n = static_cast<double>(w.size());
  GuideCheck result{0, 0, 0, 0, psis(log_weights), {}, {}};
  for (const double x : w) result.elbo += x / n;
  double squares = 0, ratios = 0;
  for (const double x : w) squares += (x - result.elbo) * (x - result.elbo);
  result.elbo_error = std::sqrt(squares / (n - 1) / n);
  const NoTape pause;
  result.log_evidence = log_means(log_weights, w.size()).item();
  // To first order the error of the logarithm is the relative error of the mean.
  for (const double x : w) ratios += std::pow(std::expm1(x - result.log_evidence), 2);
  result.log_evidence_error = std::sqrt(ratios / (n - 1) / n);
  for (std::size_t k = 1; 10 * k <= w.size(); k *= 10) {
    result.curve.emplace_back(k, mean(log_means(log_weights, k)).item());
  }
  return result;
}

std::vector<QuantitySummary> summarise(const GuideCheck& check) {
  if (check.draws.empty()) {
    throw Error("summarise: the check has no draws: make it with check_guide");
  }
  const Array& log_weights = check.psis.log_weights;
  const std::size_t count = log_weights.size();
  const double largest =
      static_cast<double>(*std::max_element(log_weights.begin(), log_weights.end()));
  std::vector<double> weights;
  double total = 0;
  for (const real w : log_weights) {
    weights.push_back(std::exp(static_cast<double>(w) - largest));
    total += weights.back();
  }
  std::vector<QuantitySummary> result;
  for (const auto& [site, values] : check.draws) {
    const Shape shape(values.shape().begin() + 1, values.shape().end());
    const std::vector<std::string> names = element_names(site, shape);
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::vector<WeightedDraw> draws;
      for (std::size_t k = 0; k < count; ++k) {
        const real value = values.data()[k * names.size() + i];
        draws.push_back({static_cast<double>(value), weights[k] / total});
      }
      result.push_back(summary_of(names[i], std::move(draws), check.psis));
    }
  }
  return result;
}

std::string to_string(const GuideCheck& c) {
  std::string text = fmt::format(
      "ELBO          {:12.4f} +- {:.4f} nats\n"
      "log evidence  {:12.4f} +- {:.4f} nats\n"
      "gap           {:12.4f}           nats, KL(q || posterior)\n"
      "Pareto k-hat  {:12.2f}           {}\n",
      c.elbo, c.elbo_error, c.log_evidence, c.log_evidence_error, c.gap(), c.psis.k_hat,
      c.psis.advice);
  for (const auto& [k, bound] : c.curve) {
    text += fmt::format("bound of {:<6} {:10.4f}           nats\n", k, bound);
  }
  return text;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
