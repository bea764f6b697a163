#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/layers/initialisers.hpp>
#include <evident/layers/linear.hpp>

using namespace evident;

namespace {

// Largest difference between the products of vectors and the identity.
double distance_from_orthonormal(const Array& q) {
  const bool tall = q.shape()[0] >= q.shape()[1];
  const std::size_t count = tall ? q.shape()[1] : q.shape()[0];
  const std::size_t length = tall ? q.shape()[0] : q.shape()[1];
  const auto element = [&](std::size_t vector, std::size_t k) {
    return static_cast<double>(tall ? q(k, vector) : q(vector, k));
  };
  double worst = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double product = 0;
      for (std::size_t k = 0; k < length; ++k) product += element(i, k) * element(j, k);
      worst = std::max(worst, std::abs(product - (i == j ? 1 : 0)));
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("initialisers: uniform ones keep their bounds, each call is another draw") {
  struct Row {
    Array (*make)(std::size_t in, std::size_t out, Rng& rng);
    double limit;
  };
  for (const Row& row : {Row{xavier_uniform, std::sqrt(6.0 / 50)}, {he_uniform, std::sqrt(0.2)}}) {
    Rng rng(1, "initialisers");
    const Array weight = row.make(30, 20, rng);
    CHECK(weight.shape() == Shape{30, 20});
    double largest = 0;
    for (const real w : weight) largest = std::max(largest, std::abs(static_cast<double>(w)));
    CHECK(largest <= row.limit * (1 + 1e-6));
    CHECK(largest > row.limit * 0.97);
    CHECK(row.make(30, 20, rng) != weight);
  }
}

#ifdef EVIDENT_F64
TEST_CASE("initialisers: mean 0 and the variance that is promised, within 5 standard errors") {
  constexpr double kUniform = 9.0 / 5, kNormal = 3;  // fourth moment over variance squared
  const struct {
    Array (*make)(std::size_t in, std::size_t out, Rng& rng);
    double variance, kurtosis;
  } rows[] = {{xavier_uniform, 2.0 / 800, kUniform},
              {xavier_normal, 2.0 / 800, kNormal},
              {he_uniform, 2.0 / 300, kUniform},
              {he_normal, 2.0 / 300, kNormal}};
  constexpr double kCount = 300.0 * 500;
  for (const auto& row : rows) {
    Rng rng(2, "initialisers");
    const Var weight(row.make(300, 500, rng));
    CHECK(std::abs(mean(weight).item()) < 5 * std::sqrt(row.variance / kCount));
    CHECK(std::abs(mean(square(weight)).item() - row.variance) <
          5 * row.variance * std::sqrt((row.kurtosis - 1) / kCount));
  }
}

TEST_CASE("orthogonal: uniform over the orthogonal matrices, within 5 standard errors") {
  // An element is a coordinate of a point on the sphere: uniform on (-1, 1).
  constexpr int kDraws = 20000;
  Rng rng(3, "orthogonal");
  double first = 0, second = 0, fourth = 0, trace = 0, determinant = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Array q = orthogonal(3, 3, rng);
    const auto at = [&](std::size_t row, std::size_t column) {
      return static_cast<double>(q(row, column));
    };
    const double corner = at(2, 2);
    first += corner / kDraws;
    second += corner * corner / kDraws;
    fourth += std::pow(corner, 4) / kDraws;
    trace += (at(0, 0) + at(1, 1) + at(2, 2)) / kDraws;
    determinant += (at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)) -
                    at(0, 1) * (at(1, 0) * at(2, 2) - at(1, 2) * at(2, 0)) +
                    at(0, 2) * (at(1, 0) * at(2, 1) - at(1, 1) * at(2, 0))) /
                   kDraws;
  }
  const auto error = [&](double variance) { return 5 * std::sqrt(variance / kDraws); };
  CHECK(std::abs(first) < error(1.0 / 3));
  CHECK(std::abs(second - 1.0 / 3) < error(1.0 / 5 - 1.0 / 9));
  CHECK(std::abs(fourth - 1.0 / 5) < error(1.0 / 9 - 1.0 / 25));
  CHECK(std::abs(trace) < error(1));  // the trace has variance 1 (Diaconis and Shahshahani 1994)
  CHECK(std::abs(determinant) < error(1));  // rotations and reflections alike
}
#endif

TEST_CASE("orthogonal: Q'Q = I to rounding, tall and wide") {
  constexpr double kRounding = sizeof(real) == 8 ? 2e-15 : 1e-6;
  Rng rng(4, "orthogonal");
  for (const auto& [in, out] :
       {std::pair{1, 1}, {5, 3}, {3, 5}, {200, 200}, {300, 70}, {70, 300}}) {
    const Array q = orthogonal(static_cast<std::size_t>(in), static_cast<std::size_t>(out), rng);
    CHECK(q.shape() == Shape{static_cast<std::size_t>(in), static_cast<std::size_t>(out)});
    CHECK(distance_from_orthonormal(q) < kRounding);
  }
  CHECK(orthogonal(0, 3, rng).shape() == Shape{0, 3});
}

TEST_CASE("constant: every weight the same") { CHECK(constant(3, 2, 0.5) == full({3, 2}, 0.5)); }

TEST_CASE("linear: Xavier weights and zero biases, or any start that is given") {
  Rng rng(5, "linear");
  const Linear layer(rng, 4, 6);
  Rng again(5, "linear");
  CHECK(layer.weight.value() == xavier_uniform(4, 6, again));
  CHECK(layer.bias.value() == zeros({6}));
  CHECK_THROWS_WITH_AS(layer(Var(ones({2, 5}))), doctest::Contains("linear: "), ShapeError);
  const Linear given(constant(3, 2, 0.5), vector({1, 2}));
  CHECK(given.weight.needs_gradient());
  CHECK(given.bias.needs_gradient());
  CHECK(given(ones({3})).value() == vector({2.5, 3.5}));
}
