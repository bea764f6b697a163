#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/evident.hpp>

using namespace evident;

namespace {

#ifdef EVIDENT_F64
// Mean-field, full-rank and NUTS on y = mu + x with a correlated normal posterior: of two numbers
// with a prior of covariance I, and one observation of their sum.
struct Sum {
  void model(Trace& t) const {
    const Var a = t.sample("a", Normal(0, 1)), b = t.sample("b", Normal(0, 1));
    t.observe("y", Normal(a + b, 0.5), 2);
  }
};
// The posterior has precision I + 4 [1 1; 1 1]: variances 5/9, covariance -4/9, means 8/9. The
// evidence is that of y = 2 under variance 2.25.
constexpr double kMean = 8.0 / 9, kVariance = 5.0 / 9, kCovariance = -4.0 / 9;
const double kLogEvidence = -0.5 * std::log(2 * 3.14159265358979323846 * 2.25) - 2.0 / 2.25;

struct EightSchools {
  Var y = vector({28, 8, -3, 7, -1, 1, 18, 12});
  Var sigma = vector({15, 10, 16, 11, 9, 11, 10, 18});

  void model(Trace& t) const {
    const Var mu = t.sample("mu", Normal(0, 5)), tau = t.sample("tau", HalfCauchy(5));
    const Var theta = t.sample("theta", Normal(zeros({8}), 1));
    t.observe("y", Normal(mu + tau * theta, sigma), y);
  }
};
#endif

}  // namespace

TEST_CASE("LatentSpace: sites side by side, their names and values") {
  Rng rng(1);
  const auto model = [](Trace& t) {
    t.sample("tau", HalfCauchy(5));
    t.sample("w", to_event(Normal(zeros({2, 3}), 1), 2));
    t.sample("share", Dirichlet(ones({3})));
    t.observe("y", Normal(0, 1), 0.5);
  };
  const LatentSpace space(rng, model);
  CHECK(space.size() == 1 + 6 + 2);
  CHECK(space.names() == std::vector<std::string>{"tau", "w[0, 0]", "w[0, 1]", "w[0, 2]", "w[1, 0]",
                                                  "w[1, 1]", "w[1, 2]", "share[0]", "share[1]",
                                                  "share[2]"});
  Array points = zeros({2, 5, 9});
  points(1, 2, 0) = static_cast<real>(std::log(3));
  const Array values = space.values(points);
  CHECK(values.shape() == Shape{2, 5, 10});
  CHECK(static_cast<double>(values(1, 2, 0)) == doctest::Approx(3));
  CHECK(static_cast<double>(values(0, 0, 9)) == doctest::Approx(1.0 / 3));
}

TEST_CASE("LatentSpace: what it cannot map, with advice") {
  Rng rng(1);
  CHECK_THROWS_WITH_AS(LatentSpace(rng, [](Trace& t) { t.observe("y", Normal(0, 1), 0); }),
                       "LatentSpace: the model has no latent sites: there is nothing to infer",
                       Error);
  CHECK_THROWS_WITH_AS(LatentSpace(rng, [](Trace& t) { t.sample("k", Poisson(3)); }),
                       doctest::Contains("site \"k\" has the discrete distribution Poisson"),
                       Error);
  CHECK_THROWS_WITH_AS(LatentSpace(rng,
                                   [](Trace& t) {
                                     const Var a = t.sample("a", Uniform(0, 1));
                                     t.sample("b", Uniform(0, a));
                                   }),
                       doctest::Contains("site \"b\" is not the same in two runs"), Error);
}

#ifdef EVIDENT_F64
TEST_CASE("LatentSpace: the log density is the joint one with the change of variables") {
  Rng rng(1);
  const EightSchools schools;
  const LatentSpace space(rng, schools);
  const Array u = vector({1, 0.3, 0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8});
  const double tau = std::exp(0.3);
  double expected = Normal(0, 5).log_prob(1).item() + HalfCauchy(5).log_prob(tau).item() + 0.3;
  for (std::size_t i = 0; i < 8; ++i) {
    expected +=
        Normal(0, 1).log_prob(u(2 + i)).item() +
        Normal(1 + tau * u(2 + i), schools.sigma.value()(i)).log_prob(schools.y.value()(i)).item();
  }
  CHECK(space.log_density(u).item() == doctest::Approx(expected).epsilon(1e-13));
  const auto check =
      check_gradients([&](const std::vector<Var>& in) { return space.log_density(in[0]); }, {u});
  CHECK_MESSAGE(check.passed, check.message);
}

TEST_CASE("LatentSpace: where a parameter overflows samplers are told so, and go on") {
  Rng rng(2);
  const Var y = full({100}, 80);
  const auto model = [&](Trace& t) {
    const Var m = t.sample("m", Normal(0, 1e6)), s = t.sample("s", HalfCauchy(2.5));
    t.observe("y", Normal(m + zeros({100}), s), y);
  };
  const LatentSpace space(rng, model);
  Array gradient = zeros({2});
  CHECK(space.density()(vector({80, 800}), gradient) == -std::numeric_limits<double>::infinity());
  CHECK(space.density()(vector({80, -800}), gradient) == -std::numeric_limits<double>::infinity());
  CHECK_THROWS_WITH_AS(space.log_density(vector({80, 800})), doctest::Contains("scale must be"),
                       ParameterError);
  SamplerOptions options;
  options.warmup = options.draws = 50;
  CHECK_NOTHROW(nuts(rng, space.density(), zeros({2}), options));
}

