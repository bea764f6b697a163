#include <doctest/doctest.h>

#include <cmath>
#include <evident/evident.hpp>
#include <set>

using namespace evident;

#ifdef EVIDENT_F64
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

namespace {

// Every row has a latent number of its own, in the guide as well.
struct Local {
  Var data = vector({0.3, -1, 2, 0.7, 1.1});
  Var loc = Var::parameter(vector({0.1, 0.2, 0.3, 0.4, 0.5}));
  Var raw = Var::parameter(vector({-0.5, -0.4, -0.3, -0.2, -0.1}));
  std::size_t subsample;

  void model(Trace& t) const {
    const Plate rows = t.plate("rows", 5, subsample);
    const Var y = rows.take(data);
    const Var z = t.sample("z", Normal(zeros(y.shape()), 1));
    t.observe("y", Normal(z, 0.5), y);
  }
  void guide(Trace& t) const {
    const Plate rows = t.plate("rows", 5, subsample);
    t.sample("z", Normal(rows.take(loc), exp(rows.take(raw))));
  }
};

}  // namespace

TEST_CASE("plates: local latents and their KL are scaled, so that all minibatches make the whole") {
  Rng rng(9);
  Local whole;
  whole.subsample = 5;
  const std::vector<Var> parameters = {whole.loc, whole.raw};
  for (const bool analytic : {true, false}) {
    ElboOptions options;
    options.analytic_kl = analytic;
    options.site_noise = {{"z", zeros({5})}};
    Tape tape;
    const Elbo all = elbo(options, rng, whole);
    const std::vector<Array> exact = tape.gradients(all.value, parameters);
    // Each pair of rows once: whichever come first are kept.
    Local part = whole;
    part.subsample = 2;
    options.site_noise = {{"z", zeros({2})}};
    std::set<std::set<std::size_t>> seen;
    double value = 0, kl = 0;
    Array slope = zeros({5});
    for (int attempt = 0; attempt < 1000 && seen.size() < 10; ++attempt) {
      Rng copy = rng;
      rng.advance_step();
      TraceOptions peek;
      peek.rng = copy;
      Trace t(std::move(peek));
      const Plate rows = t.plate("rows", 5, 2);
      if (!seen.insert({rows.rows().begin(), rows.rows().end()}).second) continue;
      const Elbo e = elbo(options, copy, part);
      value += e.value.item() / 10;
      kl += e.kl.item() / 10;
      slope += tape.gradients(e.value, parameters)[0] / 10;
    }
    REQUIRE(seen.size() == 10);
    CHECK(std::abs(value - all.value.item()) < 1e-10);
    CHECK(std::abs(kl - all.kl.item()) < 1e-10);
    for (std::size_t i = 0; i < 5; ++i) CHECK(std::abs(slope(i) - exact[0](i)) < 1e-10);
  }
}

TEST_CASE("plates: the importance-weighted bound of a minibatch is scaled, row by row") {
  Rng rng(10);
  Local part;
  part.subsample = 2;
  ElboOptions options;
  options.particles = 3;
  options.bound = EvidenceBound::kImportanceWeighted;
  const Array noise = standard_normal({3, 2}, rng);
  options.site_noise = {{"z", noise}};
  const Elbo e = elbo(options, rng, part);
  // The same two rows as a whole of two.
  Rng again(10);
  standard_normal({3, 2}, again);
  TraceOptions peek;
  peek.rng = again;
  Trace t(std::move(peek));
  const Plate plate = t.plate("rows", 5, 2);
  const Var y = plate.take(part.data), loc = plate.take(part.loc), raw = plate.take(part.raw);
  const Var z = loc + exp(raw) * noise;
  const Var w =
      Normal(0, 1).log_prob(z) + Normal(z, 0.5).log_prob(y) - Normal(loc, exp(raw)).log_prob(z);
  const double expected = 2.5 * sum(logsumexp(w, {0}) - std::log(3.0)).item();
  CHECK(e.value.item() == doctest::Approx(expected).epsilon(1e-12));
}
#endif

TEST_CASE("plates: one that has ended begins again with the same rows") {
  Rng rng(11);
  TraceOptions options;
  options.rng = rng;
  Trace t(std::move(options));
  std::vector<std::size_t> first;
  {
    const Plate rows = t.plate("rows", 100, 5);
    first = rows.rows();
  }
  {
    const Plate rows = t.plate("rows", 100, 5);
    CHECK(rows.rows() == first);
    CHECK_THROWS_WITH_AS(t.plate("rows", 100, 5), doctest::Contains("is opened within itself"),
                         Error);
  }
}

