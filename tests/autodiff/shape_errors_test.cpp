#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <functional>
#include <string>
#include <vector>

// The whole message of every misuse of an operation that moves or chooses elements.

using namespace evident;

namespace {

Var ones_of(const Shape& shape) { return ones(shape); }

struct ErrorRow {
  bool shapes;  // whether a ShapeError is expected
  std::function<void()> misuse;
  std::string message;
};

const ErrorRow kShapeErrorRows[] = {
    {true, [] { transpose(ones_of({3})); },
     "transpose: input (3) has fewer than the two axes that are exchanged: reshape it first"},
    {true, [] { transpose(1.0); },
     "transpose: input () has fewer than the two axes that are exchanged: reshape it first"},

    {true,
     [] {
       permute(ones_of({2, 3, 4}), {0, 1});
     },
     "permute: the order (0, 1) does not name every axis of (2, 3, 4): expected 3 axes"},
    {true,
     [] {
       permute(ones_of({2, 3}), {1, -1});
     },
     "permute: axis -1 of (2, 3) is named twice"},
    {true,
     [] {
       permute(ones_of({2, 3}), {0, 2});
     },
     "permute: axis 2 is not there: the input has shape (2, 3)"},
    {true,
     [] {
       permute(ones_of({2, 3}), {-3, 0});
     },
     "permute: axis -3 is not there: the input has shape (2, 3)"},

    {true,
     [] {
       broadcast_to(ones_of({3}), {2, 4});
     },
     "broadcast_to: input (3) does not repeat to (2, 4): aligned at the last axis, each of its "
     "lengths must be 1 or the one wanted"},
    {true,
     [] {
       broadcast_to(ones_of({2, 3}), {3});
     },
     "broadcast_to: input (2, 3) does not repeat to (3): aligned at the last axis, each of its "
     "lengths must be 1 or the one wanted"},
    {true, [] { broadcast_to(ones_of({3}), {1}); },
     "broadcast_to: input (3) does not repeat to (1): aligned at the last axis, each of its "
     "lengths must be 1 or the one wanted"},

    {true, [] { concatenate({}); }, "concatenate: got no parts, expected at least one"},
    {true,
     [] {
       concatenate({1.0, 2.0});
     },
     "concatenate: axis -1 is not there: the input has shape ()"},
    {true,
     [] {
       concatenate({ones_of({2, 3}), ones_of({2, 3})}, 2);
     },
     "concatenate: axis 2 is not there: the input has shape (2, 3)"},
    {true,
     [] {
       concatenate({ones_of({3, 4}), ones_of({3, 1}), ones_of({2, 4})}, 1);
     },
     "concatenate: part 2 has shape (2, 4) and part 0 (3, 4): they may differ along axis 1 only"},
    {true,
     [] {
       concatenate({ones_of({3, 4}), ones_of({4})});
     },
     "concatenate: part 1 has shape (4) and part 0 (3, 4): they may differ along axis 1 only"},

    {true, [] { stack({}); }, "stack: got no parts, expected at least one"},
    {true,
     [] {
       stack({ones_of({2, 3}), ones_of({3, 2})});
     },
     "stack: part 1 has shape (3, 2) and part 0 (2, 3): they must be the same"},
    {true,
     [] {
       stack({ones_of({2, 3})}, 3);
     },
     "stack: axis 3 is not there: the result of stacking parts of shape (2, 3) has 3 axes"},
    {true,
     [] {
       stack({ones_of({2, 3})}, -4);
     },
     "stack: axis -4 is not there: the result of stacking parts of shape (2, 3) has 3 axes"},

    {true,
     [] {
       slice(ones_of({2, 3}), -1, 2, 4);
     },
     "slice: elements 2 to 4 are not on axis 1 of (2, 3): expected first <= last <= 3"},
    {true,
     [] {
       slice(ones_of({2, 3}), 0, 2, 1);
     },
     "slice: elements 2 to 1 are not on axis 0 of (2, 3): expected first <= last <= 2"},
    {true, [] { slice(1.0, 0, 0, 0); }, "slice: axis 0 is not there: the input has shape ()"},

    {true,
     [] {
       index_select(ones_of({2, 3}), 2, vector({0}));
     },
     "index_select: axis 2 is not there: the input has shape (2, 3)"},
    {true,
     [] {
       index_select(ones_of({2, 3}), 0, scalar(0));
     },
     "index_select: the indices have shape (), expected (k)"},
    {true,
     [] {
       index_select(ones_of({2, 3}), 0, zeros({1, 2}));
     },
     "index_select: the indices have shape (1, 2), expected (k)"},
    {false,
     [] {
       index_select(ones_of({2, 3}), 1, vector({0, 2, 3}));
     },
     "index_select: index 3 at (2) is not on axis 1 of (2, 3): expected a whole number, at least 0 "
     "and below 3"},
    {false,
     [] {
       index_select(ones_of({2, 3}), -2, vector({1, -1}));
     },
     "index_select: index -1 at (1) is not on axis 0 of (2, 3): expected a whole number, at least "
     "0 and below 2"},
    {false,
     [] {
       index_select(ones_of({0, 3}), 0, vector({0}));
     },
     "index_select: index 0 at (0) is not on axis 0 of (0, 3): expected a whole number, at least 0 "
     "and below 0"},

    {true, [] { gather(1.0, 0, scalar(0)); },
     "gather: axis 0 is not there: the input has shape ()"},
    {true,
     [] {
       gather(ones_of({2, 3}), 1, vector({0, 1}));
     },
     "gather: indices (2) do not fit input (2, 3): they must have its shape except along axis 1"},
    {true,
     [] {
       gather(ones_of({2, 3}), 1, zeros({1, 3}));
     },
     "gather: indices (1, 3) do not fit input (2, 3): they must have its shape except along axis "
     "1"},
    {false,
     [] {
       gather(ones_of({2, 3}), 1, matrix({{0, 1}, {2, 0.5}}));
     },
     "gather: index 0.5 at (1, 1) is not on axis 1 of (2, 3): expected a whole number, at least 0 "
     "and below 3"},
    {false,
     [] {
       gather(ones_of({2, 3}), 0, matrix({{0, 1, 2}}));
     },
     "gather: index 2 at (0, 2) is not on axis 0 of (2, 3): expected a whole number, at least 0 "
     "and below 2"},

    {false,
     [] {
       one_hot(vector({0, 9, 10}), 10);
     },
     "one_hot: label 10 at (2) is not one of 10 classes: expected a whole number, at least 0 and "
     "below 10"},
    {false, [] { one_hot(scalar(0), 0); },
     "one_hot: label 0 at () is not one of 0 classes: expected a whole number, at least 0 and "
     "below 0"},
};

}  // namespace

