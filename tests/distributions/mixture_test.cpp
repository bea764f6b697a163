#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/mixture.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/uniform.hpp>

#include "../numbers.hpp"

using namespace evident;

namespace {

using evident::testing::kInf;
constexpr double kMixtureTolerance = sizeof(real) == 8 ? 1e-12 : 1e-5;

// Two mixtures of three, with the same weights.
const Array kShares = vector({0.2, 0.5, 0.3});
const Array kLoc = matrix({{-2, 0.5, 3}, {1, 1, 1}}), kScale = vector({0.5, 1, 2});

Mixture normals() { return Mixture(Categorical(kShares), Normal(kLoc, kScale)); }

}  // namespace

TEST_CASE("mixture: density, tails and moments are weighted sums") {
  const Mixture d = normals();
  CHECK(d.name() == "Mixture(Normal)");
  CHECK(d.batch_shape() == Shape{2});
  CHECK(d.event_shape() == Shape{});
  for (const double x : {-3.0, 0.0, 0.7, 5.0}) {
    for (std::size_t i = 0; i < 2; ++i) {
      double density = 0, cdf = 0, survival = 0, mean = 0, second = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        const Normal part(kLoc(i, j), kScale(j));
        const double w = kShares(j), m = kLoc(i, j), s = kScale(j);
        density += w * std::exp(part.log_prob(x).item());
        cdf += w * part.cdf(x).item();
        survival += w * std::exp(part.log_survival(x).item());
        mean += w * m;
        second += w * (s * s + m * m);
      }
      const auto near = [](double v) { return doctest::Approx(v).epsilon(kMixtureTolerance); };
      CHECK(d.log_prob(x).value()(i) == near(std::log(density)));
      CHECK(d.cdf(x).value()(i) == near(cdf));
      CHECK(d.log_cdf(x).value()(i) == near(std::log(cdf)));
      CHECK(d.log_survival(x).value()(i) == near(std::log(survival)));
      CHECK(d.mean().value()(i) == near(mean));
      CHECK(d.variance().value()(i) == near(second - mean * mean));
    }
  }
  // Where every part underflows the logarithm does not.
  CHECK(d.log_prob(400.0).value()(1) ==
        doctest::Approx(std::log(0.3) + Normal(1, 2).log_prob(400.0).item()));
  CHECK(d.log_survival(400.0).value()(1) ==
        doctest::Approx(std::log(0.3) + Normal(1, 2).log_survival(400.0).item()));
  const Array shares = d.log_responsibilities(vector({0.3, 0.3})).value();
  CHECK(shares.shape() == Shape{2, 3});
  double total = 0;
  for (std::size_t j = 0; j < 3; ++j) total += std::exp(double(shares(0, j)));
  CHECK(total == doctest::Approx(1));
}

TEST_CASE("mixture: of one part it is that part, and a weight of 0 leaves its part out") {
  const Mixture one(Categorical(vector({3})), Normal(vector({0.5}), 2));
  const Mixture two(Categorical(vector({1, 0})), Uniform(0, vector({2, 1})));
  CHECK(one.log_prob(0.1).item() == doctest::Approx(Normal(0.5, 2).log_prob(0.1).item()));
  CHECK(two.log_prob(0.5).item() == doctest::Approx(std::log(0.5)));
  CHECK(two.log_prob(3).item() == -kInf);
  // An infinite density of no weight.
  const Mixture infinite(Categorical(vector({1, 0})), Gamma(vector({2, 0.5}), 1));
  CHECK(infinite.log_prob(0).item() == -kInf);
  CHECK(infinite.log_prob(1.0).item() == doctest::Approx(Gamma(2, 1).log_prob(1.0).item()));
}

