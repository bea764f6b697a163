#include <cstdio>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/kl.hpp>

using namespace evident;

int main() {
  // [half_normal]
  const HalfNormal scale(2);
  std::printf("mean %.4f, median %.4f\n", scale.mean().item(), scale.median().item());
  std::printf("P(X <= 4) = %.4f\n", scale.cdf(4).item());
  std::printf("log P(X > 100) = %.2f\n", scale.log_survival(100).item());
  std::printf("KL to scale 1: %.4f nats\n", kl(scale, HalfNormal(1)).item());
  // [/half_normal]
}
