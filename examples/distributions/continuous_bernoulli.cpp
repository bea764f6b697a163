#include <cmath>
#include <cstdio>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/uniform.hpp>

using namespace evident;

int main() {
  // [continuous_bernoulli]
  const ContinuousBernoulli pixel(0.9);
  std::printf("mean %.4f, which is not probs\n", pixel.mean().item());
  std::printf("log density of grey 0.75: %.4f\n", pixel.log_prob(0.75).item());
  std::printf("P(X <= 0.5) = %.4f\n", pixel.cdf(0.5).item());
  std::printf("KL to Uniform(0, 1): %.4f nats\n", kl(pixel, Uniform(0, 1)).item());
  const auto even = ContinuousBernoulli::from_logits(0);
  std::printf("density at logit 0: %.0f\n", std::exp(even.log_prob(0.3).item()));
  // [/continuous_bernoulli]
}
