#include <doctest/doctest.h>

#include <evident/autodiff/random.hpp>
#include <evident/distributions/samplers/categorical.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <evident/tests/distributions/samplers/statistics.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

constexpr std::size_t kDraws = 200000;

// Weights with zeros at both ends and within.
Array some_weights(std::size_t k) {
  Rng rng(60, "weights");
  Array w = uniform({k}, rng);
  for (std::size_t j = 0; j < k; ++j) {
    if (j == 0 || j + 1 == k || j % 5 == 3) w.data()[j] = 0;
  }
  return w;
}

Array logs(Array w) {
  for (real& value : w) value = std::log(value);
  return w;
}

double chi_squared_of(const Array& x, const Array& weights) {
  std::vector<double> seen(weights.size());
  for (const real value : x) ++seen[static_cast<std::size_t>(value)];
  double total = 0;
  for (const double w : weights) total += w;
  std::vector<double> expected;
  for (const double w : weights) expected.push_back(w / total * static_cast<double>(x.size()));
  return chi_squared_over_critical(seen, expected);
}

}  // namespace

TEST_CASE("categorical: frequencies, and outcomes of weight 0 never") {
  for (const std::size_t k : {3, 10, 24, 25, 200, 2000}) {
    CAPTURE(k);
    const Array w = some_weights(k);
    Rng rng(61, "categorical");
    // A weight of 0 seen would make the statistic infinite.
    CHECK_LT(chi_squared_of(categorical(w, {kDraws}, rng), w), 1);
    CHECK_LT(chi_squared_of(categorical_from_logits(logs(w), {kDraws}, rng), w), 1);
  }
}

TEST_CASE("categorical: a draw is the same however many are made, and of how many rows") {
  for (const std::size_t k : {10, 24, 25, 1000}) {
    CAPTURE(k);
    const Array w = some_weights(k);
    Array rows = uninitialised({100, k});
    for (std::size_t row = 0; row < 100; ++row) {
      std::copy(w.begin(), w.end(), rows.data() + row * k);
    }
    Rng a(62), b(62), c(62), d(62);
    const Array many = categorical(w, {100000}, a);
    const Array few = categorical(w, {100}, b);
    const Array once = categorical(rows, {}, c);
    const Array twice = categorical(rows, {3}, d);
    CHECK_EQ(once.shape(), Shape{100});
    CHECK_EQ(twice.shape(), Shape{3, 100});
    CHECK(std::equal(few.begin(), few.end(), many.begin()));
    CHECK(std::equal(once.begin(), once.end(), many.begin()));
    CHECK(std::equal(twice.begin(), twice.end(), many.begin()));
  }
}

TEST_CASE("categorical: rows of their own weights, and certainties") {
  const Array w = matrix({{0, 0, 1}, {1e-30, 0, 0}, {0, 5, 0}, {1, 1, 2}});
  Rng rng(63, "categorical");
  for (const Shape& sample : {Shape{}, Shape{1000}, Shape{100, 30}}) {
    for (const Array& x :
         {categorical(w, sample, rng), categorical_from_logits(logs(w), sample, rng)}) {
      CHECK_EQ(x.shape(), joined(sample, Shape{4}));
      for (std::size_t i = 0; i < x.size(); i += 4) {
        REQUIRE(x.data()[i] == 2);
        REQUIRE(x.data()[i + 1] == 0);
        REQUIRE(x.data()[i + 2] == 1);
      }
    }
  }
  const double infinity = std::numeric_limits<double>::infinity();
  for (const real x : categorical_from_logits(vector({3, infinity, 1e30}), {1000}, rng)) {
    REQUIRE(x == 1);
  }
  for (const real x : categorical_from_logits(vector({-1e30, -1e4, -1e30}), {1000}, rng)) {
    REQUIRE(x == 1);
  }
}

TEST_CASE("categorical: a million outcomes are told apart") {
  constexpr std::size_t kMany = 1000000;
  Rng rng(64, "categorical");
  const Array x = categorical(ones({kMany}), {kDraws}, rng);
  const double n = kMany;
  CHECK_LT(mean_in_errors(x, (n - 1) / 2, (n * n - 1) / 12), 5);
  CHECK_LT(kolmogorov(x, [n](double v) { return (v + 1) / n; }), kKolmogorovCritical);
  // Last digits, which coarse uniforms would not spread evenly.
  std::vector<double> digits(10);
  for (const double value : x) ++digits[static_cast<std::size_t>(std::fmod(value, 10))];
  CHECK_LT(chi_squared_over_critical(digits, std::vector<double>(10, kDraws / 10.0)), 1);
}

TEST_CASE("categorical: edges") {
  Rng rng(65, "categorical");
  CHECK_THROWS_AS(categorical(scalar(1), {3}, rng), ShapeError);
  CHECK_THROWS_AS(categorical(zeros({3, 0}), {3}, rng), ShapeError);
  for (const Array& w : {zeros({3}), zeros({2, 30}), vector({1, std::nan(""), 1})}) {
    for (const Shape& sample : {Shape{}, Shape{5}}) {
      for (const real x : categorical(w, sample, rng)) CHECK(std::isnan(x));
    }
  }
  for (const real x : categorical(vector({2}), {100}, rng)) CHECK_EQ(x, 0);
  CHECK_EQ(categorical(zeros({0, 4}), {3}, rng).shape(), Shape{3, 0});
  CHECK_EQ(categorical(ones({2, 4}), {0}, rng).shape(), Shape{0, 2});
}
