#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/plain.hpp>

using namespace evident;
using namespace evident::reference;

TEST_CASE("mask rule: the branch not taken sends no gradient, however steep it is") {
  const Var x = Var::parameter(vector({0, 0, 2, 4}));
  Tape tape;
  tape.backward(sum(where(vector({0, 0, 1, 1}), log(x), 0.0) +
                    where(vector({0, 0, 1, 1}), sqrt(x), 0.0) +
                    where(vector({0, 0, 1, 1}), 1.0 / x, 0.0)));
  CHECK_EQ(difference(plain(x.gradient()),
                      {{4}, {0, 0, 0.5 + 0.5 / std::sqrt(2) - 0.25, 0.25 + 0.25 - 0.0625}},
                      tolerance(1e-15, 1e-6)),
           "");
}

TEST_CASE("mask rule: where inside one formula picks value and derivative together") {
  const Var x = Var::parameter(vector({0, -1, 1, 4}));
  Tape tape;
  const Var y = elementwise([](auto x) { return where(x > 0.0, log(x), 0.0 * x); }, x);
  tape.backward(sum(y));
  CHECK_EQ(difference(plain(x.gradient()), {{4}, {0, 0, 1, 0.25}}, 0), "");
}

TEST_CASE("mask rule: a broadcast argument sums only what was taken") {
  const Var scale = Var::parameter(scalar(0));
  Tape tape;
  tape.backward(sum(where(vector({0, 1, 1}), vector({1, 2, 3}), log(scale))) * 0.0);
  CHECK_EQ(scale.gradient().data()[0], 0);
}

TEST_CASE("where: no gradient flows to the condition") {
  const Var condition = Var::parameter(vector({0, 1}));
  const Var x = Var::parameter(vector({5, 6}));
  Tape tape;
  tape.backward(sum(where(condition, x, 2.0 * x)));
  CHECK_FALSE(condition.has_gradient());
  CHECK_EQ(difference(plain(x.gradient()), {{2}, {2, 1}}, 0), "");
}
