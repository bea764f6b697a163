#include <doctest/doctest.h>

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/evident.hpp>

using namespace evident;

// Whose weights they are: of each row, or of all data, and of what.

namespace {

// log N(x | 0, variance), summed over numbers that are alike.
double log_normal_evidence(double x, double variance, double count) {
  return count * Normal(0, std::sqrt(variance)).log_prob(x).item();
}

// x ~ N(z, 1), z ~ N(0, 1).
void one_row(Trace& t) {
  const Var z = t.sample("z", Normal(0, 1));
  t.observe("x", Normal(z, 1), 1);
}

// Rows that share mu: their numbers have the covariances 1 and the variances 3.
template <class Rows>
auto rows_that_share(const Rows& rows) {
  return block(
      [rows](Trace& t) {
        const Var mu = t.sample("mu", Normal(0, 1));
        const Plate plate = rows(t);
        const Var z = t.sample("z", Normal(mu + zeros({5}), 1));
        t.observe("x", Normal(z, 1), full({5}, 3));
      },
      {"mu"});
}

}  // namespace

TEST_CASE("weights: of a minibatch the evidence is that of each row that is given") {
  Rng rng(61);
  const auto model = [](Trace& t) {
    const Plate rows = t.minibatch("rows", 60, 2);
    const Var z = t.sample("z", Normal(zeros({2}), 1));
    t.observe("x", Normal(z, 1), ones({2}));
  };
  const auto guide = [](Trace& t) {
    const Plate rows = t.minibatch("rows", 60, 2);
    t.sample("z", Normal(zeros({2}), 1));
  };
  const Array each = log_evidence(rng, {100000, 1000}, model, guide);
  REQUIRE(each.shape() == Shape{2});
  const double exact = log_normal_evidence(1, 2, 1);
  for (const real row : each) CHECK(std::abs(row - exact) < 0.01);
  ElboOptions bound;
  bound.particles = 100000;
  bound.bound = EvidenceBound::kImportanceWeighted;
  const Elbo e = elbo(bound, rng, model, guide);
  CHECK(std::abs(e.value.item() - 60 * exact) <= 4 * e.error);
}

TEST_CASE("weights: a hidden site that rows share makes them one") {
  Rng rng(62);
  const auto model = rows_that_share([](Trace& t) { return t.plate("rows", 5); });
  const auto guide = [](Trace& t) { t.sample("z", Normal(full({5}, 2.6), 0.8)); };
  // Eigenvalues 2 + 5 in the direction of all, 2 in four others.
  const double exact = -0.5 * (5 * std::log(2 * 3.14159265358979323846) + std::log(7.0) +
                               4 * std::log(2.0) + 45.0 / 7);
  for (const std::size_t together : {1, 1000}) {
    const Array evidence = log_evidence(rng, {40000, together}, model, guide);
    REQUIRE(evidence.shape() == Shape{});
    CHECK(std::abs(evidence() - exact) < 0.2);
  }
  CHECK(check_guide(rng, 200, model, guide).rows.empty());
  const auto in_minibatch = rows_that_share([](Trace& t) { return t.minibatch("rows", 50, 5); });
  CHECK_THROWS_WITH_AS(log_evidence(rng, 10, in_minibatch, guide),
                       doctest::Contains("site \"mu\" is not"), Error);
}

TEST_CASE("weights: a datapoint is a row of the plate, whatever else its batch has") {
  Rng rng(63);
  const Array w = matrix({{1}, {0.5}}), x = matrix({{1}, {-2}, {0.5}});
  const auto model = [&](Trace& t) {
    const Plate rows = t.plate("rows", 3);
    const Var z = t.sample("z", Normal(zeros({3, 2}), 1));
    t.observe("x", Normal(matmul(z, w), 1), x);
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(zeros({3, 2}), 1)); };
  const Array each = log_evidence(rng, {200000, 2000}, model, guide);
  REQUIRE(each.shape() == Shape{3});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(std::abs(each(i) - log_normal_evidence(x(i, 0), 2.25, 1)) < 0.02);
  }
  CHECK(check_guide(rng, 200, model, guide).rows.size() == 3);
}

