#include <cmath>
#include <cstdio>
#include <evident/distributions/zero_inflated_poisson.hpp>

using namespace evident;

int main() {
  // [zero_inflated_poisson]
  const ZeroInflatedPoisson catches(0.4, 3);
  std::printf("P(0) = %.4f\n", std::exp(catches.log_prob(0).item()));
  std::printf("P(at most 2) = %.4f\n", catches.cdf(2).item());
  std::printf("mean %.2f, variance %.2f\n", catches.mean().item(), catches.variance().item());
  std::printf("mode %.0f, 90%% quantile %.0f\n", catches.mode().item(), catches.icdf(0.9).item());
  std::printf("entropy: %.4f nats\n", catches.entropy().item());
  // [/zero_inflated_poisson]
}
