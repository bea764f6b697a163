#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/dirichlet.hpp>
#include <evident/distributions/expectation.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>

using namespace evident;

void show(const char* what, const Expectation& e, double truth) {
  std::printf("%-27s %.9f +- %.0e, in truth %.9f\n", what, e.value, e.error, truth);
}

int main() {
  // [expectation]
  const auto squared = [](const Var& x) { return square(x); };
  const auto logarithm = [](const Var& x) { return log(x); };
  const auto largest = [](const Var& x) { return max(x, {-1}); };

  show("eleven outcomes:", expectation(Binomial(10, 0.5), squared), 27.5);
  show("all whole numbers:", expectation(Poisson(4), squared), 20);
  show("an integral, heavy tails:", expectation(Pareto(1, 0.5), logarithm), 2);
  Rng rng(1);
  show("a million draws of vectors:",
       expectation(Dirichlet(Array({1, 1, 1})), largest, rng, 1000000), 11.0 / 18);
  // [/expectation]
}
