#include <doctest/doctest.h>

#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <vector>

using namespace evident;
using namespace evident::reference;

TEST_CASE("one_hot: unit vectors in the shape of the labels") {
  const Plain rows = plain(one_hot(vector({2, 0, 1, 2}), 3));
  CHECK_EQ(difference(rows, {{4, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1}}, 0), "");
  const Plain one = plain(one_hot(scalar(1), 4));
  CHECK_EQ(difference(one, {{4}, {0, 1, 0, 0}}, 0), "");
  const Plain matrices = plain(one_hot(matrix({{1}, {0}}), 2));
  CHECK_EQ(difference(matrices, {{2, 1, 2}, {0, 1, 1, 0}}, 0), "");
  CHECK_EQ(one_hot(zeros({0}), 3).shape(), Shape{0, 3});
  CHECK_EQ(one_hot(zeros({2, 0}), 0).shape(), Shape{2, 0, 0});
  CHECK_EQ(plain(one_hot(vector({-0.0}), 1)).data, std::vector<double>{1});
}

TEST_CASE("one_hot: labels of many registers, checked against plain loops") {
  const std::size_t classes = 13;
  Array labels = uninitialised({7, 143});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels.data()[i] = static_cast<real>(i * i % classes);
  }
  const Array got = one_hot(labels, classes);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    wrong += got.data()[i] != (i / classes * (i / classes) % classes == i % classes ? 1 : 0);
  }
  CHECK_EQ(got.shape(), Shape{7, 143, classes});
  CHECK_EQ(wrong, 0);
}

TEST_CASE("gather: picks one log-probability a row, as a classifier's loss does") {
  const Var scores = Var::parameter(matrix({{1, 2, 3}, {4, 6, 5}}));
  const Array labels = vector({2, 0});
  Tape tape;
  const Var picked = gather(scores, 1, reshaped(labels, {2, 1}));
  CHECK_EQ(difference(plain(picked.value()), {{2, 1}, {3, 4}}, 0), "");
  const Var same = sum(scores * one_hot(labels, 3), {1});
  CHECK_EQ(difference(plain(same.value()), {{2}, {3, 4}}, 0), "");
  tape.backward(sum(picked));
  CHECK(same_bits(scores.gradient(), one_hot(labels, 3)));
}

TEST_CASE("index_select: the gradient counts how often an element was chosen") {
  const Var x = Var::parameter(vector({5, 6, 7, 8}));
  Tape tape;
  const Var y = index_select(x, 0, vector({3, 1, 3, 3, 0}));
  CHECK_EQ(difference(plain(y.value()), {{5}, {8, 6, 8, 8, 5}}, 0), "");
  tape.backward(sum(y));
  CHECK_EQ(difference(plain(x.gradient()), {{4}, {1, 1, 0, 3}}, 0), "");
  tape.backward(sum(y * 10.0));
  CHECK_EQ(difference(plain(x.gradient()), {{4}, {11, 11, 0, 33}}, 0), "");
}

TEST_CASE("index_select: the indices may be changed or gone when the gradient is taken") {
  const Var x = Var::parameter(vector({5, 6, 7}));
  Tape tape;
  Var y = 0.0;
  {
    Array indices = vector({2, 2});
    y = index_select(x, 0, indices);
    indices.data()[0] = 0;
  }
  tape.backward(sum(y));
  CHECK_EQ(difference(plain(x.gradient()), {{3}, {0, 0, 2}}, 0), "");
}

TEST_CASE("concatenate and stack: the same Var in several places") {
  const Var x = Var::parameter(matrix({{1, 2}, {3, 4}}));
  const Array weight = matrix({{1, 2, 10, 20, 100, 200}, {3, 4, 30, 40, 300, 400}});
  const Plain expected = {{2, 2}, {111, 222, 333, 444}};
  {
    Tape tape;
    const Var wide = concatenate({x, x, x});
    CHECK_EQ(wide.shape(), Shape{2, 6});
    tape.backward(sum(wide * weight));
    CHECK_EQ(difference(plain(x.gradient()), expected, 0), "");
  }
  Var(x).clear_gradient();
  {
    Tape tape;
    const Var deep = stack({x, x, x}, 1);
    CHECK_EQ(deep.shape(), Shape{2, 3, 2});
    tape.backward(sum(deep * reshaped(weight, {2, 3, 2})));
    CHECK_EQ(difference(plain(x.gradient()), expected, 0), "");
  }
}

TEST_CASE("concatenate and stack: parts in braces, of every kind that becomes a Var") {
  const Var x = Var::parameter(vector({1, 2}));
  const Array a = vector({3});
  CHECK_EQ(plain(concatenate({x, a}).value()).data, std::vector<double>{1, 2, 3});
  CHECK_EQ(plain(concatenate({a, a}, -1).value()).data, std::vector<double>{3, 3});
  CHECK_EQ(plain(concatenate({x}, 0).value()).data, std::vector<double>{1, 2});
  CHECK_EQ(plain(stack({1, 2.5, sum(x)}).value()).data, std::vector<double>{1, 2.5, 3});
  CHECK_EQ(plain(stack({x, x}, -1).value()).data, std::vector<double>{1, 1, 2, 2});
  const std::vector<Var> parts(4, x);
  CHECK_EQ(concatenate(parts, 0).shape(), Shape{8});
  CHECK_EQ(stack(parts).shape(), Shape{4, 2});
}

TEST_CASE("split and slice: the pieces put together again are the whole") {
  const Var x = Var::parameter(array(draw({3, 7, 5}, {-1, 1}, 4)));
  const auto [left, right] = split(x, 2);
  CHECK(same_bits(concatenate({left, right}).value(), x.value()));
  CHECK(same_bits(left.value(), slice(x, -1, 0, 2).value()));
  std::vector<Var> slices;
  for (std::size_t i = 0; i < 7; ++i) slices.push_back(slice(x, 1, i, i + 1));
  CHECK(same_bits(concatenate(slices, 1).value(), x.value()));
}

TEST_CASE("operations: without a live tape nothing is recorded") {
  for (const OperationRow& row : operation_table()) {
    INFO(row.name());
    Vars arguments;
    for (const Plain& argument : row.draw_arguments(row.shapes[0])) {
      arguments.push_back(Var::parameter(array(argument)));
    }
    const Var y = row.apply(arguments);
    CHECK_FALSE(y.needs_gradient());
    CHECK_EQ(y.node().tape, 0);
  }
}
