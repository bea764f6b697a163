#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <cmath>
#include <evident/inference/psis.hpp>
#include <numeric>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
constexpr std::size_t kLeastTail = 5;

using Vector = std::vector<double>;

// The mean of log(1 - theta x), which is k where theta = -k / sigma.
double shape_at(double theta, const Vector& x) {
  double sum = 0;
  for (const double value : x) sum += std::log1p(-theta * value);
  return sum / static_cast<double>(x.size());
}

// Of excesses in increasing order.
ParetoTail fit(const Vector& x) {
  constexpr double kPrior = 3, kPriorExcesses = 10, kPriorShape = 0.5;
  const double n = static_cast<double>(x.size());
  const double quartile = x[static_cast<std::size_t>(std::max(std::floor(n / 4 + 0.5), 1.0)) - 1];
  if (!(quartile > 0)) return {kInfinity, 0};
  const double points = 30 + std::floor(std::sqrt(n));
  Vector theta, log_likelihood;
  for (double j = 0.5; j < points; ++j) {
    theta.push_back(1 / x.back() + (1 - std::sqrt(points / j)) / (kPrior * quartile));
    const double k = shape_at(theta.back(), x);
    log_likelihood.push_back(n * (std::log(-theta.back() / k) - k - 1));
  }
  const double largest = *std::max_element(log_likelihood.begin(), log_likelihood.end());
  double mean = 0, total = 0;
  for (std::size_t j = 0; j < theta.size(); ++j) {
    const double weight = std::exp(log_likelihood[j] - largest);
    mean += weight * theta[j];
    total += weight;
  }
  mean /= total;
  const double k = shape_at(mean, x);
  if (!std::isfinite(k)) return {kInfinity, 0};
  return {(n * k + kPriorExcesses * kPriorShape) / (n + kPriorExcesses), -k / mean};
}

void check_weights(const Array& log_weights) {
  if (log_weights.dimension() != 1 || log_weights.size() == 0) {
    throw ShapeError(fmt::format("psis: log weights have shape {}, expected (draws)",
                                 to_string(log_weights.shape())));
  }
  bool positive = false;
  for (std::size_t i = 0; i < log_weights.size(); ++i) {
    const double value = log_weights(i);
    if (std::isnan(value) || value == kInfinity) {
      throw Error(
          fmt::format("psis: log weight {} of {} is {}, it must be finite, or -inf for a "
                      "weight of 0: look at the densities of that draw",
                      i, log_weights.size(), value));
    }
    positive = positive || std::isfinite(value);
  }
  if (!positive) {
    throw Error(fmt::format(
        "psis: all of {} log weights are -inf, expected a draw that is possible: does the guide "
        "cover the support of the model?",
        log_weights.size()));
  }
}

std::string advice(const Psis& result, std::size_t draws) {
  const double k = result.k_hat;
  if (k == -kInfinity) return "good: the largest weights are equal";
  if (result.tail == 0) {
    return draws < 21
               ? fmt::format(
                     "do not trust: {} draws are too few to see a tail; take at least 21, "
                     "better 1000",
                     draws)
               : "do not trust: the largest weights do not look like a tail; take more draws";
  }
  if (k <= result.k_threshold) {
    return fmt::format("{}: k_hat is {:.2f}", k < 0.5 ? "good" : "usable", k);
  }
  if (k < 0.7) {
    return fmt::format(
        "do not trust: k_hat is {:.2f}, above {:.2f} for {} draws; take at least {:.0f}", k,
        result.k_threshold, draws, std::ceil(std::pow(10, 1 / (1 - k))));
  }
  return fmt::format(
      "do not trust: k_hat is {:.2f}, above 0.7: the largest weights decide, and more draws would "
      "find larger ones; choose a guide with wider tails or a richer one",
      k);
}

}  // namespace

double ParetoTail::quantile(double p) const {
  const double exponential = -std::log1p(-p);
  return k == 0 ? sigma * exponential : sigma * std::expm1(k * exponential) / k;
}

ParetoTail fit_pareto_tail(const Array& excesses) {
  if (excesses.dimension() != 1 || excesses.size() == 0) {
    throw ShapeError(fmt::format("fit_pareto_tail: excesses have shape {}, expected (n)",
                                 to_string(excesses.shape())));
  }
  Vector x(excesses.data(), excesses.data() + excesses.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] >= 0 && std::isfinite(x[i])) continue;
    throw Error(
        fmt::format("fit_pareto_tail: excess {} of {} is {}, it must be positive and "
                    "finite: subtract the threshold",
                    i, x.size(), x[i]));
  }
  std::sort(x.begin(), x.end());
  return fit(x);
}

Psis psis(const Array& log_weights) {
  check_weights(log_weights);
  const std::size_t count = log_weights.size();
  const double draws = static_cast<double>(count);
  Vector w(log_weights.data(), log_weights.data() + count);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return w[a] < w[b]; });
  const double largest = w[order.back()];
  for (double& value : w) value -= largest;

  Psis result;
  result.log_weights = log_weights;
  result.k_hat = kInfinity;
  result.k_threshold = std::min(1 - 1 / std::log10(draws), 0.7);
  result.tail = 0;
  const auto tail = static_cast<std::size_t>(std::ceil(std::min(draws / 5, 3 * std::sqrt(draws))));
  const std::size_t first = count - tail;
  // Weights that should be equal differ by the rounding of their densities, which is no tail.
  const double rounding = std::sqrt(detail::kRounding);
  if (tail >= kLeastTail && w[order[first]] >= -rounding) {
    result.k_hat = -kInfinity;
  } else if (tail >= kLeastTail) {
    const double cutoff = std::exp(w[order[first - 1]]);
    Vector excesses;
    for (std::size_t i = first; i < count; ++i) excesses.push_back(std::exp(w[order[i]]) - cutoff);
    const ParetoTail pareto = fit(excesses);
    result.k_hat = pareto.k;
    if (std::isfinite(pareto.k)) result.tail = tail;
    for (std::size_t i = 0; i < result.tail; ++i) {
      const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(tail);
      const std::size_t draw = order[first + i];
      w[draw] = std::min(std::log(pareto.quantile(p) + cutoff), 0.0);
      result.log_weights(draw) = static_cast<real>(w[draw] + largest);
    }
  }

  double sum = 0, squares = 0;
  for (const double value : w) {
    sum += std::exp(value);
    squares += std::exp(2 * value);
  }
  result.effective_sample_size = sum * sum / squares;
  result.advice = advice(result, count);
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
