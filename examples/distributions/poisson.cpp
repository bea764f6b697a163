#include <cmath>
#include <cstdio>
#include <evident/distributions/poisson.hpp>

using namespace evident;

int main() {
  // [poisson]
  const Poisson goals(2.7);
  std::printf("P(0) = %.4f\n", std::exp(goals.log_prob(0).item()));
  std::printf("P(at most 3) = %.4f\n", goals.cdf(3).item());
  std::printf("median %.0f, mode %.0f\n", goals.median().item(), goals.mode().item());
  std::printf("entropy: %.4f nats\n", goals.entropy().item());

  // A billion events, one standard deviation above the mean.
  std::printf("log P = %.6f\n", Poisson(1e9).log_prob(1000031623).item());
  // [/poisson]
}
