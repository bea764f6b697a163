#include <doctest/doctest.h>

#include <evident/evident.hpp>

#ifdef EVIDENT_F64
#include <algorithm>
#include <cmath>
#include <limits>

using namespace evident;

namespace {

struct NumberGuide {
  Var loc;

  void operator()(Trace& t) const { t.sample("z", Normal(loc, 1)); }
  template <class V>
  void visit(V& v) {
    v("loc", loc);
  }
};

struct CoinGuide {
  Var logit;

  void operator()(Trace& t) const { t.sample("z", Bernoulli::from_logits(logit)); }
  template <class V>
  void visit(V& v) {
    v("logit", logit);
  }
};

// z ~ N(0, 1), seen with noise of 1: the posterior is N(x / 2, 1/2).
struct Seen {
  double x;

  void operator()(Trace& t) const {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z, 1), x);
  }
};

}  // namespace

TEST_CASE("fit: with its own defaults it converges before the steps run out, near the optimum") {
  Rng rng(1);
  const Seen model{2};
  const MeanFieldNormal guide(LatentSpace(rng, model));
  const Fit result = fit(rng, {}, model, guide);
  CHECK(result.converged);
  CHECK(result.elbo.size() < FitOptions{}.steps);
  CHECK(result.elbo.size() % FitOptions{}.window == 0);
  CHECK(result.reason.find("converged after " + std::to_string(result.elbo.size())) == 0);
  CHECK(std::abs(guide.loc()(0) - 1) < 0.1);
  CHECK(std::abs(guide.scale()(0) - std::sqrt(0.5)) < 0.1);
}

TEST_CASE("fit: it does not stop while the bound rises, and takes all steps where it is told to") {
  Rng rng(2);
  const Seen model{200};
  FitOptions options;
  options.window = 100;
  options.steps = 3000;  // at a hundredth a step it is far from 100
  const MeanFieldNormal guide(LatentSpace(rng, model));
  const Fit result = fit(rng, options, model, guide);
  CHECK_FALSE(result.converged);
  CHECK(result.reason == "all steps were taken");
  CHECK(result.elbo.size() == 3000);
  CHECK(guide.loc()(0) > 20);
  options.tolerance = 0;
  options.steps = 7;
  CHECK(fit(rng, options, model, guide).elbo.size() == 7);
}

TEST_CASE("fit: progress is told every window's mean, and may end the fit") {
  Rng rng(3);
  const Seen model{2};
  const MeanFieldNormal guide(LatentSpace(rng, model));
  FitOptions options;
  options.window = 50;
  std::vector<double> means;
  options.progress = [&](std::size_t steps, double elbo) {
    means.push_back(elbo);
    return steps < 150;
  };
  const Fit result = fit(rng, options, model, guide);
  CHECK_FALSE(result.converged);
  CHECK(result.reason == "it was ended after 150 steps");
  REQUIRE(means.size() == 3);
  double mean = 0;
  for (std::size_t k = 100; k < 150; ++k) mean += result.elbo[k] / 50;
  CHECK(means[2] == doctest::Approx(mean));
}

TEST_CASE("fit: clipped gradients bound a step") {
  Rng rng(4);
  const Seen model{1e4};
  FitOptions options;
  options.steps = 1;
  options.adam.max_norm = 1e-12;
  options.adam.epsilon = 1;  // so that a step is as long as its gradient
  const NumberGuide guide{Var::parameter(scalar(0))};
  fit(rng, options, model, guide);
  CHECK(guide.loc.item() != 0);
  CHECK(std::abs(guide.loc.item()) < 1e-13);
}

TEST_CASE("fit: it ends where the objective does not rise, though the bound fall") {
  Rng rng(5);
  const Seen model{20};
  const LatentSpace space(rng, model);
  FitOptions options;
  options.adam.learning_rate = 0.05;
  options.window = 100;
  options.elbo.beta = 0;  // to the mode of the likelihood, past that of the posterior
  const PointGuide guide(space);
  const Fit result = fit(rng, options, model, guide);
  CHECK(result.converged);
  CHECK(guide.loc()(0) == doctest::Approx(20).epsilon(0.01));
  // While the weight of the KL changes no window counts.
  options.elbo = {};
  options.beta = warm_up(1500, 1);
  options.patience = 1;
  CHECK(fit(rng, options, model, PointGuide(space)).elbo.size() >= 1600);
}

