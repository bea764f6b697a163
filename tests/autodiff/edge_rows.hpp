#pragma once

#include <evident/tests/autodiff/operation_table.hpp>
#include <vector>

#include "../numbers.hpp"

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {

using evident::testing::kInf;
using evident::testing::kNan;
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
