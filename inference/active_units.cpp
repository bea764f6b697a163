#include <fmt/format.h>

#include <evident/autodiff/error.hpp>
#include <evident/inference/active_units.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

ActiveUnits active_units(const Array& means, double threshold) {
  if (means.dimension() != 2 || means.shape()[0] < 2) {
    throw ShapeError(fmt::format(
        "active_units: got posterior means of shape {}, expected (data, units) with 2 rows or more",
        to_string(means.shape())));
  }
  const std::size_t rows = means.shape()[0], units = means.shape()[1];
  ActiveUnits result{std::vector<double>(units, 0), threshold, 0};
  std::vector<double> averages(units, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t j = 0; j < units; ++j) {
      const auto value = static_cast<double>(means.data()[row * units + j]);
      const double delta = value - averages[j];
      averages[j] += delta / static_cast<double>(row + 1);
      result.variances[j] += delta * (value - averages[j]) / static_cast<double>(rows - 1);
    }
  }
  for (const double variance : result.variances) result.active += variance > threshold ? 1 : 0;
  return result;
}

std::string to_string(const ActiveUnits& units) {
  return fmt::format("{} of {} units are active", units.active, units.variances.size());
}

std::vector<std::string> warnings(const ActiveUnits& units) {
  const std::size_t count = units.variances.size();
  if (count == 0 || 10 * units.active >= count) return {};
  return {fmt::format(
      "{}: the posterior has collapsed onto the prior{}; warm the KL up with FitOptions::beta, "
      "give it free_bits, or make the decoder weaker",
      to_string(units),
      units.active == 0 ? ", and the data say nothing of z" : " in most of them")};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
