#include <cstdio>
#include <evident/evident.hpp>

using namespace evident;

// Eight schools coached their pupils for a test (Rubin 1981): the effect y that each found,
// and its standard error. How large are the effects, and how much do schools differ?
struct EightSchools {
  Var y = vector({28, 8, -3, 7, -1, 1, 18, 12});
  Var sigma = vector({15, 10, 16, 11, 9, 11, 10, 18});

  void model(Trace& t) const {
    Var mu = t.sample("mu", Normal(0, 5));
    Var tau = t.sample("tau", HalfCauchy(5));
    Var theta = t.sample("theta", Normal(zeros({8}), 1));  // in units of tau, from mu
    t.observe("y", Normal(mu + tau * theta, sigma), y);
  }
};

int main() {
  Rng rng(1);
  const EightSchools schools;
  const LatentSpace space(rng, schools);

  std::printf("By the No-U-Turn sampler:\n");
  const Draws draws = nuts(rng, space.density(), zeros({space.size()}));
  for (const std::string& warning : warnings(draws)) std::printf("%s\n", warning.c_str());
  std::printf("%s\n", to_string(summarise(space.values(draws.values), space.names())).c_str());

  std::printf("By a normal distribution of all numbers, fitted to the posterior:\n");
  const FullRankNormal guide(space);
  const Fit result = fit(rng, {}, schools, guide);
  std::printf("%s\n", result.reason.c_str());
  std::printf("%s", to_string(check_guide(rng, 20000, schools, guide)).c_str());
}
