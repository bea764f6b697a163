#include <cstdio>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/kl.hpp>

using namespace evident;

int main() {
  // [bernoulli]
  const Bernoulli rain(0.3);
  Rng rng(1);
  const Var draws = rain.sample(rng, {10000});
  std::printf("share of 1 in 10000 draws: %.3f\n", mean(draws).item());
  std::printf("entropy: %.4f nats\n", rain.entropy().item());
  std::printf("KL to a fair coin: %.4f nats\n", kl(rain, Bernoulli(0.5)).item());

  // A logit says what a probability cannot: here 1 - p is 4e-44.
  const Bernoulli sure = Bernoulli::from_logits(100);
  std::printf("log p(1) = %.3g, log p(0) = %.0f\n", sure.log_prob(1).item(),
              sure.log_prob(0).item());
  // [/bernoulli]
}
