#include <doctest/doctest.h>

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/evident.hpp>
#include <limits>

using namespace evident;

namespace {

// Two hundred rows with a latent number each: z ~ N(0, 1), y | z ~ N(z, 1/2), so that y ~
// N(0, 1.25), and z | y ~ N(0.8 y, 0.2).
constexpr std::size_t kManyRows = 200;

struct ManyRows {
  Array y;

  void model(Trace& t) const {
    const Plate rows = t.plate("rows", kManyRows);
    const Var z = t.sample("z", Normal(zeros({kManyRows}), 1));
    t.observe("y", Normal(z, 0.5), y);
  }
  double log_evidence() const { return sum(Normal(0, std::sqrt(1.25)).log_prob(y)).item(); }
};

ManyRows many_rows(Rng& rng) {
  return {(std::sqrt(1.25) * Var(standard_normal({kManyRows}, rng))).value()};
}

}  // namespace

TEST_CASE("check_guide: of independent rows each is judged by itself") {
  Rng rng(41);
  const ManyRows m = many_rows(rng);
  const auto model = [&](Trace& t) { m.model(t); };
  // A tenth of a standard deviation beside the posterior, and wider.
  const double sd = std::sqrt(0.2);
  const auto near = [&](Trace& t) { t.sample("z", Normal(0.8 * Var(m.y) + 0.1 * sd, 1.1 * sd)); };
  const GuideCheck check = check_guide(rng, 2000, model, near);
  REQUIRE(check.rows.size() == kManyRows);
  CHECK(std::abs(check.log_evidence - m.log_evidence()) <= 4 * check.log_evidence_error);
  CHECK(check.log_evidence_error < 0.2);
  CHECK(check.psis.k_hat < 0.5);
  CHECK(check.bad_rows() == 0);
  // KL of two normals, row by row.
  const double gap = 200 * (0.5 * (1.21 + 0.01 - 1) - std::log(1.1));
  CHECK(std::abs(check.gap() - gap) <= 4 * std::hypot(check.elbo_error, check.log_evidence_error));
  for (std::size_t k = 1; k < check.curve.size(); ++k) {
    CHECK(check.curve[k].second > check.curve[k - 1].second);
  }
  const std::string text = to_string(check);
  CHECK(text.find("of 200 rows ") != std::string::npos);
  CHECK(text.find("in the median; 0 of them above 0.70") != std::string::npos);
  // Each row's posterior by the weights of that row.
  const std::vector<QuantitySummary> summary = summarise(check);
  REQUIRE(summary.size() == kManyRows);
  for (std::size_t i = 0; i < kManyRows; ++i) {
    CHECK(std::abs(summary[i].mean - 0.8 * m.y(i)) < 5 * summary[i].mcse);
    CHECK(summary[i].k_hat == check.rows[i].k_hat);
  }
}

TEST_CASE("check_guide: one row that a guide misses is found among many") {
  Rng rng(42);
  const ManyRows m = many_rows(rng);
  const auto model = [&](Trace& t) { m.model(t); };
  Array scale = full({kManyRows}, 1.1 * std::sqrt(0.2));
  scale(17) = 0.05;
  const auto guide = [&](Trace& t) { t.sample("z", Normal(0.8 * Var(m.y), scale)); };
  const GuideCheck check = check_guide(rng, 2000, model, guide);
  CHECK(check.bad_rows() == 1);
  CHECK(check.psis.k_hat == check.rows[17].k_hat);
  CHECK(check.psis.k_hat > 0.7);
  CHECK(check.psis.advice.find("do not trust") == 0);
}

TEST_CASE("check_guide: where rows share a latent number the weights are of all data") {
  Rng rng(43);
  const ManyRows m = many_rows(rng);
  const auto model = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Plate rows = t.plate("rows", kManyRows);
    t.observe("y", Normal(mu + zeros({kManyRows}), 1), m.y);
  };
  const auto guide = [&](Trace& t) { t.sample("mu", Normal(mean(Var(m.y)), 0.08)); };
  const GuideCheck check = check_guide(rng, 100, model, guide);
  CHECK(check.rows.empty());
  CHECK(check.bad_rows() == 0);
  CHECK(check.psis.log_weights.shape() == Shape{100});
}

TEST_CASE("check_guide: a guide beyond the model's support says so") {
  Rng rng(45);
  const auto model = [](Trace& t) { t.sample("z", Exponential(1)); };
  const GuideCheck check =
      check_guide(rng, 200, model, [](Trace& t) { t.sample("z", Normal(0, 1)); });
  CHECK(check.elbo == -std::numeric_limits<double>::infinity());
  CHECK_FALSE(std::isnan(check.elbo_error));
  CHECK(to_string(check).find("the guide draws what the model rules out") != std::string::npos);
  const LatentSpace space(rng, model);
  CHECK_THROWS_WITH_AS(MeanFieldNormal(space, {full({1}, std::nan(""))}),
                       doctest::Contains("MeanFieldNormal: the starting loc is nan at element 0"),
                       Error);
}

TEST_CASE("check_log_weights: rows add up") {
  Rng rng(44);
  const Array w = standard_normal({50, 3}, rng);
  const GuideCheck check = check_log_weights(w);
  double evidence = 0, elbo = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    Array column = uninitialised({50});
    for (std::size_t k = 0; k < 50; ++k) column(k) = w(k, j);
    const GuideCheck one = check_log_weights(column);
    evidence += one.log_evidence;
    elbo += one.elbo;
    CHECK(check.rows[j].k_hat == one.psis.k_hat);
  }
  CHECK(check.log_evidence == doctest::Approx(evidence).epsilon(1e-12));
  CHECK(check.elbo == doctest::Approx(elbo).epsilon(1e-12));
  CHECK_THROWS_WITH_AS(check_log_weights(zeros({1})), doctest::Contains("got log weights of shape"),
                       Error);
  CHECK_THROWS_AS(check_log_weights(zeros({5, 0})), Error);
}
#endif
