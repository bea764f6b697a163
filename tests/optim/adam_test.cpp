#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/optim/adam.hpp>

using namespace evident;

namespace {

// Algorithm 1 of Kingma and Ba (2015), one number at a time.
struct ScalarAdam {
  double rate, beta1, beta2, epsilon;
  double m = 0, v = 0;
  int t = 0;

  double step(double x, double g) {
    ++t;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const double m_hat = m / (1 - std::pow(beta1, t));
    const double v_hat = v / (1 - std::pow(beta2, t));
    return x - rate * m_hat / (std::sqrt(v_hat) + epsilon);
  }
};

void check_against_scalar(const Shape& shape, const AdamOptions& options) {
  constexpr double kTolerance = sizeof(real) == 8 ? 1e-12 : 1e-6;
  Rng rng(1, "adam");
  const Var x = Var::parameter(standard_normal(shape, rng));
  std::vector<double> by_hand;
  for (const real value : x.value()) by_hand.push_back(static_cast<double>(value));
  std::vector<ScalarAdam> states(
      x.size(), {options.learning_rate, options.beta1, options.beta2, options.epsilon});
  Adam adam({{"x", x}}, options);
  for (std::size_t step = 1; step <= 3; ++step) {
    const Array weights = standard_normal(shape, rng);
    Tape tape;
    tape.backward(sum(x * Var(weights)));  // the gradient is `weights`
    adam.step();
    CHECK(adam.steps() == step);
    for (std::size_t i = 0; i < x.size(); ++i) {
      by_hand[i] = states[i].step(by_hand[i], static_cast<double>(weights.data()[i]));
      const double got = static_cast<double>(x.value().data()[i]);
      REQUIRE(std::abs(got - by_hand[i]) <= kTolerance * (1 + std::abs(by_hand[i])));
    }
  }
}

Adam with(const AdamOptions& options) { return Adam({{"x", Var::parameter(ones({2}))}}, options); }

}  // namespace

TEST_CASE("adam: three steps as in the paper") {
  check_against_scalar({}, {});
  check_against_scalar({3}, {0.1, 0.9, 0.999, 1e-8});
  check_against_scalar({5, 7}, {0.05, 0.99, 0.999, 1e-4});
  check_against_scalar({40000}, {0.01, 0.5, 0.9, 1e-2});  // several slices
  check_against_scalar({4}, {0.1, 0, 0, 1e-8});
}

TEST_CASE("adam: gradients add up until a step clears them") {
  const Var x = Var::parameter(vector({1, 2}));
  const Var twice = Var::parameter(vector({1, 2}));
  Adam adam({{"x", x}});
  Adam adam_twice({{"x", twice}});
  for (int i = 0; i < 2; ++i) {
    Tape tape;
    tape.backward(sum(square(x)));
  }
  {
    Tape tape;
    tape.backward(2.0 * sum(square(twice)));
  }
  adam.step();
  adam_twice.step();
  CHECK(x.value() == twice.value());
  CHECK_FALSE(x.has_gradient());
}

TEST_CASE("adam: a parameter without a gradient is named and nothing is changed") {
  const Var a = Var::parameter(vector({1, 2}));
  const Var b = Var::parameter(vector({3}));
  Adam adam({{"encoder.weight", a}, {"decoder.bias", b}});
  Tape tape;
  tape.backward(sum(square(a)));
  CHECK_THROWS_WITH_AS(adam.step(),
                       doctest::Contains("Adam::step: \"decoder.bias\" has no gradient"), Error);
  CHECK(a.value() == vector({1, 2}));
  CHECK(a.has_gradient());
  CHECK(adam.steps() == 0);
}

TEST_CASE("adam: what is no parameter is refused by name, a tied one steps once") {
  CHECK_THROWS_WITH_AS(Adam({{"rate", Var(2)}}),
                       doctest::Contains("Adam: \"rate\" is not a parameter but a constant"),
                       Error);
  const Var a = Var::parameter(vector({1, 2}));
  {
    const Tape tape;
    CHECK_THROWS_WITH_AS(Adam({{"a2", square(a)}}), doctest::Contains("result of an operation"),
                         Error);
  }
  Adam adam({{"encoder.weight", a}, {"decoder.weight", a}}, {0.5});
  Tape tape;
  tape.backward(sum(a));
  adam.step();
  CHECK(a.value()(0) == doctest::Approx(0.5));
}

TEST_CASE("adam: settings out of range are refused by name") {
  CHECK_THROWS_WITH_AS(Adam({}), doctest::Contains("Adam: got no parameters"), Error);
  CHECK_THROWS_WITH_AS(with({0}), doctest::Contains("learning_rate must be positive, got 0"),
                       Error);
  CHECK_THROWS_WITH_AS(with({std::nan("")}), doctest::Contains("learning_rate"), Error);
  CHECK_THROWS_WITH_AS(with({1e-3, 1.0}), doctest::Contains("beta1 must be in [0, 1), got 1"),
                       Error);
  CHECK_THROWS_WITH_AS(with({1e-3, -0.1}), doctest::Contains("beta1"), Error);
  CHECK_THROWS_WITH_AS(with({1e-3, 0.9, 1.5}), doctest::Contains("beta2"), Error);
  CHECK_THROWS_WITH_AS(with({1e-3, 0.9, 0.99, 0}), doctest::Contains("epsilon must be positive"),
                       Error);
}

TEST_CASE("adam: finds the minimum of a quadratic") {
  const Var x = Var::parameter(vector({5, -3, 0.5}));
  const Array target = vector({1, 2, 3});
  Adam adam({{"x", x}}, {0.1});
  const auto loss = [&] { return sum(Var(vector({1, 10, 0.1})) * square(x - target)); };
  for (int i = 0; i < 600; ++i) {
    Tape tape;
    tape.backward(loss());
    adam.step();
  }
  CHECK(loss().item() < 1e-6);
}