TEST_CASE("shape errors: every misuse is an exception that says what to do") {
  for (const ErrorRow& row : kShapeErrorRows) {
    INFO(row.message);
    std::string message;
    bool shapes = false;
    try {
      row.misuse();
    } catch (const ShapeError& error) {
      message = error.what();
      shapes = true;
    } catch (const Error& error) {
      message = error.what();
    }
    CHECK_EQ(message, row.message);
    CHECK_EQ(shapes, row.shapes);
  }
}

// The check looks at whole registers: a wrong index is found wherever it lies in one.
TEST_CASE("shape errors: a wrong index is found in every place, whatever is wrong with it") {
  const Var x = ones({5});
  for (const double wrong : {5.0, 1e30, -1.0, -1e-30, 1e-30, 0.5, 3.9999, std::nan(""),
                             double(INFINITY), -double(INFINITY)}) {
    for (std::size_t place = 0; place < 41; ++place) {
      Array indices = full({41}, 4);
      indices.data()[place] = static_cast<real>(wrong);
      if (place < 40) indices.data()[40] = -7;  // the first is named
      const std::string words = "at (" + std::to_string(place) + ") is not";
      CHECK_THROWS_WITH_AS(index_select(x, 0, indices), doctest::Contains(words.c_str()), Error);
      CHECK_THROWS_WITH_AS(gather(x, 0, indices), doctest::Contains(words.c_str()), Error);
      CHECK_THROWS_WITH_AS(one_hot(indices, 5), doctest::Contains(words.c_str()), Error);
    }
  }
  CHECK_THROWS_WITH_AS(one_hot(vector({std::nan("")}), 3), doctest::Contains("label nan at (0)"),
                       Error);
}

#ifdef EVIDENT_F32
TEST_CASE("shape errors: float does not name places beyond 2^24") {
  const std::size_t limit = std::size_t{1} << 24;
  // Axes that long, of arrays without elements.
  CHECK_EQ(index_select(ones_of({limit, 0}), 0, vector({16777215})).shape(), Shape{1, 0});
  CHECK_THROWS_WITH_AS(index_select(ones_of({limit + 1, 0}), 0, vector({0})),
                       "index_select: axis 0 of (16777217, 0) is longer than 16777216, up to which "
                       "indices are exact: cut it, or compute in double",
                       ShapeError);
  CHECK_THROWS_WITH_AS(gather(ones_of({0, limit + 1}), 1, zeros({0, 2})),
                       doctest::Contains("gather: axis 1 of (0, 16777217) is longer"), ShapeError);
  CHECK_THROWS_WITH_AS(one_hot(zeros({0}), limit + 1),
                       "one_hot: 16777217 classes are more than 16777216, up to which labels are "
                       "exact: compute in double",
                       ShapeError);
}
#endif

TEST_CASE("shape errors: what failed is not recorded, and recorded inputs are named") {
  const Var x = Var::parameter(ones({2, 3}));
  {
    Tape tape;
    CHECK_THROWS_AS(index_select(x, 0, vector({2})), Error);
    CHECK_THROWS_AS(concatenate({x, x * 2.0}, 5), ShapeError);
    CHECK_EQ(tape.size(), 1);
  }
  Tape outer;
  const Var y = transpose(x);
  Tape inner;
  CHECK_THROWS_WITH_AS(concatenate({ones_of({3, 2}), y}),
                       doctest::Contains("concatenate: input 1 is the result of \"transpose\", "
                                         "recorded on another tape"),
                       Error);
  CHECK_THROWS_WITH_AS(split(y, 1), doctest::Contains("split: input 0 is"), Error);
  CHECK_THROWS_WITH_AS(slice(y, 0, 0, 1), doctest::Contains("slice: input 0 is"), Error);
}
