#include <cstdio>
#include <evident/distributions/one_hot_categorical.hpp>

using namespace evident;

int main() {
  // [one_hot_categorical]
  const OneHotCategorical colour(vector({2, 1, 1}));
  std::printf("log P(second) = %.4f\n", colour.log_prob(vector({0, 1, 0})).item());
  const Array mean = colour.mean().value();
  std::printf("mean %.2f %.2f %.2f\n", mean(0), mean(1), mean(2));
  std::printf("entropy: %.4f nats\n", colour.entropy().item());

  Rng rng(1);
  const Array draw = colour.sample(rng);
  std::printf("a draw: %.0f %.0f %.0f\n", draw(0), draw(1), draw(2));
  // [/one_hot_categorical]
}