TEST_CASE("plates: guide and model must mean the same rows, and data must have them") {
  Rng rng(12);
  const auto with = [](std::size_t size, std::size_t subsample) {
    return [=](Trace& t) { const Plate rows = t.plate("rows", size, subsample); };
  };
  CHECK_NOTHROW(elbo(rng, with(10, 4), with(10, 4)));
  CHECK_THROWS_WITH_AS(
      elbo(rng, with(10, 5), with(10, 4)),
      doctest::Contains("plate \"rows\" has 5 rows of 10, but 4 of 10 in the guide"), Error);
  CHECK_THROWS_AS(elbo(rng, with(10, 4), with(10, 0)), Error);
  CHECK_THROWS_AS(elbo(rng, with(20, 4), with(10, 4)), Error);
  const auto of_given = [](Trace& t) { const Plate rows = t.minibatch("rows", 10, 4); };
  CHECK_NOTHROW(elbo(rng, of_given, of_given));
  for (const auto& run : std::vector<std::function<void()>>{
           [&] { elbo(rng, of_given, with(10, 4)); }, [&] { elbo(rng, with(10, 4), of_given); }}) {
    CHECK_THROWS_WITH_AS(run(), doctest::Contains("drawn in one place and given in another"),
                         Error);
  }
  Trace t({});
  const Plate rows = t.plate("rows", 10, 4);
  CHECK(rows.take(zeros({10, 3})).shape() == Shape{4, 3});
  CHECK_THROWS_WITH_AS(rows.take(zeros({9})),
                       doctest::Contains("plate \"rows\" has 10 rows, got data of shape (9)"),
                       ShapeError);
  const Plate given = t.minibatch("given", 100, 7);
  CHECK(given.take(zeros({7})).shape() == Shape{7});
  CHECK_THROWS_AS(given.take(zeros({100})), ShapeError);
}

TEST_CASE("plates: a site within has an axis of the rows that the run has") {
  Rng rng(9);
  const auto run = [&](const Shape& shape) {
    return elbo(
        rng,
        [&](Trace& t) {
          const Plate plate = t.plate("rows", 100, 10);
          t.observe("y", Normal(zeros(shape), 1), zeros(shape));
        },
        [](Trace&) {});
  };
  for (const Shape& shape : {Shape{100}, Shape{20}, Shape{}}) {
    CHECK_THROWS_WITH_AS(
        run(shape), doctest::Contains(("site \"y\" has " + to_string(shape)).c_str()), ShapeError);
    CHECK_THROWS_WITH_AS(
        run(shape),
        doctest::Contains("within plate \"rows\", of which this run has 10 rows of 100: give it an "
                          "axis of those rows, with rows.take(data) or zeros({rows.count()})"),
        ShapeError);
  }
  CHECK(run({10}).value.item() == doctest::Approx(-100 * 0.91893853320467274178));
  CHECK_THROWS_WITH_AS(elbo(
                           rng,
                           [](Trace& t) {
                             const Plate plate = t.plate("rows", 100, 10);
                             t.factor("total", -1);
                           },
                           [](Trace&) {}),
                       doctest::Contains("site \"total\" has shape () within plate"), ShapeError);
  Trace t({});
  CHECK_THROWS_WITH_AS(t.rows_of("nope"), doctest::Contains("the run has no plate \"nope\""),
                       Error);
  const auto whole = [](Trace& t) {
    const Plate plate = t.plate("rows", 100);
    t.observe("y", Normal(zeros({20}), 1), zeros({20}));
  };
  CHECK_THROWS_AS(elbo(rng, whole, [](Trace&) {}), ShapeError);
}

TEST_CASE("plates: what is latent in rows that the model has drawn, the guide draws of those") {
  Rng rng(9);
  const auto model = [](Trace& t) {
    const Plate rows = t.plate("rows", 100, 10);
    t.sample("z", Normal(zeros({rows.count()}), 1));
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(zeros({10}), 1)); };
  CHECK_THROWS_WITH_AS(
      elbo(rng, model, guide),
      doctest::Contains(
          "site \"z\" is within plate \"rows\" in the model, of which this run has 10 "
          "rows of 100, and outside of it in the guide: open the plate there too"),
      Error);
  CHECK_NOTHROW(elbo(rng, model, model));
  CHECK_THROWS_WITH_AS(
      elbo(rng, guide, model),
      doctest::Contains(
          "site \"z\" is within plate \"rows\" in the guide, of which this run has 10 "
          "rows of 100, and outside of it in the model"),
      Error);
  const auto of_minibatch = [](Trace& t) {
    const Plate rows = t.minibatch("rows", 100, 10);
    t.sample("z", Normal(zeros({10}), 1));
  };
  CHECK_NOTHROW(elbo(rng, of_minibatch, guide));
  CHECK_THROWS_WITH_AS(elbo(rng, guide, of_minibatch),
                       doctest::Contains("outside of it in the model"), Error);
}

