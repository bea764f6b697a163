#include <cstdio>
#include <evident/distributions/discrete_uniform.hpp>

using namespace evident;

int main() {
  // [discrete_uniform]
  const DiscreteUniform die(1, 6);
  std::printf("log P(3) = %.4f, P(X <= 4) = %.4f\n", die.log_prob(3).item(), die.cdf(4).item());
  std::printf("mean %.1f, variance %.4f\n", die.mean().item(), die.variance().item());
  std::printf("median 3.5 is the middle: %.1f; icdf(0.5) = %.0f\n", die.median().item(),
              die.icdf(0.5).item());

  Rng rng(1);
  for (const double roll : die.sample(rng, {10})) std::printf("%.0f ", roll);
  std::printf("\n");
  // [/discrete_uniform]
}
