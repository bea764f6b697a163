#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/pareto.hpp>

using namespace evident;

int main() {
  // [pareto]
  const Pareto wealth(1, 1.16);
  std::printf("P(X > 10) = %.4f\n", 1 - wealth.cdf(10).item());
  std::printf("median %.4f, mean %.2f\n", wealth.median().item(), wealth.mean().item());
  std::printf("top 1%% above %.1f\n", wealth.icdf(0.99).item());
  std::printf("variance: %.0f\n", wealth.variance().item());
  std::printf("log P(X > 1e300) = %.2f\n", wealth.log_survival(1e300).item());
  std::printf("KL to alpha 2: %.4f nats\n", kl(wealth, Pareto(1, 2)).item());
  // [/pareto]
}
