#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <functional>
#include <string>
#include <vector>

// Moved elements on arrays that cross every boundary of the loops: squares of a cache line, tiles,
// runs, tasks for threads.

using namespace evident;
using namespace evident::reference;

namespace {

using Operation = std::function<Var(const Var&)>;

// Elements that are all different, and whole: sums of a few are exact in either precision.
Array numbered(const Shape& shape) {
  Array result = uninitialised(shape);
  for (std::size_t i = 0; i < result.size(); ++i) result.data()[i] = static_cast<real>(i % 1000003);
  return result;
}

// Checks an operation that moves elements: element i of the result is element `source(i)` of x, and
// gradients go the other way; the second time they are added.
void check_moves(const Operation& f, const Shape& from, const Shape& to,
                 const std::function<std::size_t(std::size_t)>& source) {
  INFO(to_string(from), " to ", to_string(to));
  const Var x = Var::parameter(numbered(from));
  Tape tape;
  const Var y = f(x);
  REQUIRE_EQ(y.shape(), to);
  Array weight = uninitialised(to);
  std::vector<double> expected(x.size(), 0);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    weight.data()[i] = static_cast<real>(i % 1009);
    wrong += y.value().data()[i] != x.value().data()[source(i)];
    expected[source(i)] += static_cast<double>(i % 1009);
  }
  CHECK_EQ(wrong, 0);
  for (const double times : {1.0, 2.0}) {
    tape.backward(sum(y * weight));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      wrong += static_cast<double>(x.gradient().data()[i]) != times * expected[i];
    }
    CHECK_EQ(wrong, 0);
  }
}

void check_permutation(const Shape& from, const Axes& order) {
  Shape to = from;
  for (std::size_t k = 0; k < order.size(); ++k) to[k] = from[static_cast<std::size_t>(order[k])];
  check_moves([&](const Var& x) { return permute(x, order); }, from, to,
              [&](std::size_t i) {
                const std::vector<std::size_t> at = coordinates(to, i);
                std::vector<std::size_t> source(at.size());
                for (std::size_t k = 0; k < at.size(); ++k)
                  source[static_cast<std::size_t>(order[k])] = at[k];
                return position(from, source);
              });
}

// Indices that reach all of an axis, most of them several times.
Array scattered(const Shape& shape, std::size_t length) {
  Array indices = uninitialised(shape);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    indices.data()[i] = static_cast<real>(i * 7919 % length);
  }
  return indices;
}

}  // namespace

TEST_CASE("large shapes: permuted elements arrive, and so do their gradients") {
  const std::pair<Shape, Axes> rows[] = {
      {{256, 256}, {1, 0}},
      {{257, 300}, {1, 0}},
      {{511, 33}, {1, 0}},
      {{3, 70001}, {1, 0}},
      {{70001, 3}, {1, 0}},
      {{20000, 2, 3}, {0, 2, 1}},
      {{5, 130, 140}, {0, 2, 1}},
      {{300, 200, 2}, {1, 0, 2}},
      {{60, 50, 40}, {1, 0, 2}},
      {{3, 4, 20000}, {1, 0, 2}},
      {{2, 2, 70000}, {1, 0, 2}},
      {{40, 50, 60}, {2, 1, 0}},
      {{40, 50, 60}, {2, 0, 1}},
      {{40, 50, 60}, {1, 2, 0}},
      {{8, 30, 9, 40}, {0, 2, 1, 3}},
      {{12, 30, 20, 18}, {3, 1, 0, 2}},
      {{100000, 1}, {1, 0}},
      {{12, 30, 400}, {0, 1, 2}},
  };
  for (const auto& [shape, order] : rows) check_permutation(shape, order);
}

TEST_CASE("large shapes: slices, runs and single elements arrive, and so do their gradients") {
  check_moves([](const Var& x) { return slice(x, 0, 1000, 150000); }, {200000}, {149000},
              [](std::size_t i) { return i + 1000; });
  check_moves([](const Var& x) { return slice(x, 1, 70000, 99000); }, {3, 100000}, {3, 29000},
              [](std::size_t i) { return i / 29000 * 100000 + 70000 + i % 29000; });
  check_moves([](const Var& x) { return slice(x, 1, 3, 5); }, {30000, 7}, {30000, 2},
              [](std::size_t i) { return i / 2 * 7 + 3 + i % 2; });

  const Array wide = scattered({90}, 41);
  check_moves([&](const Var& x) { return index_select(x, 0, wide); }, {41, 1000}, {90, 1000},
              [&](std::size_t i) {
                return static_cast<std::size_t>(wide.data()[i / 1000]) * 1000 + i % 1000;
              });
  const Array narrow = scattered({50}, 31);
  check_moves(
      [&](const Var& x) { return index_select(x, -1, narrow); }, {3000, 31}, {3000, 50},
      [&](std::size_t i) { return i / 50 * 31 + static_cast<std::size_t>(narrow.data()[i % 50]); });
  const Array down = scattered({50, 1500}, 20);
  check_moves(
      [&](const Var& x) { return gather(x, 0, down); }, {20, 1500}, {50, 1500},
      [&](std::size_t i) { return static_cast<std::size_t>(down.data()[i]) * 1500 + i % 1500; });
  const Array along = scattered({40000, 3}, 5);
  check_moves([&](const Var& x) { return gather(x, 1, along); }, {40000, 5}, {40000, 3},
              [&](std::size_t i) { return i / 3 * 5 + static_cast<std::size_t>(along.data()[i]); });
  const Array flat = scattered({100000}, 777);
  check_moves([&](const Var& x) { return gather(x, 0, flat); }, {777}, {100000},
              [&](std::size_t i) { return static_cast<std::size_t>(flat.data()[i]); });
}

