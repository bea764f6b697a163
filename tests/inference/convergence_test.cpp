#include <doctest/doctest.h>

#include "../words.hpp"
#include "convergence_reference.hpp"

#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/inference/convergence.hpp>
#include <functional>
#include <string>

using namespace evident;
using evident::testing::convergence_references;
using evident::testing::ConvergenceReference;
using evident::testing::message_of;

namespace {

constexpr double kTolerance = sizeof(real) == 8 ? 1e-10 : 1e-6;

Array draws_of(const ConvergenceReference& row) {
  return reshaped(vector(row.values), {row.chains, row.draws});
}

struct Diagnostic {
  const char* name;
  std::function<Array(const Array&)> compute;
  double ConvergenceReference::*expected;
};

const std::vector<Diagnostic>& diagnostics() {
  static const std::vector<Diagnostic> rows = {
      {"split_r_hat", split_r_hat, &ConvergenceReference::r_hat},
      {"ess_bulk", ess_bulk, &ConvergenceReference::ess_bulk},
      {"ess_tail", ess_tail, &ConvergenceReference::ess_tail},
      {"ess_mean", ess_mean, &ConvergenceReference::ess_mean},
      {"ess_quantile", [](const Array& x) { return ess_quantile(x, 0.3); },
       &ConvergenceReference::ess_quantile},
      {"mcse_mean", mcse_mean, &ConvergenceReference::mcse_mean},
      {"mcse_sd", mcse_sd, &ConvergenceReference::mcse_sd},
      {"mcse_quantile", [](const Array& x) { return mcse_quantile(x, 0.3); },
       &ConvergenceReference::mcse_quantile}};
  return rows;
}

// Chains of x_t = rho x_(t-1) + sqrt(1 - rho^2) noise, one after the other.
Array autoregressive(std::size_t chains, std::size_t draws, double rho, Rng& rng) {
  Array x = standard_normal({chains, draws}, rng);
  for (std::size_t chain = 0; chain < chains; ++chain) {
    for (std::size_t t = 1; t < draws; ++t) {
      x(chain, t) =
          static_cast<real>(rho * x(chain, t - 1) + std::sqrt(1 - rho * rho) * x(chain, t));
    }
  }
  return x;
}

}  // namespace

TEST_CASE("convergence: every diagnostic has the value of an independent implementation") {
  for (const ConvergenceReference& row : convergence_references()) {
    for (const Diagnostic& diagnostic : diagnostics()) {
      CAPTURE(row.name);
      CAPTURE(diagnostic.name);
      const Array result = diagnostic.compute(draws_of(row));
      const double expected = row.*diagnostic.expected;
      REQUIRE_EQ(result.dimension(), 0);
      CHECK_LE(std::abs(result() - expected), kTolerance * std::abs(expected));
    }
  }
}

TEST_CASE("convergence: many quantities are computed each by itself") {
  Rng rng(1, "convergence");
  const Array draws = standard_normal({3, 20, 2, 2}, rng);
  for (const Diagnostic& diagnostic : diagnostics()) {
    const Array together = diagnostic.compute(draws);
    REQUIRE_EQ(together.shape(), Shape{2, 2});
    Array one = zeros({3, 20});
    for (std::size_t chain = 0; chain < 3; ++chain) {
      for (std::size_t draw = 0; draw < 20; ++draw) one(chain, draw) = draws(chain, draw, 1, 0);
    }
    CHECK_EQ(together(1, 0), diagnostic.compute(one)());
    CHECK_EQ(diagnostic.compute(zeros({3, 20, 0})).size(), 0);
  }
}

