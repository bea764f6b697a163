#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/guide_check.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// log of the mean of each k weights after another, what is left over apart.
Var log_means(const Array& log_weights, std::size_t k) {
  const std::size_t groups = log_weights.size() / k;
  const Var grouped = reshape(slice(log_weights, 0, 0, groups * k), {groups, k});
  return logsumexp(grouped, {1}) - std::log(static_cast<double>(k));
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
