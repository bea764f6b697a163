#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/transforms.hpp>
#include <functional>
#include <set>

#include "../numbers.hpp"
#include "dense_matrix.hpp"
#include "patterns.hpp"
#include "sources.hpp"

// Every transform: there and back, its Jacobian, extremes.

using namespace evident;
using evident::testing::DenseMatrix;

namespace {

using evident::testing::kInf;

struct TransformRow {
  std::string function;  // of `transforms`
  Transform transform;
  Shape value;  // the shape of one argument
  /// The elements of a result that determine the others; none: all.
  std::vector<std::size_t> determining = {};
  /// Makes arguments of real numbers; null: these are arguments.
  std::function<Var(const Var&)> argument = nullptr;

  Var at(const Var& x) const { return argument ? argument(x) : x; }
  /// The real numbers that `at` takes.
  Shape free_shape() const {
    return argument ? transforms::lower_cholesky().inverse_shape(value) : value;
  }
};

Var lower(const Var& x) { return transforms::lower_cholesky().forward(x); }

const std::vector<std::size_t> kLowerOfThree = {0, 3, 4, 6, 7, 8};

std::vector<TransformRow> table() {
  using namespace evident::transforms;
  return {
      {"identity", identity(), {}},
      {"affine", affine(2, -3), {}},
      {"exp", transforms::exp(), {}},
      {"exp_above", exp_above(-2), {}},
      {"exp_below", exp_below(5), {}},
      {"sigmoid", transforms::sigmoid(), {}},
      {"sigmoid_between", sigmoid_between(-1, 3), {}},
      {"softplus", transforms::softplus(), {}},
      {"tanh", transforms::tanh(), {}},
      {"stick_breaking", stick_breaking(), {4}, {0, 1, 2, 3}},
      {"ordered", ordered(), {4}},
      {"lower_cholesky", lower_cholesky(), {6}, kLowerOfThree},
      {"cholesky_product", cholesky_product(), {3, 3}, kLowerOfThree, lower},
      {"compose", compose({affine(1, 0.5), transforms::exp(), affine(1, -2)}), {}},
      {"compose",
       compose({affine(vector({0, 1, 2, 3}), 0.5), stick_breaking()}),
       {4},
       {0, 1, 2, 3}},
      {"compose", compose({lower_cholesky(), cholesky_product()}), {6}, kLowerOfThree},
  };
}

Array normal(const Shape& shape, const char* purpose) {
  Rng rng(11, purpose);
  return standard_normal(shape, rng);
}

bool any_nan(const Var& x) {
  for (const real value : x.value()) {
    if (std::isnan(value)) return true;
  }
  return false;
}

void check_close(const Var& got, const Var& expected, double tolerance) {
  REQUIRE(got.shape() == expected.shape());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double a = got.value().data()[i], b = expected.value().data()[i];
    CHECK_MESSAGE(std::abs(a - b) <= tolerance * (1 + std::abs(b)), a << " in place of " << b);
  }
}

}  // namespace

TEST_CASE("transforms: every one has a row") {
  std::set<std::string> declared, rows;
  const char* declaration = R"((?:^|\n)(?:Transform|  Transform) (\w+)\()";
  const auto header = std::filesystem::path(EVIDENT_SOURCE_DIR) / "distributions/transforms.hpp";
  const std::string text = evident::testing::read_file(header);
  for (const auto& m : evident::testing::matches(text, declaration)) declared.insert(m[1]);
  CHECK(declared.erase("transform_to") == 1);
  for (const TransformRow& row : table()) rows.insert(row.function);
  CHECK(declared == rows);
}

TEST_CASE("transforms: there and back, with shapes and a batch") {
  for (const TransformRow& row : table()) {
    CAPTURE(row.transform.name());
    const Var x = row.at(normal(joined({5, 2}, row.free_shape()), "x"));
    const Var y = row.transform(x);
    CHECK(y.shape() == row.transform.forward_shape(x.shape()));
    CHECK(x.shape() == row.transform.inverse_shape(y.shape()));
    CHECK(y.dimension() ==
          2 + row.value.size() - row.transform.axes_in() + row.transform.axes_out());
    CHECK_FALSE(row.transform.codomain().first_outside(y.value()).has_value());
    CHECK_FALSE(row.transform.domain().first_outside(x.value()).has_value());
    check_close(row.transform.inverse(y), x, 1e-12);
    CHECK(row.transform.log_abs_det(x).shape() ==
          Shape(x.shape().begin(), x.shape().end() - std::ptrdiff_t(row.transform.axes_in())));
  }
}

