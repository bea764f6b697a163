#include <doctest/doctest.h>

#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>

using namespace evident;

TEST_CASE("value_and_grad: of one array, leaving other parameters alone") {
  const Var weight = Var::parameter(vector({2, 3}));
  const auto [value, gradient] =
      value_and_grad([&](const Var& x) { return sum(weight * x * x); }, vector({1, 2}));
  CHECK(value == 14);
  CHECK(gradient == vector({4, 12}));
  CHECK_FALSE(weight.has_gradient());
}

TEST_CASE("value_and_grad: of several arrays, one of which is not used") {
  const auto [value, gradients] =
      value_and_grad([](const std::vector<Var>& v) { return sum(v[0]) * v[1]; },
                     std::vector<Array>{vector({1, 2}), scalar(5), ones({3})});
  CHECK(value == 15);
  REQUIRE(gradients.size() == 3);
  CHECK(gradients[0] == vector({5, 5}));
  CHECK(gradients[1] == scalar(3));
  CHECK(gradients[2] == zeros({3}));
}

TEST_CASE("value_and_grad: nested in another, and inside a tape") {
  Tape outer;
  const Var x = Var::parameter(scalar(3));
  const Var y = x * x;
  const auto [value, gradient] = value_and_grad(
      [](const Var& t) {
        const auto inner = value_and_grad([](const Var& s) { return s * s * s; }, t.value());
        return t * inner.second;  // a constant here: derivatives are of first order
      },
      scalar(2));
  CHECK(value == 24);
  CHECK(gradient == scalar(12));
  outer.backward(y);
  CHECK(x.gradient() == scalar(6));
}

TEST_CASE("jacobian: every derivative, in the shape of the result, then of the argument") {
  const Array a = matrix({{1, 2, 3}, {4, 5, 6}});
  const Array j = jacobian([&](const Var& x) { return matmul(a, x); }, vector({1, 1, 1}));
  CHECK(j == a);
  const Array diagonal = jacobian([](const Var& x) { return square(x); }, vector({1, 2}));
  CHECK(diagonal == matrix({{2, 0}, {0, 4}}));
  CHECK(jacobian([](const Var& x) { return sum(x); }, ones({2, 3})).shape() == Shape{2, 3});
  CHECK(jacobian([](const Var& x) { return x * ones({2}); }, scalar(1)).shape() == Shape{2});
}

TEST_CASE("pullback: the gradient of a weighted sum, as often as asked") {
  const Var x = Var::parameter(vector({1, 2, 3}));
  Tape tape;
  const Var y = square(x);
  CHECK(tape.pullback(y, vector({1, 0, 2}), {x})[0] == vector({2, 0, 12}));
  CHECK(tape.pullback(y, vector({0, 1, 0}), {x})[0] == vector({0, 4, 0}));
  CHECK_FALSE(x.has_gradient());
  CHECK_THROWS_AS(tape.pullback(y, ones({2}), {x}), ShapeError);
}

TEST_CASE("scale_gradient: the value stays, the gradient is scaled, or reversed") {
  const Var x = Var::parameter(vector({1, 2}));
  Tape tape;
  const Var y = scale_gradient(x, -0.5);
  CHECK(y.value() == x.value());
  CHECK(tape.gradients(sum(square(y)), {x})[0] == vector({-1, -2}));
}
