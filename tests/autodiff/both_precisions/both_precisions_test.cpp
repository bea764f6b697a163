#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/tests/autodiff/both_precisions/outcomes.hpp>
#include <limits>

// One program that links both precisions. Float and double run the same kernels on the same
// numbers, so what they disagree in is the rounding of floats.

namespace {

// A few roundings (each is 6e-8), on the scale of the largest element: sums cancel.
constexpr double kBound = 1e-6;

double error(const std::vector<double>& in_float, const std::vector<double>& in_double) {
  if (in_float.size() != in_double.size()) return std::numeric_limits<double>::infinity();
  double scale = std::numeric_limits<double>::min();
  for (const double y : in_double) {
    if (std::isfinite(y)) scale = std::max(scale, std::abs(y));
  }
  double largest = 0;
  for (std::size_t i = 0; i < in_double.size(); ++i) {
    const bool nothing = std::isnan(in_float[i]) && std::isnan(in_double[i]);  // a mean of none
    if (nothing || in_float[i] == in_double[i]) continue;
    const double here = std::abs(in_float[i] - in_double[i]) / scale;
    if (!(here <= largest)) largest = here;
  }
  return largest;
}

}  // namespace

int main() {
  const std::vector<Outcome> in_float = outcomes(float());
  const std::vector<Outcome> in_double = outcomes(double());
  if (in_double.empty() || in_float.size() != in_double.size()) {
    std::printf("the tables differ\n");
    return 1;
  }
  int failures = 0;
  double roundings = 0;
  for (std::size_t i = 0; i < in_double.size(); ++i) {
    const double value = error(in_float[i].value, in_double[i].value);
    double gradient = 0;
    for (std::size_t k = 0; k < in_double[i].gradients.size(); ++k) {
      const double here = error(in_float[i].gradients[k], in_double[i].gradients[k]);
      if (!(here <= gradient)) gradient = here;
    }
    const bool good = value <= kBound && gradient <= kBound;
    failures += !good;
    roundings += value + gradient;
    std::printf("%s value %.1e gradient %.1e  %s\n", good ? "      " : "WRONG ", value, gradient,
                in_double[i].name.c_str());
  }
  if (roundings == 0) {
    std::printf("no difference at all: is one precision running twice?\n");
    return 1;
  }
  std::printf("%d of %zu beyond %.0e\n", failures, in_double.size(), kBound);
  return failures == 0 ? 0 : 1;
}
