#include <doctest/doctest.h>

#include "../words.hpp"
#include "densities.hpp"

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/inference/convergence.hpp>
#include <evident/inference/hmc.hpp>
#include <evident/inference/latent_space.hpp>
#include <evident/inference/nuts.hpp>
#include <evident/inference/sampler_report.hpp>
#include <functional>
#include <string>

using namespace evident;
using namespace evident::testing;

namespace {

using Sampler = std::function<Draws(Rng&, const LogDensity&, const Array&, SamplerOptions)>;

struct NamedSampler {
  std::string name;
  Sampler sample;
};

const std::vector<NamedSampler>& samplers() {
  static const std::vector<NamedSampler> rows = {
      {"nuts", [](Rng& rng, const LogDensity& density, const Array& start,
                  const SamplerOptions& options) { return nuts(rng, density, start, options); }},
      {"nuts, dense",
       [](Rng& rng, const LogDensity& density, const Array& start, SamplerOptions options) {
         options.dense_mass = true;
         return nuts(rng, density, start, options);
       }},
      {"hmc", [](Rng& rng, const LogDensity& density, const Array& start,
                 const SamplerOptions& options) { return hmc(rng, density, start, options); }},
      {"hmc, dense",
       [](Rng& rng, const LogDensity& density, const Array& start, SamplerOptions options) {
         options.dense_mass = true;
         return hmc(rng, density, start, options);
       }}};
  return rows;
}

// Checks the mean over draws of f(x) against the exact one, within 5 Monte Carlo standard errors.
void check_mean(const Array& values, const std::function<double(const real* x)>& f, double exact) {
  const std::size_t chains = values.shape()[0], draws = values.shape()[1], n = values.shape()[2];
  Array terms = zeros({chains, draws});
  double mean = 0;
  for (std::size_t i = 0; i < chains * draws; ++i) {
    const double term = f(values.data() + i * n);
    terms.data()[i] = to_real(term);
    mean += term / static_cast<double>(chains * draws);
  }
  const double error = mcse_mean(terms)();
  CHECK_GT(error, 0);
  CHECK_LT(std::abs(mean - exact), 5 * error);
}

double mean_of(const Array& x) {
  double sum = 0;
  for (const real value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

bool any_contains(const std::vector<std::string>& texts, const std::string& part) {
  for (const std::string& text : texts) {
    if (contains(text, part)) return true;
  }
  return false;
}

std::string joined_lines(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result += text + "\n";
  return result;
}

}  // namespace

TEST_CASE("samplers: means, variances and covariances of normals within 5 standard errors") {
  for (const NamedSampler& row : samplers()) {
    for (const bool correlated : {false, true}) {
      CAPTURE(row.name);
      CAPTURE(correlated);
      const CorrelatedNormal target(correlated ? 10 : 2);
      const LogDensity density = correlated ? target.density() : standard_normal_density();
      Rng rng(11, "normals");
      const Array start = starting_points(rng, density, 4, target.n);
      SamplerOptions options;
      const Draws draws = row.sample(rng, density, start, options);
      REQUIRE_EQ(draws.values.shape(), Shape{4, 1000, target.n});
      for (std::size_t i = 0; i < target.n; ++i) {
        const double mean = correlated ? target.mean(i) : 0;
        check_mean(
            draws.values, [=](const real* x) { return x[i]; }, mean);
        for (std::size_t j = 0; j <= i; ++j) {
          const double other = correlated ? target.mean(j) : 0;
          const double covariance = correlated ? target.covariance(i, j) : i == j;
          check_mean(
              draws.values, [=](const real* x) { return (x[i] - mean) * (x[j] - other); },
              covariance);
        }
      }
      const Array r_hat = split_r_hat(draws.values);
      for (const real value : r_hat) CHECK_LT(value, 1.01);
      const std::vector<std::string> seen = warnings(draws);
      CHECK_MESSAGE(seen.empty(), joined_lines(seen));
    }
  }
}

TEST_CASE("samplers: what is reported of a draw belongs together") {
  const LogDensity density = standard_normal_density();
  Rng rng(12, "report");
  SamplerOptions options;
  options.chains = 2;
  options.draws = 200;
  const Draws draws = nuts(rng, density, zeros({3}), options);
  Array gradient = zeros({3});
  for (std::size_t chain = 0; chain < 2; ++chain) {
    double mean = 0, jumps = 0, spread = 0;
    for (std::size_t draw = 0; draw < 200; ++draw) mean += draws.energy(chain, draw) / 200;
    for (std::size_t draw = 0; draw < 200; ++draw) {
      Array at = zeros({3});
      for (std::size_t i = 0; i < 3; ++i) at(i) = draws.values(chain, draw, i);
      CHECK_EQ(draws.log_density(chain, draw), doctest::Approx(density(at, gradient)));
      CHECK_GE(draws.energy(chain, draw), -draws.log_density(chain, draw));
      CHECK_GT(draws.acceptance(chain, draw), 0);
      CHECK_LE(draws.acceptance(chain, draw), 1);
      CHECK_LT(draws.leapfrog_steps(chain, draw), std::exp2(draws.tree_depth(chain, draw) + 1));
      CHECK_GE(draws.leapfrog_steps(chain, draw), std::exp2(draws.tree_depth(chain, draw)) - 1);
      CHECK_EQ(draws.divergent(chain, draw), 0);
      const double energy = draws.energy(chain, draw);
      if (draw > 0) jumps += std::pow(energy - draws.energy(chain, draw - 1), 2);
      spread += std::pow(energy - mean, 2);
    }
    CHECK_EQ(draws.energy_bfmi(chain), doctest::Approx(jumps / spread).epsilon(1e-4));
    CHECK_GT(draws.step_size(chain), 0.1);
    CHECK_LT(draws.step_size(chain), 2);
    // The variances as warm-up's last 500 draws tell.
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK_LT(std::abs(draws.inverse_mass(chain, i) - 1), 5 * std::sqrt(2.0 / 200));
    }
  }
}

// The end of a warm-up leaves its mark: dual averaging comes down from steps that are too long and
// has 50 draws for it, so that acceptance ends above what was asked for. It is never much below.
TEST_CASE("samplers: step sizes are adapted to the acceptance that is asked for") {
  for (const NamedSampler& row : samplers()) {
    double before = 0;
    for (const double target : {0.6, 0.8, 0.95}) {
      CAPTURE(row.name);
      CAPTURE(target);
      Rng rng(13, "acceptance");
      SamplerOptions options;
      options.target_acceptance = target;
      options.draws = 500;
      const double reached =
          mean_of(row.sample(rng, standard_normal_density(), zeros({20}), options).acceptance);
      CHECK_GT(reached, before);
      CHECK_GT(reached, target - 0.05);
      CHECK_LT(reached, target + (1 - target) * 2 / 3);
      before = reached;
    }
  }
}

TEST_CASE("samplers: the same seed gives the same bits, for any number of threads") {
  const std::size_t threads_before = threads();
  const CorrelatedNormal target(4);
  for (const NamedSampler& row : samplers()) {
    CAPTURE(row.name);
    const auto run = [&](std::uint64_t seed, std::size_t chains, bool parallel) {
      Rng rng(seed, "bits");
      SamplerOptions options;
      options.draws = options.warmup = 100;
      options.chains = chains;
      options.parallel_chains = parallel;
      // The memory that this density works in is copied for every chain.
      return row.sample(rng, target.density(), zeros({4}), options);
    };
    const Draws one = run(1, 3, false);
    CHECK_EQ(one.values, run(1, 3, false).values);
    for (const std::size_t count : {1, 2, 3}) {
      set_threads(count);
      const Draws other = run(1, 3, true);
      CHECK_EQ(one.values, other.values);
      CHECK_EQ(one.energy, other.energy);
      CHECK_EQ(one.step_size, other.step_size);
    }
    CHECK_NE(one.values, run(2, 3, false).values);
    // A chain does not depend on how many there are, and no two are equal.
    const Draws alone = run(1, 1, false);
    for (std::size_t i = 0; i < alone.values.size(); ++i) {
      REQUIRE_EQ(alone.values.data()[i], one.values.data()[i]);
    }
    CHECK_NE(one.values(0, 99, 0), one.values(1, 99, 0));
  }
  set_threads(threads_before);
  // A second run with the same generator goes on.
  Rng rng(1);
  SamplerOptions options;
  options.draws = options.warmup = 10;
  const Draws first = nuts(rng, standard_normal_density(), zeros({2}), options);
  CHECK_NE(first.values, nuts(rng, standard_normal_density(), zeros({2}), options).values);
}

TEST_CASE("samplers: a step size that is given is kept") {
  Rng rng(14, "fixed");
  SamplerOptions options;
  options.step_size = 0.25;
  options.draws = 500;
  for (const std::size_t warmup : {0, 10, 500}) {
    options.warmup = warmup;
    const Draws draws = nuts(rng, standard_normal_density(), zeros({2}), options);
    for (const real step : draws.step_size) CHECK_EQ(step, to_real(0.25));
    // Half a period of a standard normal takes 4 pi steps: a trajectory has 15 or 31 at unit mass.
    if (warmup < 20) {
      for (const real depth : draws.tree_depth) CHECK_LE(depth, 4);
      CHECK_EQ(draws.inverse_mass(0, 0), 1);
    }
  }
}

TEST_CASE("samplers: the funnel fails, and the report says so") {
  Rng rng(15, "funnel");
  // Neal 2003, "Slice sampling".
  const LatentSpace space(rng, [](Trace& t) {
    const Var v = t.sample("v", Normal(0, 3));
    t.sample("x", Normal(zeros({9}), exp(0.5 * v)));
  });
  const Array start = starting_points(rng, space.density(), 4, 10);
  const Draws draws = nuts(rng, space.density(), start);
  const std::vector<std::string> seen = warnings(draws, space.free_names());
  CHECK(any_contains(seen, "trajectories diverged"));
  CHECK(any_contains(seen, "non-centred"));
  CHECK(any_contains(seen, "for v ("));
  // The same model with standard normals of its own is an easy one.
  const LatentSpace easy(rng, [](Trace& t) {
    t.sample("v", Normal(0, 3));
    t.sample("z", Normal(zeros({9}), 1));
  });
  const Draws standard = nuts(rng, easy.density(), zeros({10}));
  CHECK_MESSAGE(warnings(standard).empty(), joined_lines(warnings(standard)));
}

TEST_CASE("samplers: a border without density is respected, and reported") {
  for (const NamedSampler& row : samplers()) {
    CAPTURE(row.name);
    Rng rng(16, "border");
    // No step is so short that a trajectory does not meet the border: there is none to adapt to.
    SamplerOptions options;
    options.draws = 4000;
    options.step_size = 0.25;
    const Draws draws = row.sample(rng, exponential_density(), ones({1}), options);
    for (const real x : draws.values) REQUIRE_GE(x, 0);
    check_mean(
        draws.values, [](const real* x) { return x[0]; }, 1);
    check_mean(
        draws.values, [](const real* x) { return (x[0] - 1) * (x[0] - 1); }, 1);
    check_mean(
        draws.values, [](const real* x) { return x[0] < 0.1; }, -std::expm1(-0.1));
    const std::vector<std::string> seen = warnings(draws);
    CHECK_MESSAGE(any_contains(seen, "ended where the log density is NaN or infinite"),
                  joined_lines(seen));
    CHECK_FALSE(any_contains(seen, "diverged"));
  }
}

TEST_CASE("samplers: errors say which, and what to do") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto expect = [](const std::function<void()>& call, const std::string& part) {
    const std::string message = message_of(call);
    CHECK_MESSAGE(contains(message, part), message);
  };
  Rng rng(17, "errors");
  const LogDensity normal = standard_normal_density();
  const LogDensity no_number = [nan](const Array&, Array&) { return nan; };
  const LogDensity no_gradient = [nan](const Array& x, Array& gradient) {
    gradient(1) = to_real(nan);
    return -0.5 * x(0) * x(0);
  };
  expect(
      [&] {
        nuts(rng, no_number, vector({1, -2.5}));
      },
      "nuts: the log density is NaN or infinite at the start of chain 0, (1, -2.5): start where");
  expect(
      [&] {
        nuts(rng, exponential_density(), matrix({{1}, {1}, {-1}, {1}}));
      },
      "nuts: the log density is NaN or infinite at the start of chain 2, (-1)");
  expect([&] { hmc(rng, no_gradient, zeros({2})); },
         "hmc: the gradient's element 1 is nan at the start of chain 0");
  expect([&] { nuts(rng, no_number, zeros({2})); }, "starting_points(rng, density, chains, dim");
  expect([&] { starting_points(rng, no_number, 4, 2); },
         "starting_points: the log density is NaN or infinite at 100 places within 2 of 0");
  expect(
      [&] {
        nuts(rng, normal, zeros({3, 2}));
      },
      "nuts: the start has shape (3, 2), expected (dimension), or (4, dimension) for 4 chains");
  expect([&] { nuts(rng, normal, scalar(1)); }, "nuts: the start has shape ()");
  const LogDensity other_shape = [](const Array&, Array& gradient) {
    gradient = zeros({3});
    return 0.0;
  };
  expect([&] { nuts(rng, other_shape, zeros({2})); }, "gradient of shape (3), expected (2)");
  const LogDensity flat = [](const Array&, Array& gradient) {
    gradient.fill(0);
    return 0.0;
  };
  expect([&] { nuts(rng, flat, zeros({2})); }, "nuts: no step is too long");
  expect([&] { nuts(rng, flat, zeros({2})); }, "proper prior");
  const LogDensity spike = [nan](const Array& x, Array& gradient) {
    gradient.fill(1);
    return x(0) == 1 ? 0.0 : nan;
  };
  expect([&] { nuts(rng, spike, ones({1})); }, "nuts: no step is short enough");
  struct Row {
    const char* message;
    std::function<void(SamplerOptions&)> set;
  };
  for (const Row& row : std::vector<Row>{
           {"draws is 0, it must be at least 1", [](auto& o) { o.draws = 0; }},
           {"chains is 0, it must be at least 1", [](auto& o) { o.chains = 0; }},
           {"target_acceptance is 1, it must be", [](auto& o) { o.target_acceptance = 1; }},
           {"max_tree_depth is 0, it must be from 1 to 20", [](auto& o) { o.max_tree_depth = 0; }},
           {"step_size is -1, it must be positive", [](auto& o) { o.step_size = -1; }}}) {
    SamplerOptions options;
    row.set(options);
    expect([&] { nuts(rng, normal, zeros({2}), options); }, row.message);
    expect([&] { hmc(rng, normal, zeros({2}), options); }, row.message);
  }
  expect([&] { hmc(rng, normal, zeros({2}), {}, 0); }, "hmc: trajectory_length is 0");
  // An exception of the density ends the sampling, of chains at once as well.
  const LogDensity throws = [](const Array& x, Array& gradient) -> double {
    gradient.fill(0);
    if (x(0) != 0) throw Error("density: broken");
    return 0.0;
  };
  SamplerOptions at_once;
  at_once.parallel_chains = true;
  expect([&] { nuts(rng, throws, zeros({1}), at_once); }, "density: broken");
}
