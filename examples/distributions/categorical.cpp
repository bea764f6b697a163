#include <cmath>
#include <cstdio>
#include <evident/distributions/categorical.hpp>

using namespace evident;

int main() {
  // [categorical]
  const Categorical weather(vector({6, 3, 1}));  // weights: sun, clouds, rain
  std::printf("log P(rain) = %.4f\n", weather.log_prob(2).item());
  std::printf("most probable: %.0f\n", weather.mode().item());
  std::printf("entropy %.4f nats, at most %.4f\n", weather.entropy().item(), std::log(3));

  Rng rng(1);
  const Array days = weather.sample(rng, {7});
  for (const double day : days) std::printf("%.0f ", day);
  std::printf("\n");
  // [/categorical]
}