TEST_CASE("fit: it stops early where held-out data say so, at the best parameters") {
  Rng rng(6);
  const Seen model{10};  // moves to 5
  const NumberGuide guide{Var::parameter(scalar(0))};
  FitOptions options;
  options.window = 20;
  options.patience = 3;
  options.held_out = [&] { return -std::abs(guide.loc.item() - 1); };
  const Fit result = fit(rng, options, model, guide);
  CHECK(result.converged);
  CHECK(result.reason.find("stopped early after ") == 0);
  REQUIRE(result.held_out.size() > 4);
  const auto best = std::max_element(result.held_out.begin(), result.held_out.end());
  CHECK(best + 4 == result.held_out.end());
  CHECK(-std::abs(guide.loc.item() - 1) == *best);
  CHECK(*best < 0);
}

TEST_CASE("fit: parameters are those that are visited and those that the programs name") {
  Rng rng(7);
  const Var slope = Var::parameter(scalar(0)), loc = Var::parameter(scalar(0));
  const auto model = [&](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z + 2 * t.param("slope", slope), 1), 10);
  };
  const auto guide = [&](Trace& t) { t.sample("z", Normal(t.param("loc", loc), std::sqrt(0.5))); };
  const Elbo e = elbo(rng, model, guide);
  REQUIRE(e.params.size() == 2);
  CHECK(e.params[0].name == "loc");
  FitOptions options;
  options.steps = 6000;
  options.tolerance = 0;
  options.elbo.sticking_the_landing = true;
  options.adam.learning_rate = cosine_decay(0.05, 6000);
  fit(rng, options, model, guide);
  // Most likely, with the posterior of z at 0; the draws leave noise of a hundredth.
  CHECK(std::abs(slope.item() - 5) < 0.05);
  CHECK(std::abs(loc.item()) < 0.05);
}

TEST_CASE("fit: a parameter that nothing names is not left behind silently") {
  Rng rng(8);
  const Var slope = Var::parameter(scalar(1.5)), other = Var::parameter(scalar(1.5));
  const auto model = [&](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z + slope, 1), 10);
  };
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, NumberGuide{Var::parameter(scalar(0))}),
                       doctest::Contains("a parameter of shape () that is not to be learned"),
                       Error);
  const auto constants = [](Trace& t) { t.sample("z", Normal(0, 1)); };
  CHECK_THROWS_WITH_AS(fit(rng, {}, Seen{1}, constants),
                       doctest::Contains("neither the model nor the guide has parameters"), Error);
  Trace t({});
  Tape tape;
  CHECK_THROWS_WITH_AS(t.param("a", 2 * slope), doctest::Contains("\"a\" was computed"), Error);
  t.param("b", slope);
  CHECK_NOTHROW(t.param("b", slope));
  CHECK_THROWS_WITH_AS(t.param("b", other), doctest::Contains("\"b\" stands for two"), Error);
}

TEST_CASE("fit: an infinite ELBO is an error with the site that made it") {
  Rng rng(9);
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Uniform(0, 1));
    t.factor("x", z);
  };
  FitOptions options;
  options.elbo.analytic_kl = false;
  CHECK_THROWS_WITH_AS(fit(rng, options, model, NumberGuide{Var::parameter(scalar(30))}),
                       doctest::Contains("fit: the ELBO is -inf at step 0, by site \"z\""), Error);
}

TEST_CASE("fit: draws that cannot be reparameterised are refused where they are to be learned") {
  Rng rng(10);
  const auto model = [](Trace& t) {
    const Var k = t.sample("z", Bernoulli(0.5));
    t.observe("x", Normal(k, 1), 1);
  };
  const CoinGuide guide{Var::parameter(scalar(0.3))};
  CHECK(elbo(rng, model, guide).without_gradient == "z");
  CHECK(elbo(rng, model, CoinGuide{0.3}).without_gradient.empty());
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, guide),
                       doctest::Contains("site \"z\" has parameters to be learned, but its draws"),
                       Error);
}

