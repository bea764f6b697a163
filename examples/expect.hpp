#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>

// Ends the program with an error unless `value` is within `tolerance` of `expected`.
inline void expect(const char* what, double value, double expected, double tolerance) {
  if (std::abs(value - expected) <= tolerance) return;  // false for NaN
  std::fprintf(stderr, "%s: got %g, expected %g +- %g\n", what, value, expected, tolerance);
  std::exit(1);
}
