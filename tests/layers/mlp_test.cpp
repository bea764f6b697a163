#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/layers/activations.hpp>
#include <evident/layers/initialisers.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/mlp.hpp>

using namespace evident;

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
        std::vector<std::string>{"elu", "gelu", "relu", "sigmoid", "silu", "softplus", "tanh"});
  const Var x(vector({-2, -0.5, 0, 0.5, 2}));
  const std::vector<Array> expected = {elu(x).value(),     gelu(x).value(), relu(x).value(),
                                       sigmoid(x).value(), silu(x).value(), softplus(x).value(),
                                       tanh(x).value()};
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

TEST_CASE("mlp: any callable of one Var is an activation") {
  const auto swish = [](const Var& x) { return x * sigmoid(x); };
  const auto widths = std::vector<std::size_t>{3, 4, 4, 2};
  const auto values = [&](const MlpOptions& options) {
    Rng rng(9, "mlp");
    const Sequential network = mlp(rng, widths, options);
    CHECK(network.size() == 5);
    return network(Var(uniform({7, 3}, rng))).value();
  };
  CHECK(values({tanh}) == values({"tanh"}));
  CHECK(values({std::string("relu")}) == values({Relu()}));
  Rng rng(9, "mlp");
  const Linear first(rng, 3, 4), second(rng, 4, 4), third(rng, 4, 2);
  const Var x(uniform({7, 3}, rng));
  CHECK(values({swish}) == third(swish(second(swish(first(x))))).value());
  // With dropout behind it.
  Rng other(9, "mlp");
  CHECK(mlp(other, widths, {swish, 0.5}).size() == 7);
}

TEST_CASE("mlp: an activation with parameters is one, wherever it stands") {
  struct Slope {
    Var slope = Var::parameter(scalar(0.5));
    Var operator()(const Var& x) const { return where(x, x, slope * x); }
    void visit(Visitor& v) { v("slope", slope); }
  };
  Rng rng(10, "mlp");
  CHECK(count_parameters(mlp(rng, {2, 2, 2, 2}, {Slope()})) == 3 * 6 + 1);
}

TEST_CASE("mlp: errors") {
  Rng rng(8, "mlp");
  CHECK_THROWS_WITH_AS(mlp(rng, {3}), doctest::Contains("mlp: got 1 widths"), Error);
  CHECK_THROWS_WITH_AS(
      mlp(rng, {3, 2}, {"gelo"}),
      doctest::Contains(
          "mlp: there is no activation \"gelo\": expected one of elu, gelu, relu, sigmoid, silu, "
          "softplus, tanh"),
      Error);
  CHECK_THROWS_WITH_AS(mlp(rng, {3, 3, 2}, {"elu", 1.0}), doctest::Contains("Dropout: the rate"),
                       Error);
}
