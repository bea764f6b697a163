#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/layers/dropout.hpp>

#include "linear_gaussian.hpp"

using namespace evident;
using evident::testing::linear_gaussian;
using evident::testing::LinearGaussian;

namespace {

constexpr double kRounding = sizeof(real) == 8 ? 1e-12 : 1e-4;

struct Fixture {
  Rng rng{91, "elbo"};
  LinearGaussian m = linear_gaussian(2, rng);
  Array x = standard_normal({3, 4}, rng);
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "elbo: an object with members, or two callables: the same") {
  Rng a = rng;
  Rng b = rng;
  const double of_object = elbo(a, m, x).value.item();
  const double of_callables = elbo(
                                  b, [&](Trace& t, const Array& data) { m.model(t, data); },
                                  [&](Trace& t, const Array& data) { m.guide(t, data); }, x)
                                  .value.item();
  CHECK(of_object == of_callables);
}

TEST_CASE_FIXTURE(Fixture, "elbo: what it consists of, site by site") {
  const Elbo e = elbo(rng, m, x);
  CHECK(e.value.shape() == Shape{});
  CHECK(std::abs(e.value.item() - (e.log_likelihood.item() - e.kl.item())) <= kRounding);
  REQUIRE(e.sites.size() == 2);
  CHECK(e.sites[0].name == "z");
  CHECK(e.sites[0].estimator == Estimator::kAnalyticKl);
  CHECK(e.sites[0].term.shape() == Shape{3});
  CHECK(std::abs(sum(e.sites[0].term).item() - e.kl.item()) <= kRounding);
  CHECK(e.sites[1].name == "x");
  CHECK(e.sites[1].estimator == Estimator::kLogProb);
  CHECK(e.sites[1].term.shape() == Shape{3});
  CHECK(std::abs(sum(e.sites[1].term).item() - e.log_likelihood.item()) <= kRounding);
  CHECK(to_string(e.sites[0].estimator) == std::string("KL, analytic"));
  CHECK(to_string(e.sites[1].estimator) == std::string("log p"));
  CHECK(to_string(Estimator::kSampledKl) == std::string("KL, sampled"));
}

TEST_CASE_FIXTURE(Fixture, "elbo: the total is a sum over the minibatch, of any size") {
  ElboOptions options;
  options.site_noise = {{"z", standard_normal({3, 2}, rng)}};
  const Elbo all = elbo(options, rng, m, x);
  double parts = 0;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto cut = [&](const Array& from, std::size_t width) {
      Array one = uninitialised({1, width});
      std::copy_n(from.data() + row * width, width, one.data());
      return one;
    };
    LinearGaussian single = m;
    single.loc = cut(m.loc.value(), 2);
    single.scale = cut(m.scale.value(), 2);
    ElboOptions own;
    own.site_noise = {{"z", cut(options.site_noise.at("z"), 2)}};
    parts += elbo(own, rng, single, cut(x, 4)).value.item();
  }
  CHECK(std::abs(all.value.item() - parts) <= 100 * kRounding);
  LinearGaussian none = m;
  none.loc = zeros({0, 2});
  none.scale = zeros({0, 2});
  CHECK(elbo(rng, none, zeros({0, 4})).value.item() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "elbo: the generator moves on by one step, and equal ones give equal bits") {
  Rng same = rng;
  const std::uint64_t step = rng.step();
  const double first = elbo(rng, m, x).value.item();
  CHECK(rng.step() == step + 1);
  CHECK(elbo(same, m, x).value.item() == first);
  CHECK(elbo(rng, m, x).value.item() != first);
  Rng other(92, "elbo", step);
  CHECK(elbo(other, m, x).value.item() != first);
}

TEST_CASE_FIXTURE(Fixture, "elbo: differentiable under a tape, constant without one") {
  m.weight = Var::parameter(m.weight.value());
  m.loc = Var::parameter(m.loc.value());
  const Elbo constant = elbo(rng, m, x);
  CHECK_FALSE(constant.value.needs_gradient());
  CHECK_FALSE(constant.sites[0].term.needs_gradient());
  CHECK(Tape::current() == nullptr);
  Tape tape;
  // What was computed before is a constant under this tape, not an input of another.
  const Elbo e = elbo(rng, m, x);
  tape.backward(e.value + constant.value + sum(constant.sites[0].term));
  CHECK(m.weight.has_gradient());
  CHECK(m.loc.has_gradient());
}

TEST_CASE_FIXTURE(Fixture, "elbo: without a tape the value is the one with a tape") {
  m.loc = Var::parameter(m.loc.value());
  Rng a = rng;
  Rng b = rng;
  const double without = elbo(a, m, x).value.item();
  Tape tape;
  CHECK(elbo(b, m, x).value.item() == without);
}

TEST_CASE("elbo: noise for layers in training, none in evaluation; z is drawn in both") {
  const Dropout half(0.5);
  const auto guide = [&](Trace& t) {
    const Var loc = half(Var(ones({50})), t.noise("encoder"));
    t.sample("z", Normal(loc, 1));
  };
  bool had_noise = false;
  const auto model = [&](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({50}), 1));
    Rng* noise = t.noise("decoder");
    had_noise = noise != nullptr;
    t.observe("x", Normal(z, 1), ones({50}));
  };
  Rng rng(93, "noise");
  const double plain_kl = 50 * 0.5;  // of N(1, 1) against N(0, 1), fifty times
  CHECK(elbo(rng, model, guide).kl.item() != doctest::Approx(plain_kl));
  CHECK(had_noise);
  const Elbo first = evaluate_elbo(rng, model, guide);
  CHECK_FALSE(had_noise);
  CHECK(first.kl.item() == doctest::Approx(plain_kl));
  const Elbo second = evaluate_elbo(rng, model, guide);
  CHECK(second.kl.item() == first.kl.item());
  CHECK(second.log_likelihood.item() != first.log_likelihood.item());
  Rng other(94, "noise");
  CHECK(evaluate_elbo(other, model, guide).value.item() != first.value.item());
  log_evidence(rng, 3, model, guide);
  CHECK_FALSE(had_noise);
  ElboOptions off;
  off.layer_noise = false;
  CHECK(elbo(off, rng, model, guide).kl.item() == doctest::Approx(plain_kl));
}

