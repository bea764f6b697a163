#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/inference/sampler_report.hpp>
#include <functional>
#include <string>

using namespace evident;

namespace {

constexpr std::size_t kChains = 4, kDraws = 1000;

// What a sampler without trouble would return: independent draws of three values.
Draws sound() {
  Rng rng(51, "report");
  const Shape each{kChains, kDraws};
  Draws draws;
  draws.values = standard_normal({kChains, kDraws, 3}, rng);
  draws.log_density = draws.energy = standard_normal(each, rng);
  draws.acceptance = full(each, 0.8);
  draws.tree_depth = full(each, 3);
  draws.leapfrog_steps = full(each, 7);
  draws.divergent = draws.outside = zeros(each);
  draws.step_size = full({kChains}, 0.5);
  draws.inverse_mass = ones({kChains, 3});
  draws.energy_bfmi = full({kChains}, 0.9);
  return draws;
}

void for_each_draw(Draws& draws, std::size_t value,
                   const std::function<double(std::size_t chain, std::size_t draw, double)>& f) {
  for (std::size_t chain = 0; chain < kChains; ++chain) {
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      real& x = draws.values(chain, draw, value);
      x = static_cast<real>(f(chain, draw, x));
    }
  }
}

struct Trouble {
  std::string name;
  std::function<void(Draws&)> make;
  std::size_t warnings;
  std::vector<std::string> said;
};

const std::vector<Trouble>& troubles() {
  static const std::vector<Trouble> rows = {
      {"divergences",
       [](Draws& d) { d.divergent(1, 5) = d.divergent(2, 7) = 1; },
       1,
       {"2 of 4000 trajectories diverged", "non-centred", "nearer to 1 than 0.8, such as 0.95"}},
      {"divergences at a high acceptance",
       [](Draws& d) {
         d.divergent(1, 5) = 1;
         d.options.target_acceptance = 0.98;
       },
       1,
       {"1 of 4000 trajectories diverged", "nearer to 1 than 0.98, such as 0.99"}},
      {"divergences with a step size that was given",
       [](Draws& d) {
         d.divergent(1, 5) = 1;
         d.options.step_size = 0.5;
       },
       1,
       {"1 of 4000 trajectories diverged", "take a step_size below 0.5"}},
      {"outside",
       [](Draws& d) { d.divergent(0, 0) = d.outside(0, 0) = 1; },
       1,
       {"1 of 4000 trajectories ended where the log density is NaN or infinite", "unconstrained"}},
      {"cut off",
       [](Draws& d) { d.tree_depth(3, 9) = d.tree_depth(3, 10) = d.tree_depth(0, 10) = 10; },
       1,
       {"3 of 4000 trajectories were cut off after 2^10 steps", "max_tree_depth"}},
      {"energy",
       [](Draws& d) { d.energy_bfmi(2) = static_cast<real>(0.12); },
       1,
       {"E-BFMI) is below 0.3 in chain 2 (0.12)", "Reparameterise"}},
      {"a chain elsewhere",
       [](Draws& d) {
         for_each_draw(d, 1, [](std::size_t chain, std::size_t, double x) {
           return x + (chain == 3 ? 0.7 : 0);
         });
       },
       3,
       {"R-hat is above 1.01 for mu (1.",
        "bulk effective sample size is below 100 a chain for mu"}},
      {"a slow walk",
       [](Draws& d) {
         double last = 0;
         for_each_draw(d, 2, [&](std::size_t, std::size_t draw, double x) {
           return last = draw == 0 ? x : 0.97 * last + 0.25 * x;
         });
       },
       3,
       {"bulk effective sample size is below 100 a chain for tau (", "means and medians"}},
      {"a value that never changes",
       [](Draws& d) { for_each_draw(d, 0, [](std::size_t, std::size_t, double) { return 2.5; }); },
       1,
       {"Every draw of x is the same", "check the gradient"}},
  };
  return rows;
}

std::string lines(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result += text + "\n";
  return result;
}

}  // namespace

TEST_CASE("report: sound draws give no warning") {
  const std::vector<std::string> seen = warnings(sound());
  CHECK_MESSAGE(seen.empty(), lines(seen));
}

TEST_CASE("report: every trouble is named, with what to do") {
  for (const Trouble& row : troubles()) {
    CAPTURE(row.name);
    Draws draws = sound();
    row.make(draws);
    const std::vector<std::string> found = warnings(draws, {"x", "mu", "tau"});
    const std::string seen = lines(found);
    CHECK_MESSAGE(found.size() == row.warnings, seen);
    for (const std::string& part : row.said) {
      CHECK_MESSAGE(seen.find(part) != std::string::npos, part, " is not in: ", seen);
    }
  }
}

TEST_CASE("report: many values are counted, the worst are named") {
  Draws draws = sound();
  for (std::size_t value = 0; value < 3; ++value) {
    for_each_draw(draws, value, [value](std::size_t chain, std::size_t, double x) {
      return x + static_cast<double>((value + 1) * chain);
    });
  }
  const std::string three = lines(warnings(draws));
  CHECK_MESSAGE(three.find("for value 2 (") != std::string::npos, three);
  Array values = zeros({kChains, kDraws, 5});
  for (std::size_t i = 0; i < kChains * kDraws; ++i) {
    for (std::size_t k = 0; k < 5; ++k) {
      values.data()[5 * i + k] = draws.values.data()[3 * i + k % 3];
    }
  }
  draws.values = values;
  const std::string five = lines(warnings(draws));
  CHECK_MESSAGE(five.find("and 2 more") != std::string::npos, five);
}

TEST_CASE("report: too few draws, and names that do not fit") {
  Draws draws = sound();
  CHECK_THROWS_WITH_AS(warnings(draws, {"x"}),
                       "warnings: got 1 names for 3 values, expected one each", Error);
  draws.values = zeros({kChains, 3, 3});
  const std::vector<std::string> seen = warnings(draws);
  REQUIRE_EQ(seen.size(), 1);
  CHECK_NE(seen[0].find("fewer than 4 draws"), std::string::npos);
}
