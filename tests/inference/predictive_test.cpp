#include <doctest/doctest.h>

#include <cmath>
#include <evident/evident.hpp>

#include "../words.hpp"

using namespace evident;
using evident::testing::contains;
using evident::testing::message_of;

namespace {

// One number seen three times.
struct Mean {
  Var y = vector({1, 2, 3});

  void model(Trace& t) const {
    const Var mu = t.sample("mu", Normal(0, 1));
    t.observe("y", Normal(mu + zeros({3}), 1), y);
  }
};

#ifdef EVIDENT_F64
struct Moments {
  double mean, variance;
};

Moments moments(const Array& x) {
  const Var v(x);
  const double m = mean(v).item();
  return {m, mean(square(v - m)).item()};
}

bool within_errors(double value, double expected, double sd, std::size_t draws) {
  return std::abs(value - expected) < 4 * sd / std::sqrt(static_cast<double>(draws));
}
#endif

}  // namespace

TEST_CASE("condition: a latent site becomes data, in the density and in the table") {
  Rng rng(1);
  const auto model = [](Trace& t) {
    const Var a = t.sample("a", Normal(0, 1));
    t.sample("b", Normal(a, 1));
  };
  const auto seen = condition(model, {{"b", 2}});
  const LatentSpace space(rng, seen);
  CHECK(space.names() == std::vector<std::string>{"a"});
  const double expected = Normal(0, 1).log_prob(0.5).item() + Normal(0.5, 1).log_prob(2).item();
  CHECK(space.log_density(vector({0.5})).item() == doctest::Approx(expected));
  Trace t({});
  seen(t);
  CHECK(t.find("b")->observed);
  CHECK(contains(to_string(t), "b     observed  Normal"));
  CHECK(contains(message_of([&] { condition(model, {{"c", 2}})(t); }), "twice"));
}

TEST_CASE("condition: before any data are seen, what is conditioned stays as it was put") {
  Rng rng(12);
  const auto model = [](Trace& t) {
    const Var tau = t.sample("tau", HalfCauchy(5));
    t.observe("y", Normal(100, tau), 3);
  };
  const SiteDraws draws = prior_predictive(rng, 20, condition(model, {{"tau", 0.001}}));
  for (const real tau : draws.at("tau")) CHECK(tau == static_cast<real>(0.001));
  for (const real y : draws.at("y")) CHECK(std::abs(static_cast<double>(y) - 100) < 0.01);
}

TEST_CASE("condition, replay and block: what the program does not sample, with its sites") {
  const auto model = [](Trace& t) { t.sample("a", Normal(0, 1)); };
  Trace first({}), second({}), third({}), fourth({});
  CHECK(contains(message_of([&] {
                   condition(model, {{"c", 2}})(first);
                 }),
                 "condition: the program does not sample site \"c\": its sites are\nsite"));
  CHECK(contains(message_of([&] {
                   replay(model, {{"a", vector({1, 2})}})(second);
                 }),
                 "site \"a\" is given a value of shape (2)"));
  CHECK(contains(message_of([&] { block(model, {"b"})(third); }), "block: the program does not"));
  const auto positive = [](Trace& t) { t.sample("s", Exponential(1)); };
  CHECK(contains(message_of([&] {
                   condition(positive, {{"s", -1}})(fourth);
                 }),
                 "outside the support"));
}

TEST_CASE("replay: values stand at latent sites and the rest is drawn given them") {
  Rng rng(2);
  TraceOptions options;
  options.rng = rng;
  Trace t(std::move(options));
  replay(Mean(), {{"mu", 40}})(t);
  CHECK(t.find("mu")->value.item() == 40);
  CHECK_FALSE(t.find("mu")->observed);
}

TEST_CASE("block: what is hidden is drawn from its own distribution, and no guide needs it") {
  Rng rng(3);
  const auto model = [](Trace& t) {
    const Var hidden = t.sample("hidden", Normal(5, 0.001));
    const Var z = t.sample("z", Normal(hidden, 1));
    t.observe("x", Normal(z, 1), 5);
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(5, 1)); };
  const Elbo e = elbo(rng, block(model, {"hidden"}), guide);
  CHECK(e.sites.size() == 2);
  CHECK_THROWS_AS(elbo(rng, model, guide), Error);
  // With the hidden number at 5: no KL, and E log N(5 | z, 1) = -log(2 pi) / 2 - 1/2.
  ElboOptions many;
  many.particles = 20000;
  const Elbo mean = elbo(many, rng, block(model, {"hidden"}), guide);
  CHECK(std::abs(mean.value.item() + 0.91893853320467274 + 0.5) <= 4 * mean.error + 1e-3);
}

#ifdef EVIDENT_F64
TEST_CASE("predictive: draws before and after data have the moments they must") {
  Rng rng(4);
  const Mean m;
  constexpr std::size_t kDraws = 20000;
  const SiteDraws before = prior_predictive(rng, kDraws, m);
  REQUIRE(before.at("y").shape() == Shape{kDraws, 3});
  CHECK(before.at("mu").shape() == Shape{kDraws});
  const Array first = slice(Var(before.at("y")), 1, 0, 1).value();
  CHECK(within_errors(moments(first).mean, 0, std::sqrt(2.0), kDraws));
  CHECK(within_errors(moments(first).variance, 2, 2 * std::sqrt(2.0), kDraws));

  // The posterior is N(6/4, 1/4).
  const LatentSpace space(rng, m);
  const Array posterior = (1.5 + 0.5 * Var(standard_normal({kDraws, 1}, rng))).value();
  const SiteDraws after = posterior_predictive(rng, space.sites(posterior), m);
  CHECK(after.count("mu") == 0);
  const Array again = slice(Var(after.at("y")), 1, 2, 3).value();
  CHECK(within_errors(moments(again).mean, 1.5, std::sqrt(1.25), kDraws));
  CHECK(within_errors(moments(again).variance, 1.25, 1.25 * std::sqrt(2.0), kDraws));

  const auto largest = [](const Array& y) { return static_cast<double>(max(Var(y)).item()); };
  const PredictiveCheck usual = predictive_check(m.y.value(), after.at("y"), largest);
  CHECK_FALSE(usual.surprising());
  const PredictiveCheck odd = predictive_check(vector({1, 2, 30}), after.at("y"), largest);
  CHECK(odd.p == 0);
  CHECK(contains(to_string(odd), "the model does not make such data"));
}
#endif

