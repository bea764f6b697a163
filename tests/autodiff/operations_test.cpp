#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <limits>
#include <optional>

using namespace evident;
using namespace evident::reference;

namespace {

std::string words(const std::vector<Shape>& shapes) {
  std::string result;
  for (const Shape& shape : shapes) result += " " + to_string(shape);
  return result;
}

// Calls `check(row, shapes)` for every operation and every choice of shapes.
template <class Check>
void for_each_case(Check check) {
  for (const OperationRow& row : operation_table()) {
    for (const std::vector<Shape>& shapes : row.shapes) {
      INFO(row.name(), " on", words(shapes));
      check(row, shapes);
    }
  }
}

// Every choice of arguments that need gradients, of those to which they can flow.
std::vector<std::vector<bool>> masks(const OperationRow& row) {
  std::vector<std::vector<bool>> result;
  for (std::size_t bits = 0; bits < std::size_t{1} << row.arity(); ++bits) {
    std::vector<bool> mask(row.arity());
    bool possible = true;
    for (std::size_t k = 0; k < row.arity(); ++k) {
      mask[k] = (bits >> k & 1) != 0;
      possible = possible && (row.differentiable[k] || !mask[k]);
    }
    if (possible) result.push_back(mask);
  }
  return result;
}

Vars leaves_and_constants(const std::vector<Array>& values, const std::vector<bool>& mask) {
  Vars result;
  for (std::size_t k = 0; k < values.size(); ++k) {
    result.push_back(mask[k] ? Var::parameter(values[k]) : Var(values[k]));
  }
  return result;
}

}  // namespace

TEST_CASE("operations: values are those of the plain reference") {
  for_each_case([](const OperationRow& row, const std::vector<Shape>& shapes) {
    const Plains arguments = row.draw_arguments(shapes);
    const double allowed = tolerance(1e-13, 2e-6);
    // Sums cancel: their rounding is on the scale of the terms, which are about 1.
    const double cancelled = row.elementwise ? 0 : allowed;
    CHECK_EQ(difference(plain(row.apply(constants(arguments)).value()), row.value(arguments),
                        allowed, cancelled),
             "");
  });
}

TEST_CASE("operations: a value does not depend on its position") {
  for (const OperationRow& row : operation_table()) {
    if (!row.elementwise) continue;
    INFO(row.name());
    const Plains arguments = row.draw_arguments(std::vector<Shape>(row.arity(), Shape{37}));
    const Array whole = row.apply(constants(arguments)).value();
    for (std::size_t i = 0; i < whole.size(); ++i) {
      Plains single;
      for (const Plain& argument : arguments) single.push_back({{}, {argument.data[i]}});
      CHECK_EQ(row.apply(constants(single)).value().data()[0], whole.data()[i]);
    }
  }
}

TEST_CASE("operations: what needs no gradient is not recorded, what does is") {
  for_each_case([](const OperationRow& row, const std::vector<Shape>& shapes) {
    const std::vector<Array> values = arrays(row.draw_arguments(shapes));
    for (const std::vector<bool>& mask : masks(row)) {
      const bool any = std::find(mask.begin(), mask.end(), true) != mask.end();
      Tape tape;
      const Var y = row.apply(leaves_and_constants(values, mask));
      CHECK_EQ(tape.size() > 0, any);
      CHECK_EQ(y.needs_gradient(), any);
    }
  });
}

TEST_CASE("operations: a gradient has its argument's shape and does not depend on the others'") {
  for_each_case([](const OperationRow& row, const std::vector<Shape>& shapes) {
    const std::vector<Array> values = arrays(row.draw_arguments(shapes));
    std::vector<std::optional<Plain>> first(row.arity());
    for (const std::vector<bool>& mask : masks(row)) {
      Vars arguments = leaves_and_constants(values, mask);
      Tape tape;
      const Var loss = sum(square(row.apply(arguments)));
      if (!loss.needs_gradient()) continue;
      tape.backward(loss);
      for (std::size_t k = 0; k < mask.size(); ++k) {
        REQUIRE_EQ(arguments[k].has_gradient(), mask[k]);
        if (!mask[k]) continue;
        CHECK_EQ(arguments[k].gradient().shape(), values[k].shape());
        const Plain gradient = plain(arguments[k].gradient());
        if (!first[k].has_value()) first[k] = gradient;
        // The formula is the same, whichever derivatives are wanted; its rounding need not be.
        CHECK_EQ(difference(gradient, *first[k], tolerance(1e-13, 1e-5), tolerance(1e-13, 1e-5)),
                 "");
      }
    }
  });
}

