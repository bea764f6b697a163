#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/inference/elbo.hpp>
#include <functional>

using namespace evident;

namespace {

using Program = std::function<void(Trace&)>;

void check_refused(const Program& model, const Program& guide, const char* message) {
  Rng rng(81, "sites");
  CHECK_THROWS_WITH_AS(elbo(rng, model, guide), doctest::Contains(message), Error);
  // Names the function that was called.
  CHECK_THROWS_WITH_AS(evaluate_elbo(rng, model, guide), doctest::Contains("evaluate_elbo: "),
                       Error);
  CHECK_THROWS_WITH_AS(log_evidence(rng, 2, model, guide), doctest::Contains("log_evidence: "),
                       Error);
}

Program samples(const Normal& d) {
  return [=](Trace& t) { t.sample("z", d); };
}

Program samples_event(const Normal& d) {
  return [=](Trace& t) { t.sample("z", to_event(d, 1)); };
}

template <class D>
Program observes(const D& d, const Array& x) {
  return [=](Trace& t) { t.observe("x", d, x); };
}

const Program kNothing = [](Trace&) {};

}  // namespace

TEST_CASE("sites: one that the other program lacks") {
  check_refused(kNothing, samples(Normal(0, 1)),
                "elbo: the guide samples site \"z\", which the model does not have: remove it");
  check_refused(samples(Normal(0, 1)), kNothing,
                "elbo: the model samples site \"z\", which the guide does not: sample it in the "
                "guide too, or observe it in the model");
}

TEST_CASE("sites: a guide observes nothing") {
  check_refused(observes(Normal(0, 1), scalar(1)), observes(Normal(0, 1), scalar(1)),
                "elbo: the guide observes site \"x\": data belong in the model");
  const Program samples_x = [](Trace& t) { t.sample("x", Normal(0, 1)); };
  check_refused(samples_x, observes(Normal(0, 1), scalar(1)),
                "elbo: the model samples site \"x\", which the guide does not");
}

TEST_CASE("sites: a name observed in the model and sampled in the guide") {
  const Program samples_x = [](Trace& t) { t.sample("x", Normal(0, 1)); };
  check_refused(observes(Normal(0, 1), scalar(1)), samples_x,
                "elbo: the guide samples site \"x\", which the model observes: remove it");
}

TEST_CASE("sites: shapes that differ between guide and model, with advice") {
  const Normal batch(zeros({128, 20}), 1);
  check_refused(samples_event(batch), samples(batch),
                "elbo: site \"z\" has shape (128, 20) (batch (128, 20), event ()) in the guide and "
                "(128, 20) (batch (128), event (20)) in the model: did you forget to_event?");
  check_refused(samples_event(batch), samples(Normal(zeros({128}), 1)),
                "elbo: site \"z\" has shape (128) (batch (128), event ()) in the guide and "
                "(128, 20) (batch (128), event (20)) in the model: did you forget to_event?");
  check_refused(samples(Normal(zeros({3}), 1)), samples(Normal(0, 1)),
                "give both the same shape (nothing broadcasts across a site)");
  check_refused(samples(Normal(zeros({3}), 1)), samples(Normal(zeros({1}), 1)), "site \"z\"");
}

TEST_CASE("sites: a name used twice") {
  const Program twice = [](Trace& t) {
    t.sample("z", Normal(0, 1));
    t.sample("z", Normal(0, 1));
  };
  check_refused(twice, samples(Normal(0, 1)), "elbo: site \"z\" occurs twice in one run");
  check_refused(samples(Normal(0, 1)), twice, "elbo: site \"z\" occurs twice in one run");
  const Program sampled_and_observed = [](Trace& t) {
    t.sample("z", Normal(0, 1));
    t.observe("z", Normal(0, 1), 1.0);
  };
  check_refused(sampled_and_observed, samples(Normal(0, 1)), "\"z\" occurs twice");
}

TEST_CASE("sites: an observation outside the support") {
  const Bernoulli coins = Bernoulli::from_logits(zeros({3}));
  check_refused(
      observes(coins, vector({0, 0.5, 1})), kNothing,
      "elbo: site \"x\" observes 0.5 at index 1, outside the support of Bernoulli: it "
      "must be 0 or 1: binarise grey values, or say that cross entropy with grey targets is meant "
      "(Targets::kUnitInterval)");
  check_refused(observes(Bernoulli::from_logits(zeros({1}), Targets::kUnitInterval), vector({1.5})),
                kNothing,
                "observes 1.5 at index 0, outside the support of Bernoulli: it must be in");
  check_refused(observes(Normal(0, 1), scalar(HUGE_VAL)), kNothing,
                "observes inf at index 0, outside the support of Normal: it must be a finite");
}

TEST_CASE("sites: an observation of another shape does not broadcast") {
  check_refused(observes(Normal(zeros({3}), 1), zeros({4})), kNothing,
                "elbo: site \"x\" observes a value of shape (4), but its distribution has (3) "
                "(batch (3), event ()): they must be equal");
  for (const Array& x : {scalar(0), zeros({1}), zeros({3, 3}), zeros({3, 1})}) {
    check_refused(observes(Normal(zeros({3}), 1), x), kNothing, "they must be equal");
  }
  check_refused(observes(Normal(0, 1), zeros({3})), kNothing, "they must be equal");
}

TEST_CASE("sites: a failed run leaves the generator a step on and no tape behind") {
  Rng rng(82, "sites");
  CHECK_THROWS_AS(elbo(rng, kNothing, samples(Normal(0, 1))), Error);
  CHECK(rng.step() == 1);
  CHECK(Tape::current() == nullptr);
}

TEST_CASE("sites: log_evidence needs a sample, and a site to weigh") {
  Rng rng(83, "sites");
  CHECK_THROWS_WITH_AS(log_evidence(rng, 0, samples(Normal(0, 1)), samples(Normal(0, 1))),
                       doctest::Contains("log_evidence: got 0 samples"), Error);
  CHECK_THROWS_WITH_AS(log_evidence(rng, 2, kNothing, kNothing),
                       doctest::Contains("log_evidence: the model has no sites"), Error);
}

TEST_CASE("sites: an ELBO of no sites is 0, of data alone their log_prob") {
  Rng rng(84, "sites");
  CHECK(elbo(rng, kNothing, kNothing).value.item() == 0);
  const Elbo e = elbo(rng, observes(Normal(0, 1), scalar(0.5)), kNothing);
  CHECK(e.kl.item() == 0);
  CHECK(e.value.item() == Normal(0, 1).log_prob(0.5).item());
}