TEST_CASE("predictive: draws of any guide are taken, what it draws for itself left out") {
  Rng rng(8);
  const Mean m;
  const FullRankNormal guide{LatentSpace(rng, m)};
  const SiteDraws latent = guide_draws(rng, 5, guide);
  CHECK(latent.size() == 1);
  CHECK(latent.at("mu").shape() == Shape{5});
  CHECK(posterior_predictive(rng, latent, m).at("y").shape() == Shape{5, 3});
}

TEST_CASE("predictive: what cannot be, with what is expected") {
  Rng rng(5);
  const Mean m;
  CHECK(contains(message_of([&] { prior_predictive(rng, 0, m); }), "got 0 draws"));
  CHECK(contains(message_of([&] { posterior_predictive(rng, {}, m); }), "no draws of any site"));
  CHECK(contains(message_of([&] {
                   posterior_predictive(rng, {{"nu", vector({1, 2})}}, m);
                 }),
                 "posterior_predictive: the program does not sample site \"nu\": its sites"));
  for (const char* decided : {"mu", "y"}) {
    CHECK(contains(message_of([&] {
                     posterior_predictive(rng, {{decided, zeros({2})}}, condition(m, {{"mu", 1}}));
                   }),
                   "which is data, or which `condition`, `replay` or `block` decides already: "
                   "leave it out"));
  }
  CHECK(contains(message_of([&] {
                   posterior_predictive(rng, {{"a", zeros({2})}, {"b", zeros({3})}}, m);
                 }),
                 "expected 2 draws as the sites before"));
  for (const int rare : {0, 2}) {
    int runs = 0;
    const auto branching = [&](Trace& t) {
      if ((runs++ == 2) == (rare == 2)) t.sample("z", Normal(0, 1));
      t.sample("y", Normal(0, 1));
    };
    CHECK(contains(message_of([&] { prior_predictive(rng, 3, branching); }),
                   "the program comes to site \"z\" in some runs only"));
  }
  const auto first = [](const Array& y) { return static_cast<double>(y.data()[0]); };
  CHECK(contains(message_of([&] {
                   predictive_check(zeros({3}), zeros({2, 4}), first);
                 }),
                 "in front of the data's shape (3)"));
  CHECK(contains(message_of([&] {
                   predictive_check(zeros({1}), full({2, 1}, std::nan("")), first);
                 }),
                 "the statistic is NaN"));
}

#ifdef EVIDENT_F64
TEST_CASE("guides: a point moves to the mode, in either coordinates, or to the likelihood's") {
  Rng rng(6);
  // Three exponential waiting times under a gamma prior: everything is known.
  const auto model = [](Trace& t) {
    const Var rate = t.sample("rate", Gamma(3, 2));
    t.observe("x", Exponential(rate + zeros({3})), vector({0.5, 1, 2.5}));
  };
  const LatentSpace space(rng, model);
  FitOptions options;
  options.steps = 4000;
  options.tolerance = 0;
  options.adam.learning_rate = cosine_decay(0.05, 4000);
  const auto mode = [&](const PointGuide& guide) {
    fit(rng, options, model, guide);
    return static_cast<double>(space.values(guide.loc())(0));
  };
  CHECK(mode(PointGuide(space)) == doctest::Approx(5.0 / 6).epsilon(1e-6));
  CHECK(mode(PointGuide(space, {}, PointGuide::Coordinates::kUnconstrained)) ==
        doctest::Approx(1).epsilon(1e-6));
  options.elbo.beta = 0;
  CHECK(mode(PointGuide(space)) == doctest::Approx(0.75).epsilon(1e-6));
}

TEST_CASE("guides: of low rank, what is correlated along few directions is found") {
  Rng rng(7);
  // y = sum of z: the posterior's precision is I + 4 1 1', a diagonal and one direction.
  constexpr std::size_t kSize = 4;
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({kSize}), 1));
    t.observe("y", Normal(sum(z), 0.5), 2);
  };
  const LatentSpace space(rng, model);
  FitOptions options;
  options.steps = 8000;
  options.tolerance = 0;
  options.adam.learning_rate = cosine_decay(0.03, 8000);
  options.elbo.sticking_the_landing = true;
  const LowRankNormal guide(space, 3);
  fit(rng, options, model, guide);
  const GuideCheck check = check_guide(rng, 4000, model, guide);
  const double evidence = Normal(0, std::sqrt(kSize + 0.25)).log_prob(2).item();
  CHECK(std::abs(check.log_evidence - evidence) < 4 * check.log_evidence_error + 1e-6);
  CHECK(check.gap() < 0.01);
  const Array covariance = guide.distribution().covariance().value();
  CHECK(std::abs(covariance(0, 0) - (1 - 4.0 / 17)) < 0.03);
  CHECK(std::abs(covariance(0, 1) + 4.0 / 17) < 0.03);
  CHECK_THROWS_WITH_AS(LowRankNormal(space, 0), "LowRankNormal: got rank 0, expected at least 1",
                       Error);
}
#endif
