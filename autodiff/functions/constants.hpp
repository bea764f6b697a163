#pragma once

#include <limits>

// The numbers that formulas name.

namespace evident {

namespace parts {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kLn2 = 0.69314718055994530942;
inline constexpr double kLogTwoPi = 1.83787706640934548356;
inline constexpr double kHalfLogTwoPi = 0.91893853320467274178;

}  // namespace parts

}  // namespace evident