// The effective sample size of the mean of an autoregression is n (1 - rho) / (1 + rho).
TEST_CASE("convergence: the effective sample size of an autoregression is the exact one") {
  for (const double rho : {0.0, 0.5, 0.9, -0.4}) {
    CAPTURE(rho);
    constexpr std::size_t kChains = 4, kDraws = 5000, kRepetitions = 40;
    Rng rng(2, "autoregression");
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < kRepetitions; ++i) {
      const double ess = ess_mean(autoregressive(kChains, kDraws, rho, rng))();
      const double ratio = ess / (kChains * kDraws) * (1 + rho) / (1 - rho);
      sum += ratio / kRepetitions;
      squares += ratio * ratio / kRepetitions;
    }
    const double error = std::sqrt((squares - sum * sum) / (kRepetitions - 1));
    // Truncation leaves a bias, of a few per cent at most.
    CHECK_LT(std::abs(sum - 1), 5 * error + 0.02);
    CHECK_LT(error, 0.02);
  }
}

TEST_CASE("convergence: chains that agree have an R-hat of 1, others have not") {
  Rng rng(3, "r_hat");
  const Array draws = standard_normal({4, 1000}, rng);
  CHECK_LT(split_r_hat(draws)(), 1.01);
  Array elsewhere = draws, wider = draws;
  for (std::size_t draw = 0; draw < 1000; ++draw) {
    elsewhere(2, draw) += 1;
    wider(2, draw) *= 3;
  }
  CHECK_GT(split_r_hat(elsewhere)(), 1.05);
  CHECK_GT(split_r_hat(wider)(), 1.05);  // the same places: only the folded ranks see it
  Array drift = draws;
  for (std::size_t chain = 0; chain < 4; ++chain) {
    for (std::size_t draw = 500; draw < 1000; ++draw) drift(chain, draw) += 1;
  }
  CHECK_GT(split_r_hat(drift)(), 1.05);  // the chains agree, their halves do not
}

TEST_CASE("convergence: chains that stand still") {
  const Array same = full({4, 10}, 0.25);
  for (const Diagnostic& diagnostic : diagnostics()) {
    CAPTURE(diagnostic.name);
    CHECK(std::isnan(diagnostic.compute(same)()));
  }
  Array apart = zeros({2, 10});
  for (std::size_t draw = 0; draw < 10; ++draw) apart(1, draw) = 1;
  CHECK_EQ(split_r_hat(apart)(), std::numeric_limits<real>::infinity());
  CHECK_LT(ess_bulk(apart)(), 5);
  CHECK_LT(ess_tail(apart)(), 5);
  // One chain is cut in two.
  CHECK_LT(split_r_hat(reshaped(vector({1, 2, 3, 4, 1, 2, 3, 4}), {1, 8}))(), 1.01);
  CHECK_GT(split_r_hat(reshaped(vector({1, 2, 3, 4, 11, 12, 13, 14}), {1, 8}))(), 1.5);
}

TEST_CASE("convergence: errors say what to do") {
  const auto expect = [](const std::function<void()>& call, const std::string& part) {
    const std::string message = message_of(call);
    CHECK_MESSAGE(message.find(part) != std::string::npos, message);
  };
  Array draws = full({2, 8, 3}, 1);
  expect([] { split_r_hat(zeros({100})); },
         "split_r_hat: draws have shape (100), expected (chains, draws, ...)");
  expect([] { ess_bulk(zeros({100, 3})); }, "ess_bulk: draws have shape (100, 3), with 3 draws");
  expect([] { ess_bulk(zeros({100, 3})); }, "exchange the first two axes");
  expect([] { ess_tail(zeros({0, 8})); }, "ess_tail: draws have shape (0, 8)");
  draws(1, 4, 2) = std::numeric_limits<real>::quiet_NaN();
  expect([&] { mcse_sd(draws); }, "mcse_sd: draw (1, 4, 2) of (chains, draws, ...) = (2, 8, 3)");
  draws(1, 4, 2) = std::numeric_limits<real>::infinity();
  expect([&] { ess_mean(draws); }, "is inf, expected finite draws");
  expect([] { ess_quantile(zeros({2, 8}), 1); }, "ess_quantile: p is 1, it must be between 0");
  expect([] { mcse_quantile(zeros({2, 8}), -0.5); }, "mcse_quantile: p is -0.5");
}