TEST_CASE("large shapes: parts lie where they belong, and get back their gradients") {
  for (const std::size_t last : {1, 2, 3, 4, 5, 8, 700}) {
    const std::size_t rows = 120000 / last;
    const Array other = full({rows, 3}, -1);
    check_moves(
        [&](const Var& x) {
          return slice(concatenate({other, x, x, other}), 1, 3, 3 + 2 * last);
        },
        {rows, last}, {rows, 2 * last},
        [&](std::size_t i) { return i / (2 * last) * last + i % last; });
  }
  check_moves(
      [](const Var& x) {
        return concatenate({x, x}, 0);
      },
      {300, 400}, {600, 400}, [](std::size_t i) { return i % 120000; });
  check_moves(
      [](const Var& x) {
        return stack({x, x, x}, 2);
      },
      {200, 300}, {200, 300, 3}, [](std::size_t i) { return i / 3; });
  check_moves(
      [](const Var& x) {
        return stack({x, x}, 1);
      },
      {200, 300}, {200, 2, 300}, [](std::size_t i) { return i / 600 * 300 + i % 300; });
}

TEST_CASE("large shapes: what was repeated gets the sum of its gradients") {
  check_moves(
      [](const Var& x) {
        return broadcast_to(x, {400, 300});
      },
      {300}, {400, 300}, [](std::size_t i) { return i % 300; });
  check_moves(
      [](const Var& x) {
        return broadcast_to(x, {400, 300});
      },
      {400, 1}, {400, 300}, [](std::size_t i) { return i / 300; });
  check_moves(
      [](const Var& x) {
        return broadcast_to(x, {7, 50, 90});
      },
      {7, 1, 90}, {7, 50, 90}, [](std::size_t i) { return i / 4500 * 90 + i % 90; });
  check_moves(
      [](const Var& x) {
        return broadcast_to(x, {50, 90});
      },
      {50, 90}, {50, 90}, [](std::size_t i) { return i; });
  // The gradient of a sum is the same everywhere, and comes in that shape.
  const Var x = Var::parameter(vector({1, 2, 3}));
  Tape tape;
  tape.backward(sum(broadcast_to(x, {100000, 3})));
  CHECK_EQ(difference(plain(x.gradient()), {{3}, {1e5, 1e5, 1e5}}, 0), "");
}

TEST_CASE("large shapes: the same bits for any number of threads") {
  const std::size_t before = threads();
  const Var x = Var::parameter(array(draw({500, 700}, {-1, 1}, 5)));
  const Array rows = scattered({3000}, 500);
  const Array places = scattered({500, 900}, 700);
  const Operation operations[] = {
      [](const Var& v) { return transpose(v); },
      [](const Var& v) {
        return permute(reshape(v, {50, 10, 70, 10}), {3, 1, 0, 2});
      },
      [](const Var& v) {
        return concatenate({v, v * 2.0});
      },
      [](const Var& v) {
        return stack({v, v}, 2);
      },
      [](const Var& v) {
        return broadcast_to(slice(v, 0, 7, 8), {900, 700});
      },
      [](const Var& v) { return slice(v, 1, 100, 650); },
      [&](const Var& v) { return index_select(v, 0, rows); },
      [&](const Var& v) { return gather(v, 1, places); },
  };
  for (const Operation& f : operations) {
    std::vector<Array> values;
    std::vector<Array> gradients;
    for (const std::size_t count : {1, 2, 3, 7}) {
      set_threads(count);
      Tape tape;
      const Var y = f(x);
      const Array weight = array(draw(y.shape(), {-1, 1}, 6));
      values.push_back(y.value());
      gradients.push_back(tape.gradients(sum(y * weight), {x})[0]);
      CHECK(same_bits(values.back(), values.front()));
      CHECK(same_bits(gradients.back(), gradients.front()));
    }
  }
  set_threads(before);
}

TEST_CASE("large shapes: signed zeros and NaN are moved as they are") {
  Array x = zeros({300, 290});
  for (std::size_t i = 0; i < x.size(); ++i) {
    x.data()[i] = i % 3 == 0 ? real(-0.0) : static_cast<real>(i % 3 == 1 ? std::nan("") : 0.0);
  }
  CHECK(same_bits(transpose(transpose(Var(x))).value(), x));
  const Array turned = transpose(Var(x)).value();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const real moved = turned.data()[i % 290 * 300 + i / 290];
    wrong += std::signbit(moved) != std::signbit(x.data()[i]);
    wrong += std::isnan(moved) != std::isnan(x.data()[i]);
  }
  CHECK_EQ(wrong, 0);
}