TEST_CASE("fit: draws of a blocked site are refused likewise, in the gradient itself") {
  Rng rng(10);
  const Var logit = Var::parameter(scalar(0.3)), shift = Var::parameter(scalar(0));
  const auto model = [&](Trace& t) {
    const Var k = t.sample("k", Bernoulli::from_logits(logit));
    t.observe("x", Normal(k + shift, 1), 1);
  };
  Tape tape;
  const Elbo e = elbo(rng, block(model, {"k"}), [](Trace&) {});
  CHECK(e.without_gradient == "k");
  CHECK_THROWS_WITH_AS(tape.backward(-e.objective),
                       doctest::Contains("elbo: site \"k\" has parameters to be learned"), Error);
}

TEST_CASE("fit: options out of range, and data held out that are no number") {
  Rng rng(10);
  const auto model = [](Trace& t) { t.sample("z", Normal(0, 1)); };
  const NumberGuide guide{Var::parameter(scalar(0))};
  FitOptions options;
  options.tolerance = -1;
  CHECK_THROWS_WITH_AS(fit(rng, options, model, guide),
                       doctest::Contains("tolerance must not be negative"), Error);
  options.tolerance = 1e-4;
  options.patience = 0;
  CHECK_THROWS_WITH_AS(fit(rng, options, model, guide), doctest::Contains("patience at least 1"),
                       Error);
  options.patience = 4;
  options.window = 5;
  options.held_out = [] { return std::nan(""); };
  CHECK_THROWS_WITH_AS(fit(rng, options, model, guide),
                       doctest::Contains("held_out returned NaN after 5 steps"), Error);
  options.held_out = [] { return HUGE_VAL; };
  CHECK_THROWS_WITH_AS(fit(rng, options, model, guide), doctest::Contains("held_out returned inf"),
                       Error);
  for (const std::size_t window : {std::size_t{0}, options.steps + 1}) {
    options.window = window;
    CHECK_THROWS_WITH_AS(fit(rng, options, model, guide),
                         doctest::Contains("expected at least one window"), Error);
  }
}

TEST_CASE("fit: a parameter that a later step names first would not be learned") {
  Rng rng(12);
  const Var loc = Var::parameter(scalar(0)), late = Var::parameter(scalar(0));
  int runs = 0;
  const auto model = [&](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(++runs > 3 ? t.param("late", late) : z, 1), 1);
  };
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, NumberGuide{loc}),
                       "fit: parameter \"late\" is named at step 3 for the first time: name it in "
                       "every run, or with "
                       "`visit`",
                       Error);
}

TEST_CASE("fit: a NaN is an error that names its site and the step") {
  Rng rng(11);
  const Var loc = Var::parameter(scalar(0));
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.factor("broken", log(-1 - square(z)));
  };
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, NumberGuide{loc}),
                       doctest::Contains("NaN at step 0, by site \"broken\" (log p)"), Error);
}

TEST_CASE("fit: a gradient that is no number is an error that names the parameter, which stands") {
  Rng rng(11);
  NumberGuide guide{Var::parameter(scalar(0.5))};
  // The slope of sqrt at 0 is infinite.
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.factor("root", sqrt(0 * z));
  };
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, guide),
                       doctest::Contains("fit: the gradient of parameter \"guide.loc\" is"), Error);
  CHECK(guide.loc.item() == 0.5);
}

TEST_CASE("fit: it warms the KL up and lands where sticking the landing has no noise") {
  Rng rng(9);
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z, 1), 2);
  };
  const LatentSpace space(rng, model);
  const MeanFieldNormal guide(space);
  FitOptions options;
  options.steps = 4000;
  options.tolerance = 0;
  options.beta = warm_up(1000, 1);
  options.elbo.sticking_the_landing = true;
  fit(rng, options, model, guide);
  CHECK(std::abs(guide.loc()(0) - 1) < 1e-6);
  CHECK(std::abs(guide.scale()(0) - std::sqrt(0.5)) < 1e-6);
}
#endif
