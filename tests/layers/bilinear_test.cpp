#include <doctest/doctest.h>

#include <evident/autodiff/random.hpp>
#include <evident/layers/bilinear.hpp>
#include <evident/layers/initialisers.hpp>

using namespace evident;

TEST_CASE("Bilinear: y_k = x1' W_k x2 + b_k") {
  Rng rng(1, "bilinear");
  Bilinear layer(rng, 2, 3, 4);
  Rng again(1, "bilinear");
  CHECK(layer.weight.value() == reshaped(xavier_uniform(6, 4, again), {2, 3, 4}));
  layer.bias.mutable_value() = vector({1, 2, 3, 4});
  const Array x1 = standard_normal({2}, rng);
  const Array x2 = standard_normal({3}, rng);
  const Array y = layer(x1, x2).value();
  REQUIRE(y.shape() == Shape{4});
  for (std::size_t k = 0; k < 4; ++k) {
    double expected = static_cast<double>(k) + 1;
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        expected += static_cast<double>(x1(i) * layer.weight.value()(i, j, k) * x2(j));
      }
    }
    CHECK(static_cast<double>(y(k)) == doctest::Approx(expected).epsilon(1e-5));
  }
}

TEST_CASE("Bilinear: the axes before the last broadcast") {
  Rng rng(2, "bilinear");
  const Bilinear layer(rng, 2, 3, 4);
  const Var draws(standard_normal({6, 5, 2}, rng));
  const Var x(standard_normal({5, 3}, rng));
  CHECK(layer(draws, x).shape() == Shape{6, 5, 4});
  CHECK(layer(zeros({0, 2}), zeros({0, 3})).shape() == Shape{0, 4});
}

TEST_CASE("Bilinear: errors") {
  Rng rng(3, "bilinear");
  const Bilinear layer(rng, 2, 3, 4);
  CHECK_THROWS_WITH_AS(layer(ones({5, 3}), ones({5, 2})),
                       "Bilinear: inputs (5, 3) and (5, 2) do not fit weight (2, 3, 4): the last "
                       "dimensions must be 2 and 3",
                       ShapeError);
  CHECK_THROWS_WITH_AS(layer(ones({5, 2}), ones({4, 3})), doctest::Contains("Bilinear: "),
                       ShapeError);
  CHECK_THROWS_AS(layer(1.0, ones({3})), ShapeError);
}