TEST_CASE("transforms: log_abs_det is that of differences") {
  for (const TransformRow& row : table()) {
    CAPTURE(row.transform.name());
    const Array free = normal(row.free_shape(), "free");
    const std::size_t n = free.size();
    // dy/d free, and dx/d free where arguments are made of free numbers.
    const auto log_det = [&](auto f, std::vector<std::size_t> elements) {
      DenseMatrix jacobian(n);
      for (std::size_t j = 0; j < n; ++j) {
        const double step = 1e-5;
        Array up = free, down = free;
        up.data()[j] += static_cast<real>(step);
        down.data()[j] -= static_cast<real>(step);
        const Array high = f(up).value(), low = f(down).value();
        if (elements.empty()) {
          for (std::size_t i = 0; i < n; ++i) elements.push_back(i);
        }
        for (std::size_t i = 0; i < n; ++i) {
          const std::size_t e = elements[i];
          jacobian(i, j) = ((long double)high.data()[e] - low.data()[e]) / (2 * step);
        }
      }
      return double(jacobian.inverse().second);
    };
    double expected =
        log_det([&](const Array& z) { return row.transform(row.at(z)); }, row.determining);
    if (row.argument)
      expected -= log_det([&](const Array& z) { return row.at(z); }, row.determining);
    const double got = sum(row.transform.log_abs_det(row.at(free))).item();
    CHECK_MESSAGE(std::abs(got - expected) <= 1e-8 * (1 + std::abs(expected)),
                  got << " in place of " << expected);
  }
}

TEST_CASE("transforms: gradients of all three") {
  for (const TransformRow& row : table()) {
    CAPTURE(row.transform.name());
    const GradientCheck check = check_gradients(
        [&](const std::vector<Var>& v) {
          const Var x = row.at(v[0]);
          const Var y = row.transform(x);
          return sum(square(y)) + sum(row.transform.log_abs_det(x)) +
                 sum(square(row.transform.inverse(y * 1.0)));
        },
        {normal(row.free_shape(), "gradients")});
    CHECK_MESSAGE(check.passed, check.message);
  }
}

TEST_CASE("transforms: gradients of their parameters") {
  using Make = std::function<Transform(const Var&, const Var&)>;
  const std::vector<Make> makers = {
      [](const Var& a, const Var& b) { return transforms::affine(a, b); },
      [](const Var& a, const Var&) { return transforms::exp_above(a); },
      [](const Var& a, const Var&) { return transforms::exp_below(a); },
      [](const Var& a, const Var& b) {
        return transforms::sigmoid_between(a, a + 3.0 + square(b));
      },
  };
  const Array a = vector({0.5, -1}), b = vector({2, -1}), x = vector({0.3, -0.7});
  for (const Make& make : makers) {
    const Array y = make(a, b)(x).value();
    const GradientCheck check = check_gradients(
        [&](const std::vector<Var>& v) {
          const Transform t = make(v[0], v[1]);
          return sum(square(t(v[2]))) + sum(t.log_abs_det(v[2]) * v[2]) + sum(square(t.inverse(y)));
        },
        {a, b, x});
    CHECK_MESSAGE(check.passed, check.message);
  }
}

TEST_CASE("transforms: the sign is that of the slope") {
  for (const TransformRow& row : table()) {
    if (!row.value.empty()) continue;
    CAPTURE(row.transform.name());
    const double rise = (row.transform(1.0) - row.transform(0.5)).item();
    CHECK(row.transform.sign().item() == (rise > 0 ? 1 : -1));
  }
  CHECK_THROWS_WITH_AS(transforms::ordered().sign(),
                       doctest::Contains("Ordered: it is not said whether it increases"), Error);
}

TEST_CASE("transforms: extremes make no NaN") {
  for (const TransformRow& row : table()) {
    if (row.argument) continue;
    CAPTURE(row.transform.name());
    for (const double far : {0.0, 1e-300, 30.0, 40.0, 700.0, 800.0, 1e5, kInf}) {
      for (const double sign : {-1.0, 1.0}) {
        CAPTURE(sign * far);
        const bool matrices = row.transform.axes_out() == 2;
        if (matrices && far > 300) continue;  // infinities have no matrix
        Array x = full(row.value, 0);
        for (std::size_t i = 0; i < x.size(); ++i) {
          x.data()[i] = static_cast<real>(i % 2 == 0 ? sign * far : -sign * far);
        }
        if (row.function == "ordered" && std::isinf(far)) continue;  // inf less inf
        const Var y = row.transform(x);
        CHECK_FALSE(any_nan(y));
        if (matrices) continue;
        CHECK_FALSE(any_nan(row.transform.log_abs_det(x)));
        if (row.function == "ordered") continue;
        CHECK_FALSE(any_nan(row.transform.inverse(y)));
        Var leaf = Var::parameter(x);
        Tape tape;
        tape.backward(sum(row.transform.log_abs_det(leaf)) + 0.0 * sum(leaf));
        if (std::isfinite(far)) CHECK_FALSE(any_nan(leaf.gradient()));
      }
    }
  }
}

