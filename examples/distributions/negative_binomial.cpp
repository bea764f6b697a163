#include <cmath>
#include <cstdio>
#include <evident/distributions/negative_binomial.hpp>

using namespace evident;

int main() {
  // [negative_binomial]
  // Counts of mean 10, from logits log(10 / r).
  const NegativeBinomial visits = NegativeBinomial::from_logits(2.5, std::log(10 / 2.5));
  std::printf("mean %.0f, variance %.0f\n", visits.mean().item(), visits.variance().item());
  std::printf("log P(0) = %.4f\n", visits.log_prob(0).item());
  std::printf("P(at most 20) = %.4f\n", visits.cdf(20).item());
  std::printf("median %.0f, mode %.0f\n", visits.median().item(), visits.mode().item());
  // [/negative_binomial]
}
