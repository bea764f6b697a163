#include <cstdio>
#include <evident/distributions/beta.hpp>

using namespace evident;

int main() {
  // [beta]
  const Beta share(8, 4);  // 7 successes and 3 failures after a uniform prior
  std::printf("mean %.4f, mode %.4f\n", share.mean().item(), share.mode().item());
  std::printf("P(share > 1/2) = %.4f\n", 1 - share.cdf(0.5).item());
  std::printf("95%% between %.3f and %.3f\n", share.icdf(0.025).item(), share.icdf(0.975).item());

  // Nearly all of this mass is too near 0 for a number; its logarithms are numbers.
  Rng rng(1);
  std::printf("log of a draw: %.0f\n", Beta(0.001, 1).sample_log(rng)());
  // [/beta]
}