TEST_CASE("elbo: sites, and layers of other names, have streams of their own") {
  const auto guide = [](Trace& t) {
    const Var a = t.sample("a", Normal(zeros({8}), 1));
    const Var b = t.sample("b", Normal(zeros({8}), 1));
    CHECK(a.value() != b.value());
    CHECK(uniform({8}, *t.noise("one")) != uniform({8}, *t.noise("two")));
  };
  const auto model = [](Trace& t) {
    t.sample("b", Normal(zeros({8}), 1));
    t.sample("a", Normal(zeros({8}), 1));
  };
  Rng rng(95, "streams");
  CHECK(elbo(rng, model, guide).sites.size() == 2);
}

TEST_CASE("elbo: noise given for a site is used as it is") {
  Rng rng(96, "site noise");
  ElboOptions options;
  options.analytic_kl = false;
  options.site_noise = {{"z", vector({2})}};
  const auto guide = [](Trace& t) { t.sample("z", Normal(vector({1}), 0.5)); };
  const auto model = [](Trace& t) { t.sample("z", Normal(vector({0}), 1)); };
  const Elbo e = elbo(options, rng, model, guide);
  const double at = Normal(1, 0.5).log_prob(2.0).item() - Normal(0, 1).log_prob(2.0).item();
  CHECK(std::abs(e.kl.item() - at) <= kRounding);
}

TEST_CASE("elbo: gradients reach through non-reparameterised sites' log_prob only") {
  const Var logit = Var::parameter(scalar(0.3));
  const auto guide = [&](Trace& t) { t.sample("z", Bernoulli::from_logits(logit)); };
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Bernoulli(0.5));
    t.observe("x", Normal(z, 1), 0.2);
  };
  Rng rng(97, "score");
  Tape tape;
  const Elbo e = elbo(rng, model, guide);
  CHECK(e.sites[0].estimator == Estimator::kAnalyticKl);
  // What is differentiable of it: the KL; the draw sends nothing back.
  CHECK(tape.gradients(e.log_likelihood - e.kl, {logit})[0]() ==
        -tape.gradients(e.kl, {logit})[0]());
  for (const Var& total : {e.objective, e.value}) {
    CHECK(total.item() == (e.log_likelihood - e.kl).item());
    CHECK_THROWS_WITH_AS(tape.gradients(total, {logit}),
                         doctest::Contains("elbo: site \"z\" has parameters to be learned"), Error);
  }
}

