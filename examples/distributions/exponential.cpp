#include <cstdio>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/kl.hpp>

using namespace evident;

int main() {
  // [exponential]
  const Exponential wait(0.5);  // one event every 2 minutes
  std::printf("mean %.1f, median %.4f\n", wait.mean().item(), wait.median().item());
  std::printf("P(X <= 1) = %.4f\n", wait.cdf(1).item());
  std::printf("log P(X > 4000) = %.0f\n", wait.log_survival(4000).item());
  std::printf("KL to rate 1: %.4f nats\n", kl(wait, Exponential(1)).item());
  // [/exponential]
}
