#include <cstdio>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/information.hpp>
#include <evident/distributions/normal.hpp>

using namespace evident;

int main() {
  // [information]
  const Bernoulli six(1.0 / 6);  // whether a die shows a six
  const Var yes = information_content(six, 1, Unit::kBits);
  const Var no = information_content(six, 0, Unit::kBits);
  std::printf("a six says %.3f bits, no six %.3f, a throw %.3f on average\n", yes.item(), no.item(),
              entropy(six, Unit::kBits).item());

  const Normal p(0, 1), q(1, 0.6);
  const Var own = entropy(p, Unit::kBits), other = cross_entropy(p, q, Unit::kBits);
  std::printf("p in its own code %.3f bits, in that of q %.3f\n", own.item(), other.item());

  // Which candidate describes p best? Too wide costs less than too narrow.
  for (const Normal& candidate : {q, Normal(1, 1), Normal(0, 0.5), Normal(0, 2)}) {
    const Var excess = kl(p, candidate, Unit::kBits);
    std::printf("Normal(%.0f, %.1f): %.3f bits too many\n", candidate.loc().item(),
                candidate.scale().item(), excess.item());
  }
  // [/information]
}
