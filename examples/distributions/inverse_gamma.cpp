#include <cstdio>
#include <evident/distributions/inverse_gamma.hpp>

using namespace evident;

int main() {
  // [inverse_gamma]
  const InverseGamma variance(3, 2);
  std::printf("mean %.2f, mode %.2f\n", variance.mean().item(), variance.mode().item());
  std::printf("median: %.4f\n", variance.median().item());
  std::printf("log density at 1: %.4f\n", variance.log_prob(1).item());
  std::printf("P(X <= 2) = %.4f\n", variance.cdf(2).item());
  std::printf("variance for a = 2: %.0f\n", InverseGamma(2, 1).variance().item());
  // [/inverse_gamma]
}
