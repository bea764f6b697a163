#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/truncated_normal.hpp>

using namespace evident;

int main() {
  // [truncated_normal]
  const TruncatedNormal width(10, 0.5, 9, 10.5);  // of parts that passed inspection, in mm
  std::printf("mean %.4f, variance %.4f\n", width.mean().item(), width.variance().item());
  std::printf("P(X <= 9.5) = %.4f\n", width.cdf(9.5).item());
  std::printf("KL to Normal(10, 0.5): %.4f nats\n", kl(width, Normal(10, 0.5)).item());
  const TruncatedNormal tail(0, 1, 40, 41);
  std::printf("beyond 40 deviations: mean %.6f\n", tail.mean().item());
  // [/truncated_normal]
}
