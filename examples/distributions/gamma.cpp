#include <cstdio>
#include <evident/distributions/gamma.hpp>

using namespace evident;

int main() {
  // [gamma]
  const Gamma precision(3, 2);
  std::printf("mean %.2f, mode %.2f\n", precision.mean().item(), precision.mode().item());
  std::printf("median: %.4f\n", precision.median().item());
  std::printf("log density at 1: %.4f\n", precision.log_prob(1).item());
  std::printf("mean from a scale: %.0f\n", Gamma::from_scale(3, 2).mean().item());

  // A draw of this one is too small for a number; its logarithm is not.
  Rng rng(1);
  std::printf("log of a draw: %.0f\n", Gamma(0.0001, 1).sample_log(rng)());
  // [/gamma]
}
