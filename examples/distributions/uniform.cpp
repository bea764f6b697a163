#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/uniform.hpp>

using namespace evident;

int main() {
  // [uniform]
  const Uniform angle(0, 360);
  std::printf("log density: %.4f\n", angle.log_prob(90).item());
  std::printf("P(X <= 90) = %.2f\n", angle.cdf(90).item());
  std::printf("mean %.0f, variance %.0f\n", angle.mean().item(), angle.variance().item());
  std::printf("entropy: %.4f nats\n", angle.entropy().item());
  std::printf("KL to Uniform(0, 720): %.4f nats\n", kl(angle, Uniform(0, 720)).item());
  // [/uniform]
}
