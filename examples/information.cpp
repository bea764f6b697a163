#include <cstdio>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/information.hpp>
#include <evident/distributions/normal.hpp>

using namespace evident;

int main() {
  // [information]
  const Bernoulli six(1.0 / 6);  // whether a die shows a six
  std::printf("a six says %.3f bits, another number %.3f, a throw %.3f on average\n",
              information_content(six, 1, Unit::kBits).item(),
              information_content(six, 0, Unit::kBits).item(), entropy(six, Unit::kBits).item());

  const Normal p(0, 1), q(1, 0.6);
  std::printf("KL(p || q) = %.5f nats, KL(q || p) = %.5f nats\n", kl(p, q).item(), kl(q, p).item());
  std::printf("p in its own code %.3f bits, in that of q %.3f\n", entropy(p, Unit::kBits).item(),
              cross_entropy(p, q, Unit::kBits).item());

  // Which candidate describes p best? One that is too wide costs less than one that is too narrow.
  for (const Normal& candidate : {q, Normal(1, 1), Normal(0, 0.5), Normal(0, 2)}) {
    std::printf("Normal(%.0f, %.1f): %.3f bits too many\n", candidate.loc().item(),
                candidate.scale().item(), kl(p, candidate, Unit::kBits).item());
  }
  // [/information]
}
