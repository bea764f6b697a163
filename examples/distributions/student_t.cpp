#include <cstdio>
#include <evident/distributions/student_t.hpp>

using namespace evident;

int main() {
  // [student_t]
  const StudentT robust(4, 0, 1);
  std::printf("log density at 10: %.4f\n", robust.log_prob(10).item());
  std::printf("P(X <= 2) = %.4f\n", robust.cdf(2).item());
  std::printf("97.5%% quantile: %.4f\n", robust.icdf(0.975).item());
  std::printf("variance %.0f, entropy %.4f\n", robust.variance().item(), robust.entropy().item());
  std::printf("log P(X > 1e50) = %.2f\n", robust.log_survival(1e50).item());
  // [/student_t]
}