TEST_CASE("plates: what needs all rows runs the plate with all of them") {
  Rng rng(10);
  const Array y = standard_normal({6}, rng);
  const auto model = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Plate rows = t.plate("rows", 6, 2);
    const Var z = t.sample("z", Normal(mu + zeros({rows.count()}), 1));
    t.observe("y", Normal(z, 0.5), rows.take(y));
  };
  const auto all = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Var z = t.sample("z", Normal(mu + zeros({6}), 1));
    t.observe("y", Normal(z, 0.5), y);
  };
  const LatentSpace space(rng, model), whole(rng, all);
  REQUIRE(space.size() == 7);
  const Array u = standard_normal({7}, rng);
  CHECK(space.log_density(u).item() == doctest::Approx(whole.log_density(u).item()));
  const auto guide = [](Trace& t) {
    t.sample("mu", Normal(0.1, 0.9));
    const Plate rows = t.plate("rows", 6, 2);
    t.sample("z", Normal(rows.take(zeros({6})), 1));
  };
  CHECK(elbo(rng, model, guide).sites[1].term.size() == 2);
  Rng first(11), second(11);
  const Array of_some = log_evidence(first, 50, model, guide),
              of_all = log_evidence(second, 50, all, [](Trace&t) {
                t.sample("mu", Normal(0.1, 0.9));
                t.sample("z", Normal(zeros({6}), 1));
              });
  CHECK(of_some() == doctest::Approx(of_all()));
  const SiteDraws latent = guide_draws(rng, 4, guide);
  CHECK(latent.at("z").shape() == Shape{4, 6});
  CHECK(posterior_predictive(rng, latent, model).at("y").shape() == Shape{4, 6});
  CHECK(prior_predictive(rng, 4, model).at("y").shape() == Shape{4, 6});
  CHECK(check_guide(rng, 50, model, guide).draws.at("z").shape() == Shape{50, 6});
}

TEST_CASE(
    "plates: a value given to a site of theirs is that of all rows, of which a run has some") {
  Rng rng(13);
  const Array all = uniform({6, 2}, rng), scale = full({2}, 0.5);
  const auto model = [&](Trace& t, bool observe) {
    const Var mu = t.sample("mu", Normal(zeros({2}), 1));
    const Plate rows = t.plate("rows", 6, 3);
    const Normal y(mu + zeros({rows.count(), 2}), scale);
    if (observe) {
      t.observe("y", y, rows.take(all));
    } else {
      t.sample("y", y);
    }
  };
  const auto guide = [](Trace& t, bool) { t.sample("mu", Normal(zeros({2}), 1)); };
  for (const std::size_t draws : {1, 4}) {
    ElboOptions options;
    options.particles = draws;
    Rng first(14), second(14);
    CHECK(elbo(options, first, condition(model, {{"y", all}}), guide, false).value.item() ==
          elbo(options, second, model, guide, true).value.item());
  }
  Rng first(15), second(15);
  CHECK(check_guide(first, 30, condition(model, {{"y", all}}), guide, false).elbo ==
        check_guide(second, 30, model, guide, true).elbo);
  CHECK_THROWS_WITH_AS(elbo(rng, condition(model, {{"y", zeros({5, 2})}}), guide, false),
                       doctest::Contains("site \"y\" observes a value of shape (5, 2)"),
                       ShapeError);
}

TEST_CASE("plates and factors: what they must be") {
  Rng rng(8);
  const auto run = [&](const auto& model) { return elbo(rng, model, [](Trace&) {}); };
  CHECK_THROWS_WITH_AS(run([](Trace& t) { const Plate rows = t.plate("rows", 3, 5); }),
                       "elbo: plate \"rows\" takes 5 rows of 3: it cannot take more than there are",
                       Error);
  CHECK_THROWS_WITH_AS(run([](Trace& t) {
                         { const Plate rows = t.plate("rows", 3); }
                         const Plate others = t.plate("rows", 4, 3);
                       }),
                       doctest::Contains("plate \"rows\" has 3 rows of 4, but 3 of 3 earlier"),
                       Error);
  const Elbo e = run([](Trace& t) {
    t.factor("penalty", -2);
    const Plate outer = t.minibatch("outer", 10, 5);
    const Plate inner = t.minibatch("inner", 6, 2);
    t.factor("each", ones({5, 2}));
  });
  CHECK(e.value.item() == doctest::Approx(-2 + 10 * 2 * 3));
}
