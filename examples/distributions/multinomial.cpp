#include <cstdio>
#include <evident/distributions/multinomial.hpp>

using namespace evident;

int main() {
  // [multinomial]
  const Multinomial votes(10, vector({5, 3, 2}));  // weights
  std::printf("log P(5, 3, 2) = %.4f\n", votes.log_prob(vector({5, 3, 2})).item());
  const Array mean = votes.mean().value();
  std::printf("mean %.0f %.0f %.0f\n", mean(0), mean(1), mean(2));
  std::printf("entropy: %.4f nats\n", votes.entropy().item());

  Rng rng(1);
  const Array counts = votes.sample(rng);
  std::printf("a draw: %.0f %.0f %.0f\n", counts(0), counts(1), counts(2));
  // [/multinomial]
}
