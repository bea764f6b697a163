#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/tests/autodiff/plain.hpp>

// Arrays that cross every boundary of the loops: registers, blocks of 1024, tasks for threads.

using namespace evident;
using namespace evident::reference;

namespace {

struct ShapesRow {
  Shape a, b;
};

const ShapesRow kLargeRows[] = {
    {{1300, 37}, {1300, 37}},
    {{1300, 37}, {37}},
    {{1300, 37}, {1300, 1}},
    {{1300, 37}, {}},
    {{1300, 37}, {1, 1}},
    {{37}, {1300, 37}},
    {{20, 3001}, {3001}},
    {{20, 3001}, {20, 1}},
    {{3001}, {20, 1}},
    {{50007}, {}},
    {{50007}, {1}},
    {{50007}, {50007}},
    {{7, 41, 130}, {41, 1}},
    {{7, 41, 130}, {7, 1, 1}},
    {{7, 41, 130}, {7, 1, 130}},
    {{7, 41, 130}, {41, 130}},
    {{7, 1, 130}, {41, 1}},
    {{40, 1, 17}, {30, 1}},
    {{1, 2049}, {33, 1}},
    {{2, 3, 5, 7, 11}, {3, 1, 7, 1}},
    {{100000, 1}, {100000, 3}},
    {{3}, {40000, 3}},
    {{1025}, {16, 1025}},
};

struct Gradients {
  Plain a, b;
};

// The gradients of sum(u * a * b), by plain loops.
Gradients expected(const Plain& a, const Plain& b, const Plain& u) {
  Gradients g{{a.shape, std::vector<double>(a.data.size())},
              {b.shape, std::vector<double>(b.data.size())}};
  for (std::size_t i = 0; i < u.data.size(); ++i) {
    const std::size_t from_a = broadcast_index(u.shape, i, a.shape);
    const std::size_t from_b = broadcast_index(u.shape, i, b.shape);
    g.a.data[from_a] += u.data[i] * b.data[from_b];
    g.b.data[from_b] += u.data[i] * a.data[from_a];
  }
  return g;
}

// Many terms cancel: rounding is on the scale of the root of their number.
double sum_tolerance(const Plain& from, const Plain& to) {
  const double terms = static_cast<double>(from.data.size()) / static_cast<double>(to.data.size());
  return tolerance(1e-15, 1e-6) * (1 + 4 * std::sqrt(terms));
}

}  // namespace

TEST_CASE("large arrays: values and gradients of broadcast arguments are those of plain loops") {
  for (const ShapesRow& row : kLargeRows) {
    INFO(to_string(row.a), " with ", to_string(row.b));
    const Shape shape = broadcast_shape(row.a, row.b, "test");
    const Plain a = draw(row.a, {-1, 1}, 1);
    const Plain b = draw(row.b, {-1, 1}, 2);
    const Plain u = draw(shape, {-1, 1}, 3);
    const Gradients want = expected(a, b, u);
    for (int needs = 1; needs < 4; ++needs) {
      const Var x = (needs & 1) != 0 ? Var::parameter(array(a)) : Var(array(a));
      const Var y = (needs & 2) != 0 ? Var::parameter(array(b)) : Var(array(b));
      Tape tape;
      const Var product = x * y;
      Plain value{shape, {}};
      for (std::size_t i = 0; i < u.data.size(); ++i) {
        value.data.push_back(a.data[broadcast_index(shape, i, row.a)] *
                             b.data[broadcast_index(shape, i, row.b)]);
      }
      CHECK_EQ(difference(plain(product.value()), value, tolerance(1e-15, 1e-7)), "");
      tape.backward(sum(product * array(u)));
      if ((needs & 1) != 0) {
        CHECK_EQ(difference(plain(x.gradient()), want.a, 0, sum_tolerance(u, a)), "");
      }
      if ((needs & 2) != 0) {
        CHECK_EQ(difference(plain(y.gradient()), want.b, 0, sum_tolerance(u, b)), "");
      }
      // A second walk adds, to what was overwritten as to what was summed.
      tape.backward(sum(product * array(u)));
      for (const auto& [leaf, gradient] : {std::pair(x, want.a), std::pair(y, want.b)}) {
        if (!leaf.needs_gradient()) continue;
        Plain twice = gradient;
        for (double& element : twice.data) element *= 2;
        CHECK_EQ(difference(plain(leaf.gradient()), twice, 0, 3 * sum_tolerance(u, gradient)), "");
      }
    }
  }
}

TEST_CASE("large arrays: a gradient that repeats along an axis is as good as a full one") {
  for (const ShapesRow& row : kLargeRows) {
    INFO(to_string(row.a), " with ", to_string(row.b));
    const Plain a = draw(row.a, {-1, 1}, 1);
    const Plain b = draw(row.b, {-1, 1}, 2);
    const Shape shape = broadcast_shape(row.a, row.b, "test");
    const Gradients want = expected(a, b, Plain{shape, std::vector<double>(size_of(shape), 1.0)});
    const Var x = Var::parameter(array(a));
    const Var y = Var::parameter(array(b));
    Tape tape;
    tape.backward(sum(x * y));
    const Plain all{shape, std::vector<double>(size_of(shape))};
    CHECK_EQ(difference(plain(x.gradient()), want.a, 0, sum_tolerance(all, a)), "");
    CHECK_EQ(difference(plain(y.gradient()), want.b, 0, sum_tolerance(all, b)), "");
  }
}

