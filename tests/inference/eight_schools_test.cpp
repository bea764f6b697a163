#include <doctest/doctest.h>

#include <cmath>
#include <evident/evident.hpp>

#include "eight_schools.hpp"

using namespace evident;
using evident::testing::EightSchools;

// The exact moments and the evidence are those of two-dimensional quadrature.
TEST_CASE("eight schools: NUTS has the exact means and sds, within 4 Monte Carlo errors") {
  Rng rng(5);
  const EightSchools schools;
  const LatentSpace space(rng, schools);
  SamplerOptions options;
  options.target_acceptance = 0.95;
  options.draws = 2000;
  const Draws draws = nuts(rng, space.density(), zeros({space.size()}), options);
  const Array values = space.values(draws.values);
  const auto summary = summarise(values, space.names());
  const Array sd_error = mcse_sd(values);
  REQUIRE(summary[0].name == "mu");
  REQUIRE(summary[1].name == "tau");
  CHECK(std::abs(summary[0].mean - 4.39682) <= 4 * summary[0].mcse);
  CHECK(std::abs(summary[1].mean - 3.59771) <= 4 * summary[1].mcse);
  CHECK(std::abs(summary[0].sd - 3.3177) <= 4 * sd_error(0));
  CHECK(std::abs(summary[1].sd - 3.2200) <= 4 * sd_error(1));
  for (const QuantitySummary& row : summary) CHECK(row.r_hat < 1.01);
}

#ifdef EVIDENT_F64
TEST_CASE("eight schools: a full-rank guide, its k-hat and the evidence") {
  Rng rng(6);
  const EightSchools schools;
  const auto model = [&](Trace& t) { schools.model(t); };
  const LatentSpace space(rng, schools);
  const FullRankNormal guide(space);
  FitOptions options;
  options.adam.learning_rate = [](std::size_t step) { return 0.03 / (1 + 0.001 * double(step)); };
  options.steps = 20000;
  options.tolerance = 0;
  fit(rng, options, model, guide);
  const GuideCheck check = check_guide(rng, 100000, model, guide);
  CHECK(check.psis.k_hat < 0.7);
  CHECK(std::abs(check.log_evidence - -31.3113473523) <= 4 * check.log_evidence_error);
  // The bound rises with the number of draws, to the evidence.
  CHECK(check.elbo < check.log_evidence);
  for (std::size_t k = 1; k < check.curve.size(); ++k) {
    CHECK(check.curve[k].second > check.curve[k - 1].second - 0.02);
  }
}
#endif
