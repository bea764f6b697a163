#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/guide_check.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

double log_mean_exp(const double* values, std::size_t count) {
  const double top = *std::max_element(values, values + count);
  if (std::isinf(top)) return top;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::exp(values[i] - top);
  return top + std::log(sum / static_cast<double>(count));
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
  GuideCheck result{0, 0, 0, 0, psis(log_weights), {}};
  for (const double x : w) result.elbo += x / n;
  double squares = 0, ratios = 0;
  for (const double x : w) squares += (x - result.elbo) * (x - result.elbo);
  result.elbo_error = std::sqrt(squares / (n - 1) / n);
  result.log_evidence = log_mean_exp(w.data(), w.size());
  // To first order the error of the logarithm is the relative error of the mean.
  for (const double x : w) ratios += std::pow(std::expm1(x - result.log_evidence), 2);
  result.log_evidence_error = std::sqrt(ratios / (n - 1) / n);
  for (std::size_t k = 1; 10 * k <= w.size(); k *= 10) {
    double sum = 0;
    const std::size_t groups = w.size() / k;
    for (std::size_t g = 0; g < groups; ++g) sum += log_mean_exp(w.data() + g * k, k);
    result.curve.emplace_back(k, sum / static_cast<double>(groups));
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
