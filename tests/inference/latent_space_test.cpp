#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/evident.hpp>

#include "eight_schools.hpp"

using namespace evident;
using evident::testing::EightSchools;

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
                                     const Var a = t.sample("a", Normal(0, 1));
                                     t.sample("d", Delta(2 * a));
                                   }),
                       doctest::Contains("site \"d\" is a point, by its distribution Delta"),
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
  CHECK(narrow.psis.k_hat > 0.7);
  CHECK(narrow.psis.advice.find("do not trust") == 0);
  CHECK(good.psis.k_hat < 0.7);
}

TEST_CASE("LatentSpace: a point is where the sites have given values") {
  Rng rng(9);
  const auto model = [](Trace& t) {
    t.sample("tau", HalfCauchy(5));
    t.sample("w", Normal(zeros({2}), 1));
    t.sample("share", Dirichlet(ones({3})));
  };
  const LatentSpace space(rng, model);
  const Array point = space.point({{"tau", scalar(3)}, {"share", vector({0.2, 0.3, 0.5})}});
  const Array values = space.values(point);
  const double expected[] = {3, 0, 0, 0.2, 0.3, 0.5};
  for (std::size_t i = 0; i < 6; ++i) CHECK(values(i) == doctest::Approx(expected[i]));
  CHECK_THROWS_WITH_AS(space.point({{"nu", scalar(3)}}),
                       doctest::Contains("no latent site \"nu\": its numbers are tau, w[0], w[1]"),
                       Error);
  CHECK_THROWS_WITH_AS(space.point({{"w", scalar(3)}}),
                       doctest::Contains("site \"w\" has shape (2), got a value of ()"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(space.point({{"tau", scalar(-3)}}),
                       doctest::Contains("site \"tau\" must be"), DomainError);
  CHECK_THROWS_WITH_AS(space.point({{"share", vector({0, 0.5, 0.5})}}),
                       doctest::Contains("site \"share\" has a value at the border"), DomainError);
}

TEST_CASE("LatentSpace: points have its size") {
  Rng rng(17);
  const LatentSpace space(rng, [](Trace& t) { t.sample("w", Normal(zeros({2}), 1)); });
  const char* message = "LatentSpace: got a point of shape (3), expected (2): its numbers are w[0]";
  CHECK_THROWS_WITH_AS(space.log_density(zeros({3})), doctest::Contains(message), ShapeError);
  CHECK_THROWS_WITH_AS(space.explain(zeros({3})), doctest::Contains(message), ShapeError);
  CHECK_THROWS_WITH_AS(nuts(rng, space.density(), zeros({3})), doctest::Contains(message),
                       ShapeError);
  for (const Shape& shape : {Shape{}, Shape{5, 4}}) {
    CHECK_THROWS_WITH_AS(space.values(zeros(shape)), doctest::Contains("expected (..., 2)"),
                         ShapeError);
    CHECK_THROWS_WITH_AS(space.sites(zeros(shape)), doctest::Contains("expected (..., 2)"),
                         ShapeError);
  }
}

TEST_CASE("LatentSpace: where the data lie outside the support there is no density, and no end") {
  Rng rng(10);
  // Most draws from the prior rule the data out.
  const auto model = [](Trace& t) {
    const Var theta = t.sample("theta", Exponential(1));
    t.observe("y", Uniform(0, theta), 4);
  };
  const LatentSpace space(rng, model);
  Array gradient = zeros({1});
  CHECK(space.density()(vector({std::log(3.9)}), gradient) ==
        -std::numeric_limits<double>::infinity());
  const double inside = space.density()(vector({std::log(5)}), gradient);
  CHECK(inside == doctest::Approx(-5 - std::log(5.0) + std::log(5.0)));
  const auto covariance = [](Trace& t) {
    const Var r = t.sample("r", Normal(0, 1));
    const Var m = stack({stack({Var(1.0), r}), stack({r, Var(1.0)})});
    t.observe("y", MultivariateNormal::from_covariance(zeros({2}), m), zeros({2}));
  };
  CHECK(LatentSpace(rng, covariance).density()(vector({2}), gradient) ==
        -std::numeric_limits<double>::infinity());
  const auto never = [](Trace& t) {
    t.sample("z", Normal(0, 1));
    t.observe("y", Uniform(0, 1), 4);
  };
  CHECK_THROWS_WITH_AS(LatentSpace(rng, never),
                       doctest::Contains("none of 100 draws from the prior could be run"),
                       DomainError);
}

TEST_CASE("LatentSpace: a density is of all rows, and hides nothing") {
  Rng rng(11);
  const auto some = [](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Plate rows = t.minibatch("rows", 10, 2);
    t.observe("y", Normal(mu + zeros({2}), 1), zeros({2}));
  };
  const LatentSpace space(rng, some);  // guides may be made of it
  CHECK_THROWS_WITH_AS(
      space.log_density(zeros({1})),
      doctest::Contains("site \"y\" stands in plate \"rows\" of which the data are a minibatch"),
      Error);
  const MeanFieldNormal guide(space);
  CHECK_THROWS_WITH_AS(check_guide(rng, 100, some, guide),
                       doctest::Contains("weights are of all data"), Error);
  const auto both = [](Trace& t) {
    const Var h = t.sample("h", Normal(0, 1));
    t.sample("z", Normal(h, 1));
  };
  const LatentSpace hidden(rng, block(both, {"h"}));
  CHECK_THROWS_WITH_AS(hidden.log_density(zeros({1})),
                       doctest::Contains("site \"h\" is hidden by block"), Error);
}

TEST_CASE("LatentSpace: every free number has a name, and a bad start is explained site by site") {
  Rng rng(14);
  const auto model = [](Trace& t) {
    const Var tau = t.sample("tau", HalfCauchy(5));
    t.sample("share", Dirichlet(ones({3})));
    t.factor("broken", log(tau - 1));
  };
  const LatentSpace space(rng, model);
  CHECK(space.free_names() == std::vector<std::string>{"tau", "share, free[0]", "share, free[1]"});
  CHECK(space.names().size() == 4);
  SamplerOptions options;
  options.chains = 2;
  options.draws = options.warmup = 20;
  const auto sound = [](Trace& t) { t.sample("share", Dirichlet(ones({3}))); };
  const LatentSpace shares(rng, sound);
  const Draws draws = nuts(rng, shares.density(), zeros({2}), options);
  CHECK_NOTHROW(warnings(draws, shares.free_names()));
  const Array start = vector({-3, 0, 0});
  CHECK_THROWS_WITH_AS(nuts(rng, space.density(), start),
                       doctest::Contains("LatentSpace::explain says which site it is"), Error);
  const std::string text = space.explain(start);
  CHECK(text.find("broken: log density NaN") != std::string::npos);
  CHECK(text.find("tau: log density -") != std::string::npos);
  CHECK(text.find("of the change of variables") != std::string::npos);
}

TEST_CASE("LatentSpace: an error of the model says after which site it was met") {
  Rng rng(15);
  const auto broken = [](Trace& t) {
    t.sample("mu", Normal(0, 1));
    t.sample("z", Normal(std::nan(""), 1));
  };
  for (const char* text : {"Normal: loc", "This was after site \"mu\"", "latent  Normal"}) {
    CHECK_THROWS_WITH_AS(LatentSpace(rng, broken), doctest::Contains(text), DomainError);
    CHECK_THROWS_WITH_AS(elbo(rng, broken, [](Trace& t) { t.sample("mu", Normal(0, 1)); }),
                         doctest::Contains(text), DomainError);
  }
  const auto shapes = [](Trace& t) {
    const Var mu = t.sample("mu", Normal(zeros({3}), 1));
    t.sample("z", Normal(mu + zeros({2}), 1));
  };
  CHECK_THROWS_WITH_AS(LatentSpace(rng, shapes), doctest::Contains("The sites so far:\nsite"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(elbo(rng, shapes, [](Trace& t) { t.sample("mu", Normal(zeros({3}), 1)); }),
                       doctest::Contains("The sites so far:\nsite"), ShapeError);
}

TEST_CASE("guides: the Laplace approximation stands at a mode, or says how far it is") {
  Rng rng(12);
  const Sum sum;
  const LatentSpace space(rng, sum);
  CHECK_THROWS_WITH_AS(
      FullRankNormal::laplace(space, vector({kMean, kMean + 1})),
      doctest::Contains("laplace: loc is not the mode, which is about 2.2 standard"), Error);
  const auto centred = [](Trace& t) { t.sample("z", Normal(0, 2)); };
  CHECK(FullRankNormal::laplace(LatentSpace(rng, centred), zeros({0}))
            .distribution()
            .variance()
            .item() == doctest::Approx(4));
  const auto tailed = [](Trace& t) { t.sample("z", Cauchy(0, 1)); };
  CHECK_THROWS_WITH_AS(FullRankNormal::laplace(LatentSpace(rng, tailed), vector({3})),
                       doctest::Contains("laplace: minus the Hessian at loc is not positive"),
                       DomainError);
}

TEST_CASE("guides: what they say of every number once weighed, beside the exact posterior") {
  Rng rng(13);
  const Sum sum;
  const LatentSpace space(rng, sum);
  // Wider than the posterior, so that the weights have a variance.
  const MeanFieldNormal wide(space, {vector({kMean, kMean}), 1});
  const GuideCheck check = check_guide(rng, 20000, sum, wide);
  const std::vector<QuantitySummary> table = summarise(check);
  REQUIRE(table.size() == 2);
  CHECK(table[1].name == "b");
  for (const QuantitySummary& row : table) {
    CHECK(std::abs(row.mean - kMean) < 4 * row.mcse);
    CHECK(row.sd == doctest::Approx(std::sqrt(kVariance)).epsilon(0.05));
    CHECK(row.q50 == doctest::Approx(kMean).epsilon(0.05));
    CHECK(row.q95 == doctest::Approx(kMean + 1.645 * std::sqrt(kVariance)).epsilon(0.05));
    CHECK(row.k_hat == check.psis.k_hat);
    CHECK(std::isnan(row.r_hat));
  }
  CHECK(to_string(table).find("k-hat") != std::string::npos);
  CHECK_THROWS_WITH_AS(summarise(check_log_weights(zeros({50}))), doctest::Contains("has no draws"),
                       Error);
  CHECK_THROWS_WITH_AS(check_guide(rng, 100, sum, PointGuide(space)),
                       doctest::Contains("check_guide: the guide is a point"), Error);
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
#endif
