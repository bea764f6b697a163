#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

// A line through 50 points with known noise: the posterior is a normal distribution and known in
// closed form, and so is the evidence.
int main() {
  Rng rng(1);
  const std::size_t n = 50;
  const double noise = 0.5, width = 2;  // standard deviations of y and of the prior
  const Var x = concatenate({Var(ones({n, 1})), 3 * Var(uniform({n, 1}, rng))});
  const Var y = matmul(x, vector({1, -0.7})) + noise * Var(standard_normal({n}, rng));

  const auto model = [&](Trace& t) {
    const Var beta = t.sample("beta", Normal(zeros({2}), width));
    t.observe("y", Normal(matvec(x, beta), noise), y);
  };

  // Exactly.
  const Var precision =
      matmul(transpose(x), x) / (noise * noise) + Var(matrix({{1, 0}, {0, 1}})) / (width * width);
  const Array covariance = inverse_spd(precision).value();
  const Array mean = (matmul(covariance, matmul(transpose(x), y)) / (noise * noise)).value();
  const double evidence =
      LowRankMultivariateNormal(zeros({n}), width * x, full({n}, noise * noise)).log_prob(y).item();

  // By a normal distribution that is fitted.
  const LatentSpace space(rng, model);
  const FullRankNormal guide(space);
  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.02, 5000);
  options.steps = 5000;
  options.tolerance = 0;
  options.elbo.sticking_the_landing = true;  // no noise where the guide is the posterior
  fit(rng, options, model, guide);
  const Array loc = guide.distribution().loc().value();
  const Array fitted = guide.distribution().covariance().value();
  const GuideCheck check = check_guide(rng, 5000, model, guide);

  // By the No-U-Turn sampler.
  const Draws draws = nuts(rng, space.density(), zeros({2}));
  const auto summary = summarise(space.values(draws.values), space.names());

  std::printf("                     exact    fitted      NUTS\n");
  for (std::size_t i = 0; i < 2; ++i) {
    std::printf("beta[%zu], mean     %8.4f  %8.4f  %8.4f\n", i, mean(i), loc(i), summary[i].mean);
    std::printf("         sd       %8.4f  %8.4f  %8.4f\n", std::sqrt(covariance(i, i)),
                std::sqrt(fitted(i, i)), summary[i].sd);
  }
  std::printf("covariance        %8.4f  %8.4f\n", covariance(0, 1), fitted(0, 1));
  std::printf("log evidence      %8.4f  %8.4f\n", evidence, check.log_evidence);
  std::printf("ELBO                        %8.4f\n", check.elbo);

  for (std::size_t i = 0; i < 2; ++i) {
    const double sd = std::sqrt(covariance(i, i));
    expect("fitted mean", loc(i), mean(i), 1e-3 * sd);
    expect("fitted sd", std::sqrt(fitted(i, i)), sd, 1e-3 * sd);
    expect("mean by NUTS", summary[i].mean, mean(i), 4 * summary[i].mcse);
    expect("sd by NUTS", summary[i].sd, sd, 0.1 * sd);
  }
  expect("log evidence", check.log_evidence, evidence, 4 * check.log_evidence_error);
  expect("gap", check.gap(), 0, 1e-5);
}
