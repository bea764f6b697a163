#include <cstdio>
#include <evident/distributions/masked.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

using namespace evident;

int main() {
  // [masked]
  // Two sequences, the second of which ends after two values.
  const Array mask = matrix({{1, 1, 1}, {1, 1, 0}});
  const Independent sequences = to_event(Masked(Normal(zeros({2, 3}), 1), mask), 1);
  const Array x = matrix({{0.1, -0.2, 0.3}, {0.1, -0.2, 0}});
  const Array density = sequences.log_prob(x).value();
  std::printf("log p = %.4f, %.4f\n", density(0), density(1));
  // [/masked]
}
