#include <cstdio>
#include <evident/distributions/dirichlet.hpp>
#include <evident/distributions/kl.hpp>

using namespace evident;

int main() {
  // [dirichlet]
  const Dirichlet before(vector({1, 1, 1}));             // nothing is known
  const Dirichlet after(vector({1 + 7, 1 + 2, 1 + 1}));  // counts of 7, 2 and 1
  std::printf("log p(0.5, 0.3, 0.2) = %.4f\n", after.log_prob(vector({0.5, 0.3, 0.2})).item());
  const Array mean = after.mean().value();
  std::printf("mean %.3f %.3f %.3f\n", mean(0), mean(1), mean(2));
  std::printf("learned: %.4f nats\n", kl(after, before).item());

  Rng rng(1);
  const Dirichlet sparse(vector({1e-3, 1e-3, 1e-3}));
  const Array logs = sparse.sample_log(rng);
  std::printf("logarithms of a draw: %.1f %.1f %.1f\n", logs(0), logs(1), logs(2));
  // [/dirichlet]
}
