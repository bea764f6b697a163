#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/convergence.hpp>
#include <evident/inference/summary.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

std::vector<QuantitySummary> summarise(const Array& draws, const std::vector<std::string>& names) {
  if (draws.dimension() != 3 || draws.shape()[2] != names.size()) {
    throw ShapeError(fmt::format(
        "summarise: got draws of shape {} and {} names, expected (chains, draws, quantities) with "
        "a name for each quantity",
        to_string(draws.shape()), names.size()));
  }
  const Array r_hat = split_r_hat(draws), bulk = evident::ess_bulk(draws),
              tail = evident::ess_tail(draws), mcse = mcse_mean(draws);
  std::vector<QuantitySummary> result;
  const std::size_t n = names.size(), count = n == 0 ? 0 : draws.size() / n;
  for (std::size_t k = 0; k < n; ++k) {
    std::vector<double> x(count);
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = static_cast<double>(draws.data()[i * n + k]);
      sum += x[i];
    }
    const double mean = sum / static_cast<double>(count);
    for (const double v : x) squares += (v - mean) * (v - mean);
    const auto of = [k](const Array& all) { return static_cast<double>(all.data()[k]); };
    result.push_back({names[k], mean, std::sqrt(squares / static_cast<double>(count - 1)), of(mcse),
                      detail::quantile(x, 0.05), detail::quantile(x, 0.5),
                      detail::quantile(x, 0.95), of(bulk), of(tail), of(r_hat)});
  }
  return result;
}

std::string to_string(const std::vector<QuantitySummary>& summary) {
  std::size_t width = 8;
  for (const QuantitySummary& row : summary) width = std::max(width, row.name.size());
  std::string text = fmt::format(
      "{:{}} {:>8} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6} {:>6}\n", "", width, "mean",
      "mcse", "sd", "5%", "50%", "95%", "ess bulk", "ess tail", "R-hat", "k-hat");
  const auto known = [](double value, int digits) {
    return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, digits);
  };
  for (const QuantitySummary& r : summary) {
    text += fmt::format(
        "{:{}} {:>8.4g} {:>7.2g} {:>7.4g} {:>8.4g} {:>8.4g} {:>8.4g} {:>8} {:>8} {:>6} {:>6}\n",
        r.name, width, r.mean, r.mcse, r.sd, r.q05, r.q50, r.q95, known(r.ess_bulk, 0),
        known(r.ess_tail, 0), known(r.r_hat, 3), known(r.k_hat, 2));
  }
  return text;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
