#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/weibull.hpp>

using namespace evident;

int main() {
  // [weibull]
  const Weibull lifetime(10, 2);  // in years
  std::printf("mean %.4f, median %.4f\n", lifetime.mean().item(), lifetime.median().item());
  std::printf("P(X <= 5) = %.4f\n", lifetime.cdf(5).item());
  std::printf("one in a hundred fails before %.2f\n", lifetime.icdf(0.01).item());
  std::printf("log P(X > 1000) = %.0f\n", lifetime.log_survival(1000).item());
  std::printf("KL to Weibull(10, 1): %.4f nats\n", kl(lifetime, Weibull(10, 1)).item());
  // [/weibull]
}