#ifdef EVIDENT_F64
TEST_CASE("log_evidence: of two latent sites, one drawn given the other") {
  // u ~ N(0, 1), z | u ~ N(u, 1), x | z ~ N(z, 1): x ~ N(0, 3), and the exact posterior factors as
  // z | x ~ N(2x/3, 2/3), u | z ~ N(z/2, 1/2).
  const Array x = vector({-1, 0.5, 2, 0, 0, 1, 1, 1});  // as many as are drawn at once
  const auto model = [](Trace& t, const Array& data) {
    const Plate each = t.plate("rows", rows(data));
    const Var u = t.sample("u", Normal(zeros({rows(data)}), 1));
    const Var z = t.sample("z", Normal(u, 1));
    t.observe("x", Normal(z, 1), data);
  };
  const auto exact = [](Trace& t, const Array& data) {
    const Var z = t.sample("z", Normal(Var(data) * (2.0 / 3), std::sqrt(2.0 / 3)));
    t.sample("u", Normal(z * 0.5, std::sqrt(0.5)));
  };
  const auto mean_field = [](Trace& t, const Array& data) {
    t.sample("z", Normal(Var(data) * (2.0 / 3), std::sqrt(2.0 / 3)));
    t.sample("u", Normal(Var(data) * (1.0 / 3), std::sqrt(2.0 / 3)));
  };
  const Array expected = Normal(0, std::sqrt(3.0)).log_prob(x).value();
  Rng rng(98, "two sites");
  for (const std::size_t samples : {1, 8, 11}) {
    const Array got = log_evidence(rng, samples, model, exact, x);
    REQUIRE(got.shape() == Shape{8});
    for (std::size_t i = 0; i < 8; ++i) CHECK(std::abs(got(i) - expected(i)) < 1e-12);
  }
  // With any guide the weights are unbiased: so is the exponential of the estimate.
  constexpr int kRepeats = 300;
  double ratio = 0;
  double squares = 0;
  for (int i = 0; i < kRepeats; ++i) {
    const Var estimate(log_evidence(rng, 20, model, mean_field, x));
    const double r = mean(exp(estimate - expected)).item();
    ratio += r / kRepeats;
    squares += r * r / kRepeats;
  }
  CHECK(std::abs(ratio - 1) < 4 * std::sqrt((squares - ratio * ratio) / kRepeats));
}
#endif

TEST_CASE("log_evidence: without a plate for all sites the weights are of all data together") {
  const Array x = vector({0.1, 0.4, -0.3});
  const auto guide = [](Trace& t) { t.sample("z", Normal(0.1, 0.5)); };
  const auto by_datum = [&](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z + zeros({3}), 1), x);
  };
  Rng rng(99, "global");
  CHECK(log_evidence(rng, 20, by_datum, guide).shape() == Shape{});
  // Rows of which each adds to the one before: equal batch shapes, and no independent data.
  const Array y = vector({3, -3});
  const auto walk = [&](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({2}), 1));
    t.observe("y", Normal(matmul(z, matrix({{1, 1}, {0, 1}})), 1), y);
  };
  const auto prior = [](Trace& t) { t.sample("z", Normal(zeros({2}), 1)); };
  const Array joint = log_evidence(rng, 20000, walk, prior);
  REQUIRE(joint.shape() == Shape{});
  // y ~ N(0, [[2, 1], [1, 3]]): the quadratic form of (3, -3) is 63 / 5.
  const double exact = -0.5 * (63.0 / 5 + std::log(5.0)) - std::log(8 * std::atan(1.0));
  CHECK(std::abs(static_cast<double>(joint()) - exact) < 0.2);
  const auto as_event = [&](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", to_event(Normal(reshape(z, joined(z.shape(), {1})) + zeros({3}), 1), 1), x);
  };
  CHECK(log_evidence(rng, 20, as_event, guide).shape() == Shape{});
}

TEST_CASE("log_evidence: draws at once are only for programs that carry their axis") {
  // As many data as draws: the axis of draws must not pass for that of the data.
  const Array x = vector({0.1, 0.4, -0.3, 1.1, 0.2, 0.9, -0.5, 0.7});
  const auto guide = [](Trace& t) { t.sample("mu", Normal(0.3, 0.3)); };
  Rng rng(101, "axis");
  const auto lost = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    t.observe("x", to_event(Normal(mean(mu) + zeros({8}), 1), 1), x);
  };
  CHECK_THROWS_WITH_AS(log_evidence(rng, {16, 8}, lost, guide),
                       doctest::Contains("without the 8 draws in front"), ShapeError);
#ifdef EVIDENT_F64
  const auto model = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    t.observe("x", to_event(Normal(mu + zeros({8}), 1), 1), x);
  };
  // x ~ N(0, I + 1 1'): log det = log 9, and the inverse is I - 1 1' / 9.
  double squares = 0;
  double total = 0;
  for (const double value : x) {
    squares += value * value;
    total += value;
  }
  const double exact =
      -0.5 * (squares - total * total / 9 + std::log(9.0) + 8 * std::log(8 * std::atan(1.0)));
  double mean = 0;
  double mean_square = 0;
  constexpr int kRepeats = 200;
  for (int i = 0; i < kRepeats; ++i) {
    const double ratio = std::exp(log_evidence(rng, 50, model, guide)() - exact);
    mean += ratio / kRepeats;
    mean_square += ratio * ratio / kRepeats;
  }
  CHECK(std::abs(mean - 1) < 4 * std::sqrt((mean_square - mean * mean) / kRepeats));
#endif
}
