#include <doctest/doctest.h>

#include <evident/autodiff/broadcast.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <string>
#include <vector>

using namespace evident;
using namespace evident::reference;
using evident::detail::BroadcastLoop;

namespace {

BroadcastLoop loop_over(const Shape& shape, const std::vector<Shape>& operands) {
  std::vector<const Shape*> pointers;
  for (const Shape& operand : operands) pointers.push_back(&operand);
  return {shape, pointers.data(), pointers.size(), "test"};
}

// Whether the loop reads, for every element, what broadcasting says.
bool walks_right(const Shape& shape, const std::vector<Shape>& operands) {
  const BroadcastLoop loop = loop_over(shape, operands);
  if (loop.rows() * loop.columns() != size_of(shape)) return false;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    for (std::size_t i = 0; i < size_of(shape); ++i) {
      const std::size_t column = loop.moves(k) ? i % loop.columns() : 0;
      const std::size_t place = loop.offset(k, i / loop.columns()) + column;
      if (place != broadcast_index(shape, i, operands[k])) return false;
    }
  }
  return true;
}

// The axes of `shape` that are set in `bits`; the others have length 1.
Shape some_axes(Shape shape, std::size_t bits) {
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if ((bits >> i & 1) == 0) shape[i] = 1;
  }
  return shape;
}

Shape without_leading_ones(const Shape& shape) {
  std::size_t ones = 0;
  while (ones < shape.size() && shape[ones] == 1) ++ones;
  return Shape(shape.begin() + static_cast<std::ptrdiff_t>(ones), shape.end());
}

}  // namespace

TEST_CASE("broadcast: every way in which two operands can repeat along four axes") {
  for (const Shape& shape : {Shape{2, 3, 4, 5}, Shape{3, 1, 2, 2}, Shape{4, 2, 1, 1}}) {
    for (std::size_t a = 0; a < 16; ++a) {
      for (std::size_t b = 0; b < 16; ++b) {
        const Shape first = some_axes(shape, a);
        const Shape second = without_leading_ones(some_axes(shape, b));
        INFO(to_string(first), " and ", to_string(second), " over ", to_string(shape));
        CHECK(walks_right(shape, {first, second}));
        CHECK(walks_right(shape, {second, shape, first}));
      }
    }
  }
}

TEST_CASE("broadcast: axes are joined wherever every operand allows it") {
  struct Row {
    Shape shape;
    std::vector<Shape> operands;
    std::size_t rows, columns;
    std::vector<bool> moves;
  };
  const Row rows[] = {
      {{}, {{}, {}}, 1, 1, {false, false}},
      {{7}, {{7}, {}}, 1, 7, {true, false}},
      {{2, 3, 4}, {{2, 3, 4}, {2, 3, 4}}, 1, 24, {true, true}},
      {{2, 3, 4}, {{2, 3, 4}, {}}, 1, 24, {true, false}},
      {{2, 3, 4}, {{2, 3, 4}, {1, 1, 1}}, 1, 24, {true, false}},
      {{2, 3, 4}, {{2, 3, 4}, {4}}, 6, 4, {true, true}},
      {{2, 3, 4}, {{2, 3, 4}, {3, 4}}, 2, 12, {true, true}},
      {{2, 3, 4}, {{2, 3, 4}, {3, 1}}, 6, 4, {true, false}},
      {{2, 3, 4}, {{2, 3, 4}, {2, 1, 1}}, 2, 12, {true, false}},
      {{2, 3, 4}, {{2, 3, 4}, {2, 1, 4}}, 6, 4, {true, true}},
      {{3, 4}, {{3, 1}, {1, 4}}, 3, 4, {false, true}},
      {{5, 1, 1, 6}, {{5, 1, 1, 6}, {1, 1, 1}}, 1, 30, {true, false}},
      {{5, 1}, {{5, 1}, {5, 1}}, 1, 5, {true, true}},
      {{0, 4}, {{0, 4}, {0, 4}}, 1, 0, {true, true}},
  };
  for (const Row& row : rows) {
    INFO(to_string(row.shape), " with ", to_string(row.operands[1]));
    const BroadcastLoop loop = loop_over(row.shape, row.operands);
    CHECK_EQ(loop.rows(), row.rows);
    CHECK_EQ(loop.columns(), row.columns);
    for (std::size_t k = 0; k < 2; ++k) CHECK_EQ(loop.moves(k), row.moves[k]);
    CHECK(walks_right(row.shape, row.operands));
  }
}

TEST_CASE("broadcast: sixteen axes are carried") {
  Shape shape(std::size_t{16}, std::size_t{2});
  Shape every_other = shape;
  for (std::size_t i = 0; i < 16; i += 2) every_other[i] = 1;
  CHECK(walks_right(shape, {shape, every_other}));
}

TEST_CASE("broadcast: the shape that two shapes broadcast to") {
  CHECK_EQ(broadcast_shape({3, 1}, {1, 4}, "f"), Shape{3, 4});
  CHECK_EQ(broadcast_shape({4}, {3, 4}, "f"), Shape{3, 4});
  CHECK_EQ(broadcast_shape({5, 1, 3}, {2, 1}, "f"), Shape{5, 2, 3});
  CHECK_EQ(broadcast_shape({}, {2}, "f"), Shape{2});
  CHECK_EQ(broadcast_shape({1}, {0}, "f"), Shape{0});
  CHECK_EQ(broadcast_shape({0}, {1}, "f"), Shape{0});
  CHECK_THROWS_AS(broadcast_shape({0}, {2}, "f"), ShapeError);
  CHECK_THROWS_WITH_AS(broadcast_shape({2, 3}, {2}, "f"),
                       "f: shapes (2, 3) and (2) do not broadcast: axis 1 has lengths 3 and 2, "
                       "which must be equal or 1",
                       ShapeError);
}