TEST_CASE("transforms: log_abs_det far out, and both ends of an interval") {
  CHECK(transforms::sigmoid().log_abs_det(-800).item() == doctest::Approx(-800).epsilon(1e-15));
  CHECK(transforms::sigmoid().log_abs_det(800).item() == doctest::Approx(-800).epsilon(1e-15));
  CHECK(transforms::tanh().log_abs_det(400).item() ==
        doctest::Approx(2 * std::log(2) - 800).epsilon(1e-15));
  CHECK(transforms::tanh().log_abs_det(-400).item() ==
        doctest::Approx(2 * std::log(2) - 800).epsilon(1e-15));
  CHECK(transforms::softplus().log_abs_det(-700).item() == doctest::Approx(-700).epsilon(1e-15));
  CHECK(transforms::softplus().inverse(1e-300).item() ==
        doctest::Approx(std::log(1e-300)).epsilon(1e-15));
  const Transform t = transforms::sigmoid_between(0.1, 0.7);
  for (const double x : {-1000.0, -40.0, -1.0, 0.0, 1.0, 37.0, 40.0, 1000.0}) {
    const double y = t(x).item();
    CHECK(y >= 0.1);
    CHECK(y <= 0.7);
  }
  // The distance from the upper end keeps its digits where the end is 0.
  CHECK(transforms::sigmoid_between(-1, 0)(50.0).item() ==
        doctest::Approx(-std::exp(-50.0)).epsilon(1e-14));
}

TEST_CASE("transforms: zeros break a stick into equal shares, and edges go back to infinities") {
  const Transform t = transforms::stick_breaking();
  for (const real share : t(zeros({3})).value()) CHECK(share == doctest::Approx(0.25));
  const Array x = t.inverse(vector({0, 1, 0, 0})).value();
  CHECK(x(0) == -kInf);
  CHECK(x(1) == kInf);
  CHECK(x(2) == -kInf);
  const Array y = t(Var(x)).value();
  CHECK(y(1) == 1);
  // Shares far below rounding beside 1.
  const Array small = vector({1, 1e-200, 1e-250});
  check_close(t(t.inverse(small)) / small, ones({3}), 1e-12);
  CHECK(t(zeros({0})).value()(0) == 1);
}

TEST_CASE("transform_to: onto every set") {
  using namespace evident::constraints;
  struct Row {
    Constraint constraint;
    const char* name;
    Shape value;
  };
  const std::vector<Row> rows = {
      {constraints::real(), "Identity", {}},
      {extended_real(), "Identity", {}},
      {positive(), "Exp", {}},
      {non_negative(), "Exp", {}},
      {at_least(3), "ExpAbove", {}},
      {at_least(vector({1, 2, 3, 4})), "ExpAbove", {}},
      {interval({-kInf, true}, 2), "ExpBelow", {}},
      {unit_interval(), "Sigmoid", {}},
      {interval(-2, 5), "SigmoidBetween", {}},
      {interval(vector({-2, 0, 0, 1}), 5), "SigmoidBetween", {}},
      {weights(), "Exp", {3}},
      {logits(), "Identity", {3}},
      {simplex(), "StickBreaking", {3}},
      {constraints::ordered(), "Ordered", {3}},
      {constraints::lower_cholesky(), "LowerCholesky", {3, 3}},
      {positive_definite(), "Compose(LowerCholesky, CholeskyProduct)", {3, 3}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.constraint.description());
    const Transform t = transform_to(row.constraint);
    CHECK(t.name() == row.name);
    const Shape free = t.inverse_shape(joined({4}, row.value));
    const Var y = t(normal(free, "free"));
    CHECK(y.shape() == joined({4}, row.value));
    CHECK_FALSE(row.constraint.first_outside(y.value()).has_value());
    check_close(t(t.inverse(y)), y, 1e-12);
  }
  for (const Constraint& discrete :
       {boolean(), non_negative_integer(), one_hot(), counts(4), point(1), integers(2, 5)}) {
    CHECK_THROWS_WITH_AS(transform_to(discrete),
                         doctest::Contains("transform_to: a discrete support has no transform"),
                         Error);
  }
  CHECK_THROWS_WITH_AS(transform_to(at_least(vector({0, -kInf}))),
                       doctest::Contains("1 are finite and 1 are not"), Error);
}

TEST_CASE("transforms: errors") {
  CHECK_THROWS_WITH_AS(
      transforms::affine(0, vector({1, 0})),
      doctest::Contains("Affine: scale must be a finite number other than 0, got 0 "
                        "at index 1 of shape (2)"),
      Error);
  CHECK_THROWS_WITH_AS(transforms::sigmoid_between(2, vector({3, 2})),
                       doctest::Contains("SigmoidBetween: low must be less than high"), Error);
  CHECK_THROWS_WITH_AS(transforms::exp_above(kInf),
                       doctest::Contains("ExpAbove: the bound must be a finite number, got inf"),
                       Error);
  CHECK_THROWS_WITH_AS(transforms::stick_breaking()(1.0),
                       doctest::Contains("StickBreaking::forward_shape: one value is a vector, "
                                         "along the last axis, got shape ()"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(transforms::lower_cholesky()(zeros({2, 4})),
                       doctest::Contains("LowerCholesky: got (2, 4), expected vectors of n (n + 1) "
                                         "/ 2 elements"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(transforms::lower_cholesky().inverse(zeros({2, 3})),
                       doctest::Contains("expected square matrices"), ShapeError);
  CHECK_THROWS_WITH_AS(transforms::compose({}), doctest::Contains("Compose: there are no parts"),
                       Error);
}
