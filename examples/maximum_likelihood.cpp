#include <cstdio>
#include <evident/inference/maximum_likelihood.hpp>

using namespace evident;

int main() {
  // [maximum_likelihood]
  Rng rng(1);
  const Array waiting = Gamma(2.5, 0.5).sample(rng, {1000});  // in minutes

  const MaximumLikelihood<Gamma> fit = maximum_likelihood<Gamma>(waiting);
  for (const Estimate& estimate : fit.estimates) {
    std::printf("%s: %.3f +- %.3f\n", estimate.name.c_str(), estimate.value,
                estimate.standard_error);
  }
  std::printf("log likelihood: %.1f nats after %d iterations\n", fit.log_likelihood,
              fit.iterations);
  std::printf("longer than 10 minutes with probability %.3f, in truth %.3f\n",
              1 - fit.distribution.cdf(10).item(), 1 - Gamma(2.5, 0.5).cdf(10).item());
  // [/maximum_likelihood]
}