TEST_CASE("mixture: draws have the moments, of numbers, vectors and counts") {
  constexpr std::size_t kDraws = 20000;
  const auto check = [&](const Distribution& d) {
    Rng rng(9, "mixture");
    const Var x = d.sample(rng, {kDraws});
    const Array mean = d.mean().value(), variance = d.variance().value();
    const Var deviation = x - mean;
    const Array got = evident::mean(deviation, {0}).value();
    const Array squares = evident::mean(square(deviation), {0}).value();
    const Array fourth = evident::mean(square(square(deviation)), {0}).value();
    REQUIRE(got.shape() == mean.shape());
    for (std::size_t i = 0; i < mean.size(); ++i) {
      const double v = variance.data()[i], s = squares.data()[i], f = fourth.data()[i];
      CHECK(std::abs(got.data()[i]) <= 5 * std::sqrt(v / kDraws));
      CHECK(std::abs(s - v) <= 5 * std::sqrt((f - s * s) / kDraws));
    }
  };
  check(normals());
  check(Mixture(Categorical(vector({0.3, 0.7})), Poisson(vector({2, 9}))));
  const auto vectors =
      MultivariateNormal::from_covariance(matrix({{0, 5}, {-3, 1}}), matrix({{1, 0.5}, {0.5, 2}}));
  const Mixture of_vectors(Categorical(vector({0.4, 0.6})), vectors);
  CHECK(of_vectors.event_shape() == Shape{2});
  check(of_vectors);
  Rng rng(1);
  const Array x = of_vectors.sample(rng, {3, 4});
  CHECK(x.shape() == Shape{3, 4, 2});
  CHECK(of_vectors.log_prob(x).shape() == Shape{3, 4});
  double density = 0;
  for (std::size_t j = 0; j < 2; ++j) {
    density +=
        (j == 0 ? 0.4 : 0.6) * std::exp(double(vectors.log_prob(vector({0.1, 0.2})).value()(j)));
  }
  CHECK(of_vectors.log_prob(vector({0.1, 0.2})).item() == doctest::Approx(std::log(density)));
}

TEST_CASE("mixture: draws as logarithms are those of the same parts") {
  const Mixture d(Categorical(vector({0.5, 0.5})), Gamma(vector({1e-3, 2}), 1));
  Rng rng(4), again(4);
  const Array x = d.sample(rng, {1000}), logs = d.sample_log(again, {1000});
  for (std::size_t i = 0; i < 1000; ++i) {
    CHECK(logs(i) > -kInf);
    CHECK(std::exp(double(logs(i))) == doctest::Approx(double(x(i))));
  }
}

TEST_CASE("mixture: the support encloses those of the parts") {
  const Mixture d(Categorical(ones({2, 2})), Pareto(matrix({{1, 3}, {4, 2}}), 1));
  CHECK_FALSE(d.support().first_outside(vector({1, 2})).has_value());
  CHECK(d.support().first_outside(vector({1, 1.5})) == 1);
  const Mixture points(Categorical(vector({1, 3})), Delta(vector({0, 2})));
  CHECK(points.log_prob(2).item() == doctest::Approx(std::log(0.75)));
  CHECK_FALSE(points.support().first_outside(scalar(2)).has_value());
}

#ifdef EVIDENT_F64
TEST_CASE("mixture: gradients in the value, the weights and the parts") {
  const GradientCheck check = check_gradients(
      [](const std::vector<Var>& v) {
        const Mixture d(Categorical::from_logits(v[1]), Normal(v[2], exp(v[3])));
        return d.log_prob(v[0]) + d.cdf(v[0]) + d.log_survival(v[0]) + d.mean() + d.variance();
      },
      {vector({0.3, -1}), vector({0.2, -0.4, 1}), kLoc, vector({0.1, -0.3, 0.5})});
  CHECK_MESSAGE(check.passed, check.message);
}
#endif

TEST_CASE("mixture: errors") {
  CHECK_THROWS_WITH_AS(
      Mixture(Categorical(ones({3})), Normal(zeros({2}), 1)),
      doctest::Contains("Mixture(Normal): the last axis of the components' batch must have the "
                        "length 3 of the weights"),
      ShapeError);
  CHECK_THROWS_WITH_AS(Mixture(Categorical(ones({2, 3})), Normal(zeros({3}), 1)),
                       doctest::Contains("the weights must broadcast to the components' batch"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(normals().icdf(0.5), doctest::Contains("Mixture(Normal): there is no icdf"),
                       Error);
  Rng rng(1);
  CHECK_THROWS_WITH_AS(normals().rsample(rng), doctest::Contains("not differentiable"), Error);
  CHECK_THROWS_AS(normals().log_prob(zeros({3})), ShapeError);
}
