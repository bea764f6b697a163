#pragma once

#include <evident/autodiff/functions/constants.hpp>

// The numbers that tests name.

namespace evident::testing {

inline constexpr double kInf = parts::kInfinity;
inline constexpr double kNan = parts::kNan;
inline constexpr double kLn2 = parts::kLn2;

}  // namespace evident::testing
