#pragma once

#include <evident/tests/autodiff/operation_table.hpp>
#include <limits>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {

constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kFree = 1e300;  // a derivative that neither a limit nor a convention defines

/// What an elementwise operation and its derivatives are at one place.
struct EdgeRow {
  const char* declared;
  std::vector<double> at;
  double value;
  std::vector<double> slopes;
};

/// Those of the special functions.
const std::vector<EdgeRow>& special_edges();

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