TEST_CASE("weights: a point has none, and what hangs on no draw is the same for all") {
  Rng rng(64);
  const Var shift = Var::parameter(scalar(0.5));
  const auto model = [&](Trace& t) {
    one_row(t);
    t.observe("u", Normal(0, 1), 0.3);
    t.factor("decay", -0.5 * square(shift));
  };
  const double exact = log_normal_evidence(1, 2, 1) + log_normal_evidence(0.3, 1, 1) - 0.125;
  const auto guide = [](Trace& t) { t.sample("z", Normal(0.5, std::sqrt(0.5))); };
  CHECK(log_evidence(rng, {30, 10}, model, guide)() == doctest::Approx(exact).epsilon(1e-12));
  ElboOptions bound;
  bound.particles = 10;
  bound.bound = EvidenceBound::kImportanceWeighted;
  Tape tape;
  const Elbo e = elbo(bound, rng, model, guide);
  CHECK(e.value.item() == doctest::Approx(exact).epsilon(1e-12));
  CHECK(tape.gradients(e.objective, {shift})[0]() == doctest::Approx(-0.5).epsilon(1e-12));
  const PointGuide point(LatentSpace(rng, model));
  CHECK_THROWS_WITH_AS(log_evidence(rng, 10, model, point),
                       doctest::Contains("log_evidence: the guide is a point"), Error);
  bound.particles = 1;
  CHECK_THROWS_WITH_AS(elbo(bound, rng, model, point), doctest::Contains("the guide is a point"),
                       Error);
}

TEST_CASE("weights: a point made of Delta has none either, beside a site that draws too") {
  Rng rng(70);
  const auto model = [](Trace& t) {
    one_row(t);
    t.sample("w", Normal(0, 1));
  };
  const auto guide = [](Trace& t) {
    t.sample("z", Delta(0.5));
    t.sample("w", Normal(0, 1));
  };
  ElboOptions sampled;
  sampled.analytic_kl = false;
  // As a point it may stand for the best value.
  CHECK(elbo(sampled, rng, model, guide).value.item() ==
        doctest::Approx(Normal(0, 1).log_prob(0.5).item() + Normal(0.5, 1).log_prob(1).item()));
  CHECK_THROWS_WITH_AS(log_evidence(rng, 10, model, guide),
                       doctest::Contains("log_evidence: the guide is a point"), Error);
  CHECK_THROWS_WITH_AS(check_guide(rng, 10, model, guide),
                       doctest::Contains("check_guide: the guide is a point"), Error);
  // A model's own point is drawn as it is.
  const auto fixed = [](Trace& t) {
    one_row(t);
    t.sample("w", Delta(2));
  };
  const auto exact = [](Trace& t) {
    t.sample("z", Normal(0.5, std::sqrt(0.5)));
    t.sample("w", Delta(2));
  };
  CHECK(log_evidence(rng, 3, fixed, exact)() == doctest::Approx(log_normal_evidence(1, 2, 1)));
}

TEST_CASE("weights: a density does not compare with probabilities") {
  Rng rng(71);
  const auto model = [](Trace& t) { t.sample("z", Gamma(2, 1)); };
  const auto guide = [](Trace& t) { t.sample("z", Poisson(2)); };
  const char* message = "site \"z\" is Poisson in the guide and Gamma in the model";
  CHECK_THROWS_WITH_AS(log_evidence(rng, 10, model, guide), doctest::Contains(message), Error);
  CHECK_THROWS_WITH_AS(elbo(rng, model, guide), doctest::Contains(message), Error);
  CHECK_THROWS_WITH_AS(check_guide(rng, 10, guide, model),
                       doctest::Contains("is Gamma in the guide and Poisson in the model"), Error);
}

