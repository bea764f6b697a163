#include <cstdio>
#include <evident/distributions/von_mises.hpp>

using namespace evident;

int main() {
  // [von_mises]
  const VonMises wind(1, 4);  // in radians
  std::printf("log density at 1: %.4f\n", wind.log_prob(1).item());
  std::printf("a turn further: %.4f\n", wind.log_prob(1 + 2 * std::acos(-1)).item());
  std::printf("P(X <= 1.5) = %.4f\n", wind.cdf(1.5).item());
  std::printf("95%% quantile: %.4f\n", wind.icdf(0.95).item());
  std::printf("circular variance: %.4f\n", wind.variance().item());
  std::printf("entropy: %.4f nats\n", wind.entropy().item());
  // [/von_mises]
}
