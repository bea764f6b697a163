#pragma once

#include <evident/inference/sampler.hpp>
#include <limits>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What draws say of one quantity.
struct QuantitySummary {
  std::string name;
  double mean, sd, mcse;      ///< mcse: the Monte Carlo standard error of the mean
  double q05, q50, q95;       ///< quantiles
  double ess_bulk, ess_tail;  ///< effective sample sizes
  double r_hat;
  double k_hat = std::numeric_limits<double>::quiet_NaN();  ///< of a guide's weights, see `Psis`
};

/// One for each of the n quantities of draws of shape (chains, draws, n), see `LatentSpace::values`
/// and `LatentSpace::names`.
/// Errors: another shape; another number of names; those of `split_r_hat`.
std::vector<QuantitySummary> summarise(const Array& draws, const std::vector<std::string>& names);

/// As a table, one line a quantity; "-" stands for what a summary does not have.
std::string to_string(const std::vector<QuantitySummary>& summary);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