TEST_CASE("weights: rows are the same in every run") {
  Rng rng(73);
  std::size_t runs = 0;
  const auto model = [&](Trace& t) {
    const std::size_t count = 2 + ++runs / 8;
    const Plate rows = t.plate("rows", count);
    t.observe("x", Normal(zeros({count}), 1), ones({count}));
  };
  const auto guide = [](Trace&) {};
  CHECK_THROWS_WITH_AS(
      log_evidence(rng, 10, model, guide),
      doctest::Contains("log_evidence: a draw has weights of shape (2) in one run and (3)"),
      ShapeError);
  runs = 0;
  CHECK_THROWS_WITH_AS(check_guide(rng, 10, model, guide),
                       doctest::Contains("check_guide: a draw has weights of shape (2)"),
                       ShapeError);
}

TEST_CASE("weights: of no rows there are none") {
  Rng rng(69);
  const auto model = [](Trace& t) {
    const Plate rows = t.plate("rows", 0);
    const Var z = t.sample("z", Normal(zeros({0}), 1));
    t.observe("x", Normal(z, 1), zeros({0}));
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(zeros({0}), 1)); };
  CHECK(log_evidence(rng, 3, model, guide).shape() == Shape{0});
}

TEST_CASE("weights: NaN has a site") {
  Rng rng(65);
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.factor("broken", log(-1 - square(z)));
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(0, 1)); };
  CHECK_THROWS_WITH_AS(check_guide(rng, 30, model, guide),
                       doctest::Contains("check_guide: the log p of site \"broken\" is NaN"),
                       Error);
}

TEST_CASE("sites: what is the guide's own has a name of its own, and no rule") {
  Rng rng(66);
  for (const std::string name : {"z", "x"}) {
    const auto own = [&](Trace& t) {
      t.auxiliary(name, Normal(0.5, 1));
      if (name == "x") t.sample("z", Normal(0, 1));
    };
    CHECK_THROWS_WITH_AS(
        elbo(rng, one_row, own),
        doctest::Contains("is the guide's own, but the model has a site of this name"), Error);
  }
  const auto guide = [](Trace& t) {
    const Var u = t.auxiliary("u", Normal(0.5, 1));
    t.place("z", u, 0.0);
  };
  const char* message = "site \"u\" is the guide's own, of which it makes others";
  CHECK_THROWS_WITH_AS(elbo(rng, one_row, block(guide, {"u"})), doctest::Contains(message), Error);
  CHECK_THROWS_WITH_AS(elbo(rng, one_row, condition(guide, {{"u", 1}})), doctest::Contains(message),
                       Error);
  const auto two = [](Trace& t) { t.sample("z", Normal(zeros({2}), 1)); };
  const auto by_total = [](Trace& t) {
    t.place("z", 2 * t.auxiliary("u", Normal(zeros({2}), 1)), -2 * std::log(2.0));
  };
  CHECK_THROWS_WITH_AS(elbo(rng, two, by_total),
                       doctest::Contains("with a log density of shape (), expected one for each"),
                       ShapeError);
  ElboOptions options;
  options.site_noise["v"] = scalar(0);
  CHECK_THROWS_WITH_AS(elbo(options, rng, one_row, guide),
                       doctest::Contains("site_noise names \"v\", which the guide does not draw"),
                       Error);
  options.site_noise = {{"u", zeros({1})}};
  CHECK_THROWS_WITH_AS(elbo(options, rng, one_row, guide),
                       doctest::Contains("site_noise of \"u\" has shape (1), expected ()"),
                       ShapeError);
  const auto coin = [](Trace& t) { t.sample("u", Bernoulli(0.5)); };
  CHECK_THROWS_WITH_AS(elbo(options, rng, coin, coin),
                       doctest::Contains("site_noise names \"u\", but Bernoulli is not made of"),
                       Error);
}

