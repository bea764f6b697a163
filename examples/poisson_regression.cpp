#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

// Counts whose rate grows with x: log rate = a + b x. With two unknown numbers the posterior can be
// summed over a grid, and what the sampler and the guide say compared with the sum.
int main() {
  Rng rng(2);
  const Var x = 2 * Var(uniform({40}, rng)) - 1;
  const Var y = Poisson(exp(0.5 + 1.2 * x)).sample(rng);

  const auto model = [&](Trace& t) {
    const Var a = t.sample("a", Normal(0, 2)), b = t.sample("b", Normal(0, 2));
    t.observe("y", Poisson(exp(a + b * x)), y);
  };
  const LatentSpace space(rng, model);

  const Draws draws = nuts(rng, space.density(), zeros({2}));
  const auto summary = summarise(space.values(draws.values), space.names());
  std::printf("%s\n", to_string(summary).c_str());

  const FullRankNormal guide(space);
  fit(rng, {}, model, guide);
  const GuideCheck check = check_guide(rng, 10000, model, guide);
  std::printf("%s\n", to_string(check).c_str());

  // Points at every tenth of a standard deviation, up to eight in both directions.
  const int half = 80;
  double total = 0, mean_a = 0, mean_b = 0, top = check.log_evidence;
  for (int i = -half; i <= half; ++i) {
    for (int j = -half; j <= half; ++j) {
      const double a = summary[0].mean + 0.1 * i * summary[0].sd;
      const double b = summary[1].mean + 0.1 * j * summary[1].sd;
      const double weight = std::exp(space.log_density(vector({a, b})).item() - top);
      total += weight, mean_a += weight * a, mean_b += weight * b;
    }
  }
  mean_a /= total, mean_b /= total;
  const double evidence = top + std::log(total * 0.01 * summary[0].sd * summary[1].sd);
  std::printf("By a grid: a is %.4f, b is %.4f, log evidence %.4f nats\n", mean_a, mean_b,
              evidence);

  expect("a by NUTS", summary[0].mean, mean_a, 4 * summary[0].mcse);
  expect("b by NUTS", summary[1].mean, mean_b, 4 * summary[1].mcse);
  expect("log evidence", check.log_evidence, evidence, 4 * check.log_evidence_error);
}
