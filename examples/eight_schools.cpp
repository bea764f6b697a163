#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

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
  SamplerOptions options;
  options.target_acceptance = 0.95;
  const Draws draws = nuts(rng, space.density(), zeros({space.size()}), options);
  for (const std::string& warning : warnings(draws, space.free_names())) std::printf("%s\n", warning.c_str());
  const auto sampled = summarise(space.values(draws.values), space.names());
  std::printf("%s\n", to_string(sampled).c_str());

  std::printf("By a normal distribution of all numbers, fitted to the posterior:\n");
  const FullRankNormal guide(space);
  const Fit result = fit(rng, {}, schools, guide);
  std::printf("%s\n", result.reason.c_str());
  const GuideCheck check = check_guide(rng, 20000, schools, guide);
  std::printf("%s\n", to_string(check).c_str());

  std::printf("Its draws, weighed by what the check found:\n%s",
              to_string(summarise(check)).c_str());

  // By quadrature over mu and tau, the theta being known in closed form given these.
  expect("mu", sampled[0].mean, 4.39682, 4 * sampled[0].mcse);
  expect("tau", sampled[1].mean, 3.59771, 4 * sampled[1].mcse);
  expect("log evidence", check.log_evidence, -31.3113473523, 4 * check.log_evidence_error);
  expect("k-hat, which should be below 0.7,", check.psis.k_hat, 0, 0.7);
}
