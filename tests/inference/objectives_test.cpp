#include <doctest/doctest.h>

#include "hierarchy.hpp"
#include "linear_gaussian.hpp"

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/evident.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

// A guide with parameters, away from the posterior.
LinearGaussian with_parameters(LinearGaussian m) {
  m.loc = Var::parameter(m.loc.value());
  m.scale = Var::parameter(m.scale.value());
  return m;
}

}  // namespace

TEST_CASE("identity: at the posterior, sticking the landing leaves a gradient without variance") {
  Rng rng(4, "landing");
  const Array x = standard_normal({5, 4}, rng);
  const LinearGaussian m = with_parameters(exact_linear_gaussian(x));
  for (const bool sticking : {true, false}) {
    ElboOptions options;
    options.analytic_kl = false;
    options.sticking_the_landing = sticking;
    double largest = 0;
    for (int i = 0; i < 20; ++i) {
      for (const double g : elbo_gradient(options, rng, {m.loc, m.scale}, m, x)) {
        largest = std::max(largest, g * g);
      }
    }
    if (sticking) {
      CHECK(largest < 1e-20);
    } else {
      CHECK(largest > 0.1);
    }
  }
}

TEST_CASE("gradients: the mean of every estimator is the exact gradient, within 4 errors") {
  Rng rng(5, "unbiased");
  const LinearGaussian m = with_parameters(linear_gaussian(2, rng));
  const Array x = standard_normal({3, 4}, rng);
  const std::vector<Var> parameters = {m.loc, m.scale};
  // The integrand is quadratic in the noise: 2 J points have its mean, and its gradient's.
  Averages exact;
  for (std::size_t point = 0; point < 4; ++point) {
    ElboOptions options;
    options.site_noise = {{"z", cubature_noise(point, 3, 2)}};
    exact.add(elbo_gradient(options, rng, parameters, m, x));
  }
  std::vector<ElboOptions> estimators(5);
  estimators[1].analytic_kl = false;
  estimators[2].sticking_the_landing = true;
  estimators[3].particles = 4;
  estimators[4].particles = 4;
  estimators[4].sticking_the_landing = true;
  for (const ElboOptions& options : estimators) {
    Averages estimated;
    for (int i = 0; i < 3000; ++i) estimated.add(elbo_gradient(options, rng, parameters, m, x));
    for (std::size_t i = 0; i < exact.total.size(); ++i) {
      CHECK(std::abs(estimated.mean(i) - exact.mean(i)) <= 4 * estimated.error(i) + 1e-12);
    }
  }
}

TEST_CASE("gradients: a guide that draws one site from another keeps its mean, landing or not") {
  Rng rng(6, "hierarchy");
  const Hierarchy m;
  Averages plain, sticking;
  for (int i = 0; i < 4000; ++i) {
    ElboOptions options;
    options.analytic_kl = false;
    plain.add(elbo_gradient(options, rng, m.parameters(), m));
    options.sticking_the_landing = true;
    sticking.add(elbo_gradient(options, rng, m.parameters(), m));
  }
  for (std::size_t i = 0; i < plain.total.size(); ++i) {
    CHECK(std::abs(plain.mean(i) - sticking.mean(i)) <
          4 * std::hypot(plain.error(i), sticking.error(i)));
  }
}

TEST_CASE("objectives: beta weighs the KL, free bits hold it up, and the value stays the bound") {
  Rng rng(7);
  const Var loc = Var::parameter(vector({1, 0.1}));
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({2}), 1));
    t.observe("x", Normal(z, 1), vector({0, 0}));
  };
  const auto guide = [&](Trace& t) { t.sample("z", Normal(loc, 1)); };
  const double kl = 0.5 * (1 + 0.01);
  ElboOptions options;
  options.beta = 4;
  Tape tape;
  const Elbo weighted = elbo(options, rng, model, guide);
  CHECK(weighted.kl.item() == doctest::Approx(kl));
  CHECK(weighted.value.item() == doctest::Approx(weighted.log_likelihood.item() - kl));
  CHECK(weighted.objective.item() == doctest::Approx(weighted.log_likelihood.item() - 4 * kl));

  options.beta = 1;
  options.site_noise = {{"z", zeros({2})}};  // the likelihood's gradient is -loc
  for (const double bits : {0.1, 0.5}) {
    options.free_bits = bits;
    const Elbo e = elbo(options, rng, model, guide);
    CHECK(e.objective.item() == doctest::Approx(e.log_likelihood.item() - std::max(kl, 2 * bits)));
    const std::vector<double> gradient = gradient_of({loc}, tape, e.objective);
    CHECK(gradient[0] == doctest::Approx(bits == 0.1 ? -2.0 : -1.0));
  }
}

TEST_CASE("objectives: choices that do not go together, with what to do") {
  Rng rng(8);
  const Hierarchy m;
  ElboOptions options;
  options.particles = 0;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), "elbo: got 0 particles, expected at least 1", Error);
  options.particles = 2;
  options.beta = -1;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), doctest::Contains("must not be negative"), Error);
  options.beta = 2;
  options.bound = EvidenceBound::kImportanceWeighted;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), doctest::Contains("go with EvidenceBound::kElbo"),
                       Error);
  options = {};
  options.sticking_the_landing = true;
  options.free_bits = 1;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), doctest::Contains("take one"), Error);
}

TEST_CASE("objectives: what cannot be told apart site by site is refused") {
  Rng rng(15);
  const auto model = [](Trace& t) {
    const Var s = t.sample("s", LogNormal(0, 1));
    t.observe("x", Normal(s, 1), 1);
  };
  const LatentSpace space(rng, model);
  const FullRankNormal guide(space);
  ElboOptions options;
  options.free_bits = 0.1;
  CHECK_THROWS_WITH_AS(elbo(options, rng, model, guide),
                       doctest::Contains("free_bits are of a site's KL"), Error);
  options = {};
  options.sticking_the_landing = true;
  CHECK_NOTHROW(elbo(options, rng, model, guide));
  const Var log_scale = Var::parameter(scalar(-1));
  const auto by_hand = [&](Trace& t) {
    const Var u = t.auxiliary("u", Normal(0, 1));
    t.place("s", exp(exp(log_scale) * u), -(exp(log_scale) * u + log_scale));
  };
  Tape tape;
  CHECK_THROWS_WITH_AS(elbo(options, rng, model, by_hand),
                       doctest::Contains("but the guide places it with a log density of its own"),
                       Error);
  // A point has no draws, and nothing to take away.
  PointGuide point(space, {vector({0.3}), 1}, PointGuide::Coordinates::kUnconstrained);
  const Var loc = parameters(point)[0].parameter;
  const double sticking = tape.gradients(elbo(options, rng, model, point).objective, {loc})[0](0);
  options.sticking_the_landing = false;
  const double plain = tape.gradients(elbo(options, rng, model, point).objective, {loc})[0](0);
  CHECK(sticking == plain);
}

TEST_CASE("objectives: a closed form that is infinite is refused with both distributions") {
  Rng rng(16);
  const auto model = [](Trace& t) {
    const Var tau = t.sample("tau", HalfCauchy(5));
    t.observe("x", Normal(0, tau), 1);
  };
  const auto guide = [](Trace& t) { t.sample("tau", Normal(1, 0.01)); };
  CHECK_THROWS_WITH_AS(elbo(rng, model, guide),
                       doctest::Contains("site \"tau\" is Normal in the guide and HalfCauchy in "
                                         "the model: the KL between the two is infinite"),
                       Error);
}
#endif