TEST_CASE("operations: NaN comes through, and stays in its place") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const OperationRow& row : operation_table()) {
    if (!row.elementwise) continue;
    for (std::size_t k = 0; k < row.arity(); ++k) {
      if (!row.differentiable[k]) continue;  // a NaN condition is not 0
      INFO(row.name(), ", argument ", k);
      Plains arguments = row.draw_arguments(std::vector<Shape>(row.arity(), Shape{11}));
      if (row.arity() == 3) arguments[0].data.assign(11, k == 1 ? 1 : 0);
      Plain expected = row.value(arguments);
      arguments[k].data[4] = nan;
      expected.data[4] = nan;
      CHECK_EQ(difference(plain(row.apply(constants(arguments)).value()), expected,
                          tolerance(1e-13, 2e-6)),
               "");
    }
  }
}

TEST_CASE("operations: an Array on either side is a constant") {
  const Array a = vector({1, 2, 3});
  const Var x = Var::parameter(vector({4, 5, 8}));
  CHECK_EQ(difference(plain((x + a).value()), {{3}, {5, 7, 11}}, 0), "");
  CHECK_EQ(difference(plain((a + x).value()), {{3}, {5, 7, 11}}, 0), "");
  CHECK_EQ(difference(plain((x - a).value()), {{3}, {3, 3, 5}}, 0), "");
  CHECK_EQ(difference(plain((a - x).value()), {{3}, {-3, -3, -5}}, 0), "");
  CHECK_EQ(difference(plain((x * a).value()), {{3}, {4, 10, 24}}, 0), "");
  CHECK_EQ(difference(plain((a * x).value()), {{3}, {4, 10, 24}}, 0), "");
  CHECK_EQ(difference(plain((x / a).value()), {{3}, {4, 2.5, 8.0 / 3}}, tolerance(0, 1e-7)), "");
  CHECK_EQ(difference(plain((a / x).value()), {{3}, {0.25, 0.4, 0.375}}, tolerance(0, 1e-7)), "");
  Tape tape;
  tape.backward(sum((a - x) * 2.0 + 1.0 / x));
  CHECK_EQ(
      difference(plain(x.gradient()), {{3}, {-2.0625, -2.04, -2.015625}}, tolerance(1e-15, 1e-7)),
      "");
}

#ifdef EVIDENT_F64

TEST_CASE("operations: gradients agree with central differences") {
  for_each_case([](const OperationRow& row, const std::vector<Shape>& shapes) {
    const std::vector<Array> values = arrays(row.draw_arguments(shapes));
    for (const std::vector<bool>& mask : masks(row)) {
      if (std::find(mask.begin(), mask.end(), true) == mask.end()) continue;
      const GradientCheck check = check_gradients(row.apply, values, mask);
      CHECK_MESSAGE(check.passed, check.message);
    }
  });
}

TEST_CASE("operations: a second use adds its gradient to the first's") {
  for_each_case([](const OperationRow& row, const std::vector<Shape>& shapes) {
    const GradientCheck check =
        check_gradients([&](const Vars& x) { return row.apply(x) + 2.0 * row.apply(x); },
                        arrays(row.draw_arguments(shapes)), row.differentiable);
    CHECK_MESSAGE(check.passed, check.message);
  });
}

TEST_CASE("operations: the same Var as both arguments") {
  for (const OperationRow& row : operation_table()) {
    if (row.arity() != 2) continue;
    for (const Shape& shape : {Shape{}, Shape{37}, Shape{5, 5}, Shape{0}}) {
      INFO(row.name(), " on ", to_string(shape));
      const Domain &a = row.domains[0], &b = row.domains[1];
      const Domain both{std::max(a.low, b.low), std::min(a.high, b.high), std::max(a.gap, b.gap)};
      const Array value = array(draw(shape, both, 3));
      const auto twice = [&](const Vars& x) { return row.apply({x[0], x[0]}); };
      if (!row.elementwise && shape.size() < 2) {  // of products, some take matrices only
        try {
          twice({value});
        } catch (const ShapeError&) {
          continue;
        }
      }
      const GradientCheck check = check_gradients(twice, {value});
      CHECK_MESSAGE(check.passed, check.message);
    }
  }
}

#endif
