#include <cmath>
#include <cstdio>
#include <evident/distributions/geometric.hpp>

using namespace evident;

int main() {
  // [geometric]
  const Geometric failures(0.25);
  std::printf("P(no failure) = %.2f\n", std::exp(failures.log_prob(0).item()));
  std::printf("P(at most 3) = %.4f\n", failures.cdf(3).item());
  std::printf("mean %.0f, variance %.0f\n", failures.mean().item(), failures.variance().item());
  std::printf("median %.0f, 99%% quantile %.0f\n", failures.median().item(),
              failures.icdf(0.99).item());
  // [/geometric]
}
