#include <cmath>
#include <cstdio>
#include <evident/distributions/binomial.hpp>

using namespace evident;

int main() {
  // [binomial]
  const Binomial heads(100, 0.5);
  std::printf("P(50 heads) = %.4f\n", std::exp(heads.log_prob(50).item()));
  std::printf("P(at most 40) = %.4f\n", heads.cdf(40).item());
  std::printf("95%% quantile: %.0f\n", heads.icdf(0.95).item());
  std::printf("variance %.0f, entropy %.4f nats\n", heads.variance().item(),
              heads.entropy().item());

  // A million trials: the tail is far below the smallest number.
  std::printf("log P(X > 600000) = %.1f\n", Binomial(1e6, 0.5).log_survival(6e5).item());
  // [/binomial]
}