TEST_CASE("guides: mean-field is too narrow for a correlated posterior, and k-hat says so") {
  Rng rng(3);
  const Sum sum;
  const auto model = [&](Trace& t) { sum.model(t); };
  const LatentSpace space(rng, sum);
  FitOptions options;
  options.adam.learning_rate = [](std::size_t step) { return 0.05 / (1 + 0.002 * double(step)); };
  options.steps = 6000;
  options.tolerance = 0;

  const MeanFieldNormal mean_field(space);
  fit(rng, options, model, mean_field);
  // Exactly: the means, and variances 1/Lambda_ii = 1/5.
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(std::abs(mean_field.loc()(i) - kMean) < 0.02);
    CHECK(std::abs(mean_field.scale()(i) - std::sqrt(0.2)) < 0.01);
  }
  const GuideCheck narrow = check_guide(rng, 20000, model, mean_field);
  // Half of sum log Lambda_ii - log det Lambda.
  CHECK(std::abs(narrow.gap() - 0.5 * std::log(25.0 / 9)) < 0.05);

  const FullRankNormal full_rank(space);
  fit(rng, options, model, full_rank);
  const MultivariateNormal q = full_rank.distribution();
  const Array covariance = q.covariance().value();
  CHECK(std::abs(covariance(0, 0) - kVariance) < 0.03);
  CHECK(std::abs(covariance(0, 1) - kCovariance) < 0.03);
  CHECK(std::abs(q.mean().value()(0) - kMean) < 0.03);
  const GuideCheck good = check_guide(rng, 20000, model, full_rank);
  CHECK(std::abs(good.log_evidence - kLogEvidence) <= 4 * good.log_evidence_error + 1e-10);
  CHECK(good.gap() < 0.01);
  CHECK(narrow.psis.k_hat > good.psis.k_hat);
}

TEST_CASE("guides: the Laplace approximation of a normal posterior is the posterior") {
  Rng rng(4);
  const Sum sum;
  const LatentSpace space(rng, sum);
  const FullRankNormal guide = FullRankNormal::laplace(space, vector({kMean, kMean}));
  const Array covariance = guide.distribution().covariance().value();
  CHECK(std::abs(covariance(0, 0) - kVariance) < 1e-8);
  CHECK(std::abs(covariance(0, 1) - kCovariance) < 1e-8);
  const auto model = [&](Trace& t) { sum.model(t); };
  const GuideCheck check = check_guide(rng, 100, model, guide);
  CHECK(std::abs(check.elbo - kLogEvidence) < 1e-6);
  CHECK(std::abs(check.gap()) < 1e-6);
}

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

TEST_CASE("plates: minibatches, scaled, average to the whole") {
  Rng rng(7);
  const Array data = uniform({20}, rng);
  const auto model = [&](Trace& t, std::size_t subsample) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Plate rows = t.plate("rows", 20, subsample);
    const Var y = rows.take(data);
    t.observe("y", Normal(broadcast_to(mu, y.shape()), 0.5), y);
  };
  const Var loc = Var::parameter(scalar(0.3));
  const auto guide = [&](Trace& t, std::size_t) { t.sample("mu", Normal(loc, 1e-3)); };
  const auto gradient = [&](std::size_t subsample) {
    Tape tape;
    const Elbo e = elbo(rng, model, guide, subsample);
    return tape.gradients(e.value, {loc})[0]();
  };
  const double whole = gradient(20);
  double sum = 0, squares = 0;
  constexpr int kRuns = 4000;
  for (int i = 0; i < kRuns; ++i) {
    const double g = gradient(5);
    sum += g;
    squares += g * g;
  }
  const double mean = sum / kRuns;
  const double error = std::sqrt((squares / kRuns - mean * mean) / kRuns);
  CHECK(error > 0);
  CHECK(std::abs(mean - whole) <= 4 * error + 0.2);
  CHECK(error < 0.5);
}
#endif

TEST_CASE("plates and factors: what they must be") {
  Rng rng(8);
  const auto run = [&](const auto& model) { return elbo(rng, model, [](Trace&) {}); };
  CHECK_THROWS_WITH_AS(run([](Trace& t) { t.plate("rows", 3, 5); }),
                       "elbo: plate \"rows\" takes 5 rows of 3: it cannot take more than there are",
                       Error);
  CHECK_THROWS_WITH_AS(run([](Trace& t) {
                         t.plate("rows", 3);
                         t.plate("rows", 3);
                       }),
                       doctest::Contains("plate \"rows\" occurs twice"), Error);
  const Elbo e = run([](Trace& t) {
    t.factor("penalty", -2);
    const Plate outer = t.minibatch("outer", 10, 5);
    const Plate inner = t.minibatch("inner", 6, 2);
    t.factor("each", vector({1, 1}));
  });
  CHECK(e.value.item() == doctest::Approx(-2 + 2 * 3 * 2));
}