TEST_CASE("large arrays: the tail of a row reads nothing behind it") {
  // The formula is NaN at the padding's 0, and so is its slope.
  const Plain a = draw({1300, 37}, {0.5, 2}, 1);
  const Plain b = draw({37}, {0.5, 2}, 2);
  const Var x = Var::parameter(array(a));
  const Var y = Var::parameter(array(b));
  Tape tape;
  tape.backward(sum(elementwise([](auto x, auto y) { return log(x) / y; }, x, y)));
  Plain want{{37}, std::vector<double>(37)};
  for (std::size_t i = 0; i < a.data.size(); ++i) {
    want.data[i % 37] -= std::log(a.data[i]) / (b.data[i % 37] * b.data[i % 37]);
  }
  CHECK_EQ(difference(plain(y.gradient()), want, tolerance(1e-12, 1e-4)), "");
}

TEST_CASE("large arrays: six arguments, some the same, some broadcast") {
  const auto formula = [](auto a, auto b, auto c, auto d, auto e, auto f) {
    return a * b + c * d - e * f;
  };
  const Plain x = draw({900, 37}, {-1, 1}, 1);
  const Plain row = draw({37}, {-1, 1}, 2);
  const Plain column = draw({900, 1}, {-1, 1}, 3);
  const Var vx = Var::parameter(array(x));
  const Var vrow = Var::parameter(array(row));
  const Var vcolumn = Var::parameter(array(column));
  Tape tape;
  tape.backward(sum(elementwise(formula, vx, vrow, vx, vx, vcolumn, vrow)));
  Plain gx{x.shape, std::vector<double>(x.data.size())};
  Plain grow{row.shape, std::vector<double>(37)};
  Plain gcolumn{column.shape, std::vector<double>(900)};
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    gx.data[i] = row.data[i % 37] + 2 * x.data[i];
    grow.data[i % 37] += x.data[i] - column.data[i / 37];
    gcolumn.data[i / 37] -= row.data[i % 37];
  }
  CHECK_EQ(difference(plain(vx.gradient()), gx, 0, tolerance(1e-15, 5e-7)), "");
  CHECK_EQ(difference(plain(vrow.gradient()), grow, 0, tolerance(1e-13, 1e-4)), "");
  CHECK_EQ(difference(plain(vcolumn.gradient()), gcolumn, 0, tolerance(1e-14, 1e-5)), "");
}

TEST_CASE("large arrays: sums over any axis are those of plain loops") {
  const Plain x = draw({70, 130, 41}, {0, 1}, 4);
  const Var leaf = Var::parameter(array(x));
  for (const Axes& axes :
       {Axes{0}, Axes{1}, Axes{2}, Axes{0, 1}, Axes{1, 2}, Axes{0, 2}, Axes{0, 1, 2}}) {
    Shape kept = x.shape;
    for (const int axis : axes) kept[static_cast<std::size_t>(axis)] = 1;
    Plain want{kept, std::vector<double>(size_of(kept))};
    for (std::size_t i = 0; i < x.data.size(); ++i) {
      want.data[broadcast_index(x.shape, i, kept)] += x.data[i];
    }
    CHECK_EQ(difference(plain(sum(leaf, axes, Keep::kYes).value()), want, tolerance(1e-13, 1e-5)),
             "");
  }
}

#ifdef EVIDENT_F32
TEST_CASE("large arrays: a long sum of floats keeps its accuracy") {
  // Added up one by one, 3 million times 0.1 loses a tenth.
  const Array x = full({3000000}, 0.1);
  CHECK_EQ(sum(Var(x)).item(), doctest::Approx(300000).epsilon(1e-6));
  const Var scale = Var::parameter(scalar(1));
  Tape tape;
  tape.backward(sum(scale * x));
  // Within a block of 1024 a narrow register adds up 256 equal floats, whose roundings do not
  // cancel.
  CHECK_EQ(scale.gradient().data()[0], doctest::Approx(300000).epsilon(1e-5));
}
#endif

TEST_CASE("large arrays: the same bits for any number of threads") {
  const std::size_t before = threads();
  for (const ShapesRow& row : kLargeRows) {
    INFO(to_string(row.a), " with ", to_string(row.b));
    std::vector<std::vector<Array>> results;
    for (const std::size_t count : {1, 2, 3}) {
      set_threads(count);
      const Var x = Var::parameter(array(draw(row.a, {-1, 1}, 1)));
      const Var y = Var::parameter(array(draw(row.b, {-1, 1}, 2)));
      Tape tape;
      const Var value = tanh(x * y);
      const Var last = logsumexp(value, {-1}) + mean(value);
      const Var total = sum(last);
      tape.backward(total);
      results.push_back({value.value(), last.value(), total.value(), x.gradient(), y.gradient()});
    }
    for (std::size_t i = 0; i < results[0].size(); ++i) {
      CHECK(same_bits(results[0][i], results[1][i]));
      CHECK(same_bits(results[0][i], results[2][i]));
    }
  }
  set_threads(before);
}
