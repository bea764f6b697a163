#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/one_hot_categorical.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <limits>

using namespace evident;

namespace {

constexpr double kMostWeight = static_cast<double>(std::numeric_limits<real>::max());
constexpr double kLeastWeight = static_cast<double>(std::numeric_limits<real>::min());
constexpr double kWeightRounding = sizeof(real) == 8 ? 1e-12 : 2e-5;

// Of which two rows have no sum, and one hardly any.
Array extreme_weights() {
  Array weights = uninitialised({4, 3});
  const double rows[] = {1,
                         1,
                         2,
                         0.25 * kMostWeight,
                         0.25 * kMostWeight,
                         0.5 * kMostWeight,
                         0.5 * kMostWeight,
                         0.5 * kMostWeight,
                         kMostWeight,
                         kLeastWeight,
                         kLeastWeight,
                         2 * kLeastWeight};
  for (std::size_t i = 0; i < 12; ++i) weights.data()[i] = static_cast<real>(rows[i]);
  return weights;
}

doctest::Approx about_share(double x) { return doctest::Approx(x).epsilon(kWeightRounding); }

}  // namespace

TEST_CASE("weights: their shares, whether their sum overflows or next to vanishes") {
  const Categorical d(extreme_weights());
  const Array probs = d.probs().value(), log_probs = d.log_probs().value();
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t i = 0; i < 3; ++i) {
      const double share = i == 2 ? 0.5 : 0.25;
      CHECK(probs(row, i) == about_share(share));
      CHECK(log_probs(row, i) == about_share(std::log(share)));
    }
  }
  for (const real h : d.entropy().value()) CHECK(h == about_share(1.5 * std::log(2)));
  for (const real x : d.log_prob(2).value()) CHECK(x == about_share(-std::log(2)));
  for (const real x : kl(d, Categorical(ones({3}))).value()) {
    CHECK(x == about_share(std::log(3) - 1.5 * std::log(2)));
  }
  const Array of_vectors = OneHotCategorical(extreme_weights()).log_prob(vector({1, 0, 0})).value();
  for (const real x : of_vectors) CHECK(x == about_share(-2 * std::log(2)));
  // 3! (1/4)^2 (1/2)
  for (const real x : Multinomial(3, extreme_weights()).log_prob(vector({1, 1, 1})).value()) {
    CHECK(x == about_share(std::log(6.0 / 32)));
  }
  for (const real x : Multinomial(8, extreme_weights()).mean().value()) CHECK((x == 2 || x == 4));
}

TEST_CASE("weights: a weight next to none beside such that have no sum keeps its logarithm") {
  const double little = static_cast<double>(std::numeric_limits<real>::min()) * 16;
  const Categorical d(vector({kMostWeight, kMostWeight, little}));
  const double total = std::log(kMostWeight) + std::log(2);
  CHECK(d.log_prob(2).item() == about_share(std::log(little) - total));
}

TEST_CASE("weights: slopes where their sum overflows are those of shares") {
  const double size = 0.75 * kMostWeight;
  const Var weights = Var::parameter(vector({size, size, size}));
  Tape tape;
  const Array slopes = tape.gradients(Categorical(weights).log_prob(0), {weights})[0];
  CHECK(slopes(0) * size == doctest::Approx(2.0 / 3).epsilon(1e-5));
  CHECK(slopes(1) * size == doctest::Approx(-1.0 / 3).epsilon(1e-5));
}

TEST_CASE("weights: draws are shared out when their sum overflows too") {
  constexpr std::size_t kDraws = 40000;
  Rng rng(5, "weights");
  const Array x = Categorical(extreme_weights()).sample(rng, {kDraws});
  const Array counts = multinomial_counts(scalar(kDraws), extreme_weights(), {4}, rng);
  const Array vectors = OneHotCategorical(extreme_weights()).sample(rng, {kDraws});
  for (std::size_t row = 0; row < 4; ++row) {
    double seen[3] = {}, of_vectors[3] = {};
    for (std::size_t i = 0; i < kDraws; ++i) {
      ++seen[static_cast<std::size_t>(x(i, row))];
      for (std::size_t j = 0; j < 3; ++j) of_vectors[j] += static_cast<double>(vectors(i, row, j));
    }
    for (std::size_t j = 0; j < 3; ++j) {
      const double share = j == 2 ? 0.5 : 0.25;
      const double slack = 5 * std::sqrt(kDraws * share * (1 - share));
      for (const double got : {seen[j], of_vectors[j], static_cast<double>(counts(row, j))}) {
        CHECK(std::abs(got - share * kDraws) <= slack);
      }
    }
  }
}
