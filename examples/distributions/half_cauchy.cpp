#include <cstdio>
#include <evident/distributions/half_cauchy.hpp>

using namespace evident;

int main() {
  // [half_cauchy]
  const HalfCauchy scale(2.5);
  std::printf("median: %.2f\n", scale.median().item());
  std::printf("P(X <= 25) = %.4f\n", scale.cdf(25).item());
  std::printf("99%% quantile: %.1f\n", scale.icdf(0.99).item());
  std::printf("mean: %.0f\n", scale.mean().item());
  std::printf("log density at 1e200: %.2f\n", scale.log_prob(1e200).item());
  // [/half_cauchy]
}
