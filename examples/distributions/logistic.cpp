#include <cstdio>
#include <evident/distributions/logistic.hpp>

using namespace evident;

int main() {
  // [logistic]
  const Logistic threshold(0, 1);
  std::printf("log density at 0: %.4f\n", threshold.log_prob(0).item());
  std::printf("P(X <= 2) = %.4f\n", threshold.cdf(2).item());
  std::printf("quartile: %.4f\n", threshold.icdf(0.75).item());
  std::printf("variance: %.4f\n", threshold.variance().item());
  std::printf("log P(X > 1000) = %.0f\n", threshold.log_survival(1000).item());
  // [/logistic]
}
