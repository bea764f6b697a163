#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/laplace.hpp>

using namespace evident;

int main() {
  // [laplace]
  const Laplace error(0, 1);
  std::printf("log density at 3: %.4f\n", error.log_prob(3).item());
  std::printf("P(X <= -1) = %.4f\n", error.cdf(-1).item());
  std::printf("95%% quantile: %.4f\n", error.icdf(0.95).item());
  std::printf("log P(X > 1000) = %.4f\n", error.log_survival(1000).item());
  std::printf("KL to Laplace(1, 2): %.4f nats\n", kl(error, Laplace(1, 2)).item());
  // [/laplace]
}
