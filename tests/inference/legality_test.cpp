#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/inference/elbo.hpp>
#include <optional>

using namespace evident;

// When the KL at a site may be taken in closed form: not where the model's prior there depends on
// what the guide computed from the site itself.

namespace {

enum class Link { kNone, kReparameterised, kThroughStop, kBernoulli };

// u ~ N(0, 1) or a coin; z | u ~ N(u, 1); x | z ~ N(z, 1).
void model(Trace& t, Link link, const Array& x) {
  const Var u = link == Link::kBernoulli ? t.sample("u", Bernoulli(full({2}, 0.4)))
                                         : t.sample("u", Normal(zeros({2}), 1));
  const Var z = t.sample("z", Normal(u * 2.0, 1));
  t.observe("x", Normal(z, 1), x);
}

// q(z) and q(u | z), or q(u) where there is no link.
struct Guide {
  Var loc, weight;

  explicit Guide(bool frozen)
      : loc(frozen ? Var(vector({0.3, -1})) : Var::parameter(vector({0.3, -1}))),
        weight(frozen ? Var(0.7) : Var::parameter(scalar(0.7))) {}

  void operator()(Trace& t, Link link, const Array&) const {
    const Var z = t.sample("z", Normal(loc, 0.5));
    if (link == Link::kNone) {
      t.sample("u", Normal(weight + zeros({2}), 0.9));
    } else if (link == Link::kReparameterised) {
      t.sample("u", Normal(tanh(z * weight), 0.9));
    } else if (link == Link::kThroughStop) {
      t.sample("u", Normal(stop_gradient(z) * weight, 0.9));
    } else {
      t.sample("u", Bernoulli::from_logits(z * weight));
    }
  }
};

Estimator estimator_of(const Elbo& e, const std::string& name) {
  for (const SiteTerm& site : e.sites) {
    if (site.name == name) return site.estimator;
  }
  FAIL("there is no site " << name);
  return Estimator::kLogProb;
}

Elbo run(Link link, bool frozen) {
  Rng rng(71, "legality");
  return elbo(rng, model, Guide(frozen), link, vector({1, 2}));
}

}  // namespace

TEST_CASE("legality: the closed form only where no prior hangs on the site, tape or not") {
  for (const bool frozen : {false, true}) {
    for (const bool live : {false, true}) {
      CAPTURE(frozen);
      CAPTURE(live);
      std::optional<Tape> tape;
      if (live) tape.emplace();
      const auto of_z = [&](Link link) { return estimator_of(run(link, frozen), "z"); };
      CHECK(of_z(Link::kNone) == Estimator::kAnalyticKl);
      CHECK(of_z(Link::kReparameterised) == Estimator::kSampledKl);
      CHECK(of_z(Link::kThroughStop) == Estimator::kSampledKl);
      CHECK(of_z(Link::kBernoulli) == Estimator::kSampledKl);
      // The prior of u itself hangs on nothing.
      CHECK(estimator_of(run(Link::kReparameterised, frozen), "u") == Estimator::kAnalyticKl);
      CHECK(estimator_of(run(Link::kBernoulli, frozen), "u") == Estimator::kAnalyticKl);
    }
  }
}

TEST_CASE("legality: a model whose prior of a later site hangs on an earlier one is fine") {
  Rng rng(72, "legality");
  const auto chain = [](Trace& t) {
    const Var a = t.sample("a", Normal(0, 1));
    const Var b = t.sample("b", Normal(a, 1));
    t.observe("x", Normal(b, 1), 0.5);
  };
  const auto mean_field = [](Trace& t) {
    t.sample("a", Normal(0.1, 0.8));
    t.sample("b", Normal(0.2, 0.7));
  };
  const auto structured = [](Trace& t) {
    const Var a = t.sample("a", Normal(0.1, 0.8));
    t.sample("b", Normal(a * 0.5, 0.7));
  };
  for (const Elbo& e : {elbo(rng, chain, mean_field), elbo(rng, chain, structured)}) {
    CHECK(estimator_of(e, "a") == Estimator::kAnalyticKl);
    CHECK(estimator_of(e, "b") == Estimator::kAnalyticKl);
  }
}

TEST_CASE("legality: without a rule, or told so, the KL is sampled") {
  Rng rng(73, "legality");
  const auto normal = [](Trace& t) { t.sample("z", Normal(0, 1)); };
  const auto event = [](Trace& t) { t.sample("z", to_event(Normal(zeros({2, 3}), 1), 2)); };
  const auto nested = [](Trace& t) {
    t.sample("z", to_event(to_event(Normal(zeros({2, 3}), 1), 1), 1));
  };
  CHECK(elbo(rng, normal, normal).sites[0].estimator == Estimator::kAnalyticKl);
  CHECK(elbo(rng, event, nested).sites[0].estimator == Estimator::kSampledKl);
  ElboOptions options;
  options.analytic_kl = false;
  CHECK(elbo(options, rng, normal, normal).sites[0].estimator == Estimator::kSampledKl);
  CHECK(elbo(options, rng, normal, normal).value.item() == 0);
}

#ifdef EVIDENT_F64
TEST_CASE("legality: sampled or analytic, the mean of the ELBO is the same") {
  for (const Link link : {Link::kNone, Link::kReparameterised, Link::kBernoulli}) {
    CAPTURE(static_cast<int>(link));
    constexpr int kDraws = 6000;
    double mean[2] = {};
    double variance[2] = {};
    for (const bool analytic : {false, true}) {
      Rng rng(74, "legality");
      double squares = 0;
      ElboOptions options;
      options.analytic_kl = analytic;
      for (int i = 0; i < kDraws; ++i) {
        const double value =
            elbo(options, rng, model, Guide(true), link, vector({1, 2})).value.item();
        mean[analytic] += value / kDraws;
        squares += value * value / kDraws;
      }
      variance[analytic] = (squares - mean[analytic] * mean[analytic]) / kDraws;
      if (!analytic) rng.advance_step();
    }
    CHECK(std::abs(mean[0] - mean[1]) < 4 * std::sqrt(variance[0] + variance[1]));
  }
}
#endif
