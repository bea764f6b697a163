#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/normal.hpp>

using namespace evident;

int main() {
  // [normal]
  const Normal height(175, 7);  // in cm
  std::printf("log density at 180: %.4f\n", height.log_prob(180).item());
  std::printf("entropy: %.4f nats\n", height.entropy().item());
  std::printf("KL to Normal(170, 10): %.4f nats\n", kl(height, Normal(170, 10)).item());

  // The slope of E x^2 = loc^2 + scale^2 in both parameters, through a million draws.
  const Var loc = Var::parameter(scalar(3)), scale = Var::parameter(scalar(2));
  Rng rng(1);
  Tape tape;
  const Var x = Normal(loc, scale).rsample(rng, {1000000});
  const std::vector<Array> slopes = tape.gradients(mean(square(x)), {loc, scale});
  std::printf("slopes: %.2f and %.2f, in truth 6 and 4\n", slopes[0](), slopes[1]());
  // [/normal]
}
