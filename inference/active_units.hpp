#pragma once

#include <evident/autodiff/array.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Which latent numbers of a model with an encoder say anything of its data.
struct ActiveUnits {
  std::vector<double> variances;  ///< of each number's posterior mean, over the data
  double threshold;               ///< above it a number is active
  std::size_t active;
};

/// What the posterior means E_q[z | x], shape (data, units), say (Burda et al. 2016, section 4): a
/// unit is active if the variance of its mean over the data is above `threshold`.
/// Errors: another shape; fewer than 2 rows.
ActiveUnits active_units(const Array& means, double threshold = 0.01);

/// As a line of text.
std::string to_string(const ActiveUnits& units);

/// What is wrong, in words: posterior collapse, where no unit is active, or nearly none.
std::vector<std::string> warnings(const ActiveUnits& units);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
