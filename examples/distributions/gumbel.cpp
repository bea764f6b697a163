#include <cmath>
#include <cstdio>
#include <evident/distributions/gumbel.hpp>

using namespace evident;

int main() {
  // [gumbel]
  const Gumbel flood(10, 2);  // the highest level of a year, in m
  std::printf("mean %.4f, mode %.0f\n", flood.mean().item(), flood.mode().item());
  std::printf("level of a hundred years: %.2f\n", flood.icdf(0.99).item());
  std::printf("P(X > 20) = %.5f\n", std::exp(flood.log_survival(20).item()));
  std::printf("log P(X > 200) = %.2f\n", flood.log_survival(200).item());
  std::printf("entropy: %.4f nats\n", flood.entropy().item());
  // [/gumbel]
}
