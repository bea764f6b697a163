#include <cmath>
#include <cstdio>

#include "logarithm.hpp"

namespace {

bool within(double rounding, const Logarithm& y) {
  std::printf("log 3 = %.16g, its slope %.16g\n", y.value, y.slope);
  return std::abs(y.value - std::log(3)) < rounding && std::abs(y.slope - 1.0 / 3) < rounding;
}

}  // namespace

int main() {
  const Logarithm in_float = logarithm(float()), in_double = logarithm(double());
  const bool accurate = within(1e-6, in_float) && within(1e-15, in_double);
  const bool different = in_float.slope != in_double.slope;  // neither runs twice
  return accurate && different ? 0 : 1;
}
