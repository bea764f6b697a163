#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/layers/activations.hpp>
#include <evident/layers/initialisers.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/mlp.hpp>

using namespace evident;

TEST_CASE("xavier_uniform: bounds, and another draw every time") {
  Rng rng(1, "xavier");
  const Array weight = xavier_uniform(30, 20, rng);
  CHECK(weight.shape() == Shape{30, 20});
  const double limit = std::sqrt(6.0 / 50);
  for (const real w : weight) REQUIRE(std::abs(static_cast<double>(w)) <= limit * (1 + 1e-6));
  CHECK(xavier_uniform(30, 20, rng) != weight);
}

#ifdef EVIDENT_F64
TEST_CASE("xavier_uniform: mean 0 and variance 2 / (in + out), within 5 standard errors") {
  Rng rng(2, "xavier");
  constexpr double kIn = 300;
  constexpr double kOut = 500;
  const Var weight(xavier_uniform(300, 500, rng));
  const double variance = 2 / (kIn + kOut);
  const double count = kIn * kOut;
  CHECK(std::abs(mean(weight).item()) < 5 * std::sqrt(variance / count));
  // The fourth moment of a uniform is 9/5 of its variance squared.
  CHECK(std::abs(mean(square(weight)).item() - variance) < 5 * variance * std::sqrt(0.8 / count));
}
#endif

TEST_CASE("linear: Xavier weights and zero biases") {
  Rng rng(3, "linear");
  const Linear layer(rng, 4, 6);
  Rng again(3, "linear");
  CHECK(layer.weight.value() == xavier_uniform(4, 6, again));
  CHECK(layer.bias.value() == zeros({6}));
  CHECK_THROWS_WITH_AS(layer(Var(ones({2, 5}))), doctest::Contains("linear: "), ShapeError);
}

TEST_CASE("mlp: the layers it stacks, by hand") {
  Rng rng(4, "mlp");
  const Sequential network = mlp(rng, {3, 5, 2}, {"tanh"});
  Rng again(4, "mlp");
  const Linear first(again, 3, 5);
  const Linear second(again, 5, 2);
  const Var x(uniform({7, 3}, rng));
  CHECK(network(x).value() == second(tanh(first(x))).value());
}

TEST_CASE("mlp: dropout after every activation, only where a generator is handed in") {
  Rng rng(5, "mlp");
  const Sequential network = mlp(rng, {3, 64, 64, 2}, {"elu", 0.5});
  CHECK(network.size() == 7);
  const Var x(uniform({7, 3}, rng));
  const Array plain = network(x).value();
  CHECK(network(x).value() == plain);
  Rng noise(6, "noise");
  CHECK(network(x, &noise).value() != plain);
}

TEST_CASE("mlp: every activation by its name") {
  CHECK(activation_names() ==
        std::vector<std::string>{"elu", "relu", "sigmoid", "softplus", "tanh"});
  const Var x(vector({-2, -0.5, 0, 0.5, 2}));
  const std::vector<Array> expected = {elu(x).value(), relu(x).value(), sigmoid(x).value(),
                                       softplus(x).value(), tanh(x).value()};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Rng rng(7, "mlp");
    Sequential network = mlp(rng, {5, 5, 5}, {activation_names()[i]});
    // With the identity on both sides, what is left is the activation.
    for (NamedParameter& p : parameters(network)) {
      Array& value = p.parameter.mutable_value();
      if (p.parameter.dimension() != 2) continue;
      for (std::size_t k = 0; k < 25; ++k) value.data()[k] = static_cast<real>(k % 6 == 0 ? 1 : 0);
    }
    CHECK(network(x).value() == expected[i]);
  }
}

TEST_CASE("mlp: errors") {
  Rng rng(8, "mlp");
  CHECK_THROWS_WITH_AS(mlp(rng, {3}), doctest::Contains("mlp: got 1 widths"), Error);
  CHECK_THROWS_WITH_AS(
      mlp(rng, {3, 2}, {"gelu"}),
      doctest::Contains("mlp: there is no activation \"gelu\": expected one of elu, relu, sigmoid, "
                        "softplus, tanh"),
      Error);
  CHECK_THROWS_WITH_AS(mlp(rng, {3, 3, 2}, {"elu", 1.0}), doctest::Contains("Dropout: the rate"),
                       Error);
}
