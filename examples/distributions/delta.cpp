#include <cstdio>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/kl.hpp>

using namespace evident;

int main() {
  // [delta]
  const Delta known(1.5);
  Rng rng(1);
  std::printf("a draw: %.1f\n", static_cast<double>(known.sample(rng)()));
  std::printf("log P(X = 1.5): %.0f\n", known.log_prob(1.5).item());
  std::printf("log P(X = 1): %.0f\n", known.log_prob(1).item());
  std::printf("KL to Delta(1.5): %.0f, to Delta(2): %.0f\n", kl(known, Delta(1.5)).item(),
              kl(known, Delta(2)).item());
  // [/delta]
}
