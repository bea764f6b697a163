#include <cstdio>
#include <evident/distributions/chi2.hpp>

using namespace evident;

int main() {
  // [chi2]
  const Chi2 statistic(10);
  std::printf("mean %.0f, variance %.0f\n", statistic.mean().item(), statistic.variance().item());
  std::printf("median: %.4f\n", statistic.median().item());
  std::printf("critical value at 5%%: %.4f\n", statistic.icdf(0.95).item());
  std::printf("log p-value of 2000: %.2f\n", statistic.log_survival(2000).item());
  // [/chi2]
}
