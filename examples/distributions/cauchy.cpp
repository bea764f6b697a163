#include <cstdio>
#include <evident/distributions/cauchy.hpp>

using namespace evident;

int main() {
  // [cauchy]
  const Cauchy noise(0, 1);
  std::printf("log density at 0: %.4f\n", noise.log_prob(0).item());
  std::printf("quartiles: %.4f and %.4f\n", noise.icdf(0.25).item(), noise.icdf(0.75).item());
  std::printf("log P(X > 1e300) = %.2f\n", noise.log_survival(1e300).item());
  try {
    noise.mean();
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
  }
  // [/cauchy]
}