TEST_CASE("sites: what a guide makes of its own draws counts as often as they and in the model") {
  Rng rng(72);
  const Var x = vector({1, -2, 0.5});
  const auto model = [&](Trace& t) {
    const Plate rows = t.minibatch("rows", 30, 3);
    const Var z = t.sample("z", Normal(zeros({3}), 1));
    t.observe("x", Normal(z, 1), x);
  };
  // The posterior N(x/2, 1/2), by an affine map of what is drawn.
  const auto draw = [](Trace& t) { return t.auxiliary("u", Normal(zeros({3}), 1)); };
  const auto place = [&](Trace& t, const Var& u) {
    t.place("z", 0.5 * x + std::sqrt(0.5) * u, full({3}, 0.5 * std::log(2.0)));
  };
  const auto within = [&](Trace& t) {
    const Plate rows = t.minibatch("rows", 30, 3);
    place(t, draw(t));
  };
  const auto outside = [&](Trace& t) { place(t, draw(t)); };
  const auto half = [&](Trace& t) {
    const Var u = draw(t);
    const Plate rows = t.minibatch("rows", 30, 3);
    place(t, u);
  };
  double exact = 0;
  for (const real row : x.value()) exact += 10 * log_normal_evidence(row, 2, 1);
  for (const std::size_t draws : {1, 4}) {
    ElboOptions options;
    options.particles = draws;
    CHECK(elbo(options, rng, model, within).value.item() == doctest::Approx(exact).epsilon(1e-12));
  }
  CHECK_THROWS_WITH_AS(elbo(rng, model, outside),
                       doctest::Contains("site \"z\" counts 10 times in the model and 1 times in "
                                         "the guide, which places it"),
                       Error);
  CHECK_THROWS_WITH_AS(
      elbo(rng, model, half),
      doctest::Contains("site \"u\" is the guide's own, but no site is made of it"), Error);
}

TEST_CASE("replay: a value that stays latent is refused where a density is wanted") {
  Rng rng(67);
  const auto fixed = replay(one_row, {{"z", 2}});
  for (const auto& run : std::vector<std::function<void()>>{
           [&] { elbo(rng, fixed, [](Trace&) {}); },
           [&] { check_guide(rng, 30, fixed, [](Trace&) {}); }, [&] { LatentSpace(rng, fixed); }}) {
    CHECK_THROWS_WITH_AS(run(), doctest::Contains("`condition` makes it data"), Error);
  }
  CHECK(mean(Var(prior_predictive(rng, 2000, fixed).at("x"))).item() ==
        doctest::Approx(2).epsilon(0.1));
}

TEST_CASE("latent sites: what is masked or repeats has no density to integrate") {
  Rng rng(68);
  const Array mask = vector({1, 0});
  const auto model = [&](Trace& t) {
    const Var z = t.sample("z", Masked(Normal(zeros({2}), 1), mask));
    t.observe("x", Masked(Normal(z, 1), mask), ones({2}));
  };
  CHECK_THROWS_WITH_AS(LatentSpace(rng, model),
                       doctest::Contains("site \"z\" is latent and masked"), Error);
  CHECK_THROWS_WITH_AS(
      elbo(rng, model, [](Trace& t) { t.sample("z", Normal(zeros({2}), 1)); }),
      doctest::Contains("site \"z\" is masked in the model, where it has no density"), Error);
  ElboOptions sampled;
  sampled.analytic_kl = false;
  const auto posterior = [&](Trace& t) {
    t.sample("z", Masked(Normal(full({2}, 0.5), std::sqrt(0.5)), mask));
  };
  CHECK(elbo(sampled, rng, model, posterior).value.item() ==
        doctest::Approx(log_normal_evidence(1, 2, 1)).epsilon(1e-12));
  const auto unmasked = [](Trace& t) { t.sample("z", Normal(zeros({2}), 1)); };
  CHECK_THROWS_WITH_AS(elbo(rng, unmasked, posterior),
                       doctest::Contains("site \"z\" is masked in the guide, where it has no"),
                       Error);
  const auto within = [&](Trace& t) {
    t.sample("z", Transformed(to_event(Masked(Normal(zeros({2}), 1), mask), 1), transforms::exp()));
  };
  CHECK_THROWS_WITH_AS(LatentSpace(rng, within), doctest::Contains("latent and masked"), Error);
  const auto angle = [](Trace& t) { t.sample("a", VonMises(0, 0.5)); };
  CHECK_THROWS_WITH_AS(LatentSpace(rng, angle), doctest::Contains("whose density repeats"), Error);
}
#endif
