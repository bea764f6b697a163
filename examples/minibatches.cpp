#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

int main() {
  Rng rng(1);
  const Var y = 3 + Var(standard_normal({10000}, rng));
  // [minibatch]
  const auto model = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 10));
    const Plate rows = t.plate("rows", 10000, 128);  // drawn without replacement
    t.observe("y", Normal(mu + zeros({rows.count()}), 1), rows.take(y));
  };
  // [/minibatch]
  const MeanFieldNormal guide(LatentSpace(rng, model));
  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.01, 20000);
  options.steps = 20000;
  options.tolerance = 0;
  fit(rng, options, model, guide);
  // The posterior of all rows is normal, with the precision 10000 + 1/100.
  expect("mu", guide.loc()(0), mean(y).item(), 0.005);
  expect("its standard deviation", guide.scale()(0), 0.01, 0.002);
  std::printf("mu is %.3f +- %.3f, by all data %.3f +- 0.010\n", Var(guide.loc()).item(),
              Var(guide.scale()).item(), mean(y).item());
}
