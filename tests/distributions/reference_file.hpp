#pragma once

#include <evident/autodiff/var.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The numbers of reference/*.json, which mpmath computed with 50 digits.

namespace evident::testing {

/// What a distribution must say about one value.
struct ReferencePoint {
  Array x;
  std::map<std::string, double> answers;  // log_prob, cdf, log_cdf, log_survival
};

/// The derivatives of log_prob at one value.
struct ReferenceGradient {
  Array x;
  std::optional<double> in_x;        // none for discrete outcomes
  std::vector<Array> in_parameters;  // NaN where there is no derivative
};

/// A distribution with these parameters.
struct ReferenceSet {
  std::vector<Array> at;
  // mean, median, mode, modes, variance, entropy: nothing where there is none.
  std::map<std::string, std::optional<Array>> answers;
  std::vector<ReferencePoint> points;
  std::vector<std::pair<double, double>> quantiles;  // p, x
  std::vector<ReferenceGradient> gradients;

  /// "(2, 3)", for messages.
  std::string text() const;
  /// A number among the answers. Errors: there is none.
  double number(const std::string& answer) const;
};

/// Every set of the file of this name whose numbers `real` holds; values that it does not hold are
/// left out.
const std::vector<ReferenceSet>& reference_sets(const std::string& name);

}  // namespace evident::testing
