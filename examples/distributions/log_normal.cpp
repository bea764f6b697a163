#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/log_normal.hpp>

using namespace evident;

int main() {
  // [log_normal]
  const LogNormal income(10, 0.5);
  std::printf("mean %.0f, median %.0f, mode %.0f\n", income.mean().item(), income.median().item(),
              income.mode().item());
  std::printf("P(X <= 10000) = %.4f\n", income.cdf(10000).item());
  std::printf("top 1%% above %.0f\n", income.icdf(0.99).item());
  std::printf("log P(X > 1e12) = %.2f\n", income.log_survival(1e12).item());
  std::printf("KL to LogNormal(10, 1): %.4f nats\n", kl(income, LogNormal(10, 1)).item());
  // [/log_normal]
}
