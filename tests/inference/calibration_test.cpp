#include <doctest/doctest.h>

#include "densities.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/inference/hmc.hpp>
#include <evident/inference/latent_space.hpp>
#include <evident/inference/noise_stream.hpp>
#include <evident/inference/nuts.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

constexpr std::size_t kData = 3, kRankedDraws = 31, kBins = 8;

// x ~ N(0, 1), y ~ N(0.7 x, 0.5) are unknown; three data ~ N(x + y, 1): as a density whose gradient
// is made by hand, and as a program.
struct Model {
  std::array<double, kData> data;

  LogDensity program(Rng& rng) const {
    Array observed = zeros({kData});
    std::transform(data.begin(), data.end(), observed.begin(), to_real);
    const LatentSpace space(rng, [observed](Trace& t) {
      const Var x = t.sample("x", Normal(0, 1));
      const Var y = t.sample("y", Normal(0.7 * x, 0.5));
      t.observe("data", Normal(x + y + zeros({kData}), 1), observed);
    });
    return space.density();
  }
  double operator()(const Array& at, Array& gradient) const {
    const double x = at(0), y = at(1), d = y - 0.7 * x;
    double value = -0.5 * x * x - 2 * d * d, pull = 0;
    for (const double datum : data) {
      const double residual = datum - x - y;
      value -= 0.5 * residual * residual;
      pull += residual;
    }
    gradient(0) = to_real(-x + 2.8 * d + pull);
    gradient(1) = to_real(-4 * d + pull);
    return value;
  }
};

// The sum over bins of (count - expected)^2 / expected.
double chi_squared(const std::array<int, kBins>& counts, double expected) {
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

}  // namespace

// Parameters from the prior and draws from the posterior given data from these parameters come from
// the same distribution: the rank of the former among the latter is uniform (Talts, Betancourt,
// Simpson, Vehtari and Gelman 2018, "Validating Bayesian inference algorithms with simulation-based
// calibration").
TEST_CASE("calibration: ranks of true parameters among posterior draws are uniform") {
  constexpr int kRepetitions = 800;
  struct Row {
    const char* name;
    bool nuts, program;
  };
  for (const Row& row :
       {Row{"nuts", true, false}, {"hmc", false, false}, {"nuts of a program", true, true}}) {
    CAPTURE(row.name);
    Rng rng(41, "calibration");
    detail::NoiseStream prior(rng.stream("prior"));
    SamplerOptions options;
    options.chains = 1;
    options.warmup = 150;
    constexpr std::size_t kThinning = 5;  // draws that are ranked are nearly independent
    options.draws = kRankedDraws * kThinning;
    options.target_acceptance = 0.65;  // long steps, whose errors acceptance must correct
    // Of x, y and the log likelihood's argument x + y.
    std::array<std::array<int, kBins>, 3> counts{};
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
      const double x = prior.normal(), y = 0.7 * x + 0.5 * prior.normal();
      Model model;
      for (double& datum : model.data) datum = x + y + prior.normal();
      const LogDensity density = row.program ? model.program(rng) : LogDensity(model);
      const Draws draws = row.nuts ? nuts(rng, density, zeros({2}), options)
                                   : hmc(rng, density, zeros({2}), options, 2.5);
      std::array<std::size_t, 3> ranks{};
      for (std::size_t draw = kThinning - 1; draw < options.draws; draw += kThinning) {
        const double a = draws.values(0, draw, 0), b = draws.values(0, draw, 1);
        if (a < x) ++ranks[0];
        if (b < y) ++ranks[1];
        if (a + b < x + y) ++ranks[2];
      }
      for (std::size_t i = 0; i < 3; ++i) ++counts[i][ranks[i] * kBins / (kRankedDraws + 1)];
    }
    for (const auto& of_one : counts) {
      const double degrees = kBins - 1;
      CHECK_LT(chi_squared(of_one, kRepetitions / static_cast<double>(kBins)),
               degrees + 5 * std::sqrt(2 * degrees));
    }
  }
}
