#include <doctest/doctest.h>

#include <memory>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace evident;
using namespace evident::reference;

namespace {

double gradient_of(const Var& leaf) {
  REQUIRE(leaf.has_gradient());
  REQUIRE_EQ(leaf.size(), 1);
  return leaf.gradient().data()[0];
}

}  // namespace

TEST_CASE("engine: a chain of a million records is built, walked and freed") {
#ifdef __SANITIZE_THREAD__
  constexpr std::size_t kLength = 100000;  // its shadow takes four times the memory
#else
  constexpr std::size_t kLength = 1000000;
#endif
  const Var x = Var::parameter(scalar(1));
  Tape tape;
  Var y = x;
  for (std::size_t i = 0; i < kLength; ++i) y = -y;
  CHECK_EQ(tape.size(), kLength);
  CHECK_EQ(y.item(), 1);
  tape.backward(y);
  CHECK_EQ(gradient_of(x), 1);
}

TEST_CASE("engine: forty doublings are forty records") {
  const Var x = Var::parameter(scalar(1));
  Tape tape;
  Var y = x;
  for (int i = 0; i < 40; ++i) y = y + y;
  CHECK_EQ(tape.size(), 40);
  CHECK_EQ(y.item(), std::ldexp(1.0, 40));
  tape.backward(y);
  CHECK_EQ(gradient_of(x), std::ldexp(1.0, 40));
}

TEST_CASE("engine: a second backward adds to the leaves, and clearing starts afresh") {
  const Var x = Var::parameter(scalar(3));
  Tape tape;
  const Var y = x * x;
  tape.backward(y);
  CHECK_EQ(gradient_of(x), 6);
  tape.backward(y);
  CHECK_EQ(gradient_of(x), 12);
  Var(x).clear_gradient();
  CHECK_FALSE(x.has_gradient());
  tape.backward(y);
  CHECK_EQ(gradient_of(x), 6);
}

TEST_CASE("engine: leaves add up over tapes") {
  const Var x = Var::parameter(scalar(3));
  for (int i = 1; i <= 3; ++i) {
    Tape tape;
    tape.backward(2.0 * x);
    CHECK_EQ(gradient_of(x), 2 * i);
  }
}

TEST_CASE("engine: without a tape nothing is recorded") {
  const Var x = Var::parameter(scalar(3));
  CHECK_EQ(Tape::current(), nullptr);
  const Var y = x * x;
  CHECK_FALSE(y.needs_gradient());
  Tape tape;
  CHECK_EQ(Tape::current(), &tape);
  CHECK_EQ(tape.size(), 0);
  {
    const NoTape pause;
    CHECK_EQ(Tape::current(), nullptr);
    CHECK_FALSE((x * x).needs_gradient());
  }
  CHECK_EQ(Tape::current(), &tape);
  CHECK_EQ(tape.size(), 0);
}

TEST_CASE("engine: operations on constants are not recorded") {
  Tape tape;
  const Var c = vector({1, 2});
  CHECK_FALSE(sum(c * c + 1.0).needs_gradient());
  CHECK_EQ(tape.size(), 0);
  CHECK_FALSE(stop_gradient(Var::parameter(scalar(1))).needs_gradient());
}

TEST_CASE("engine: of nested tapes the innermost records") {
  const Var x = Var::parameter(scalar(3));
  Tape outer;
  const Var y = x * x;
  {
    Tape inner;
    CHECK_EQ(Tape::current(), &inner);
    const Var z = x * 5.0;
    CHECK_EQ(inner.size(), 1);
    CHECK_EQ(inner.gradients(z, {x})[0].data()[0], 5);
  }
  CHECK_EQ(Tape::current(), &outer);
  CHECK_EQ(outer.size(), 1);
  outer.backward(y + x);
  CHECK_EQ(gradient_of(x), 7);
}

TEST_CASE("engine: what a tape computed keeps its value after it") {
  std::optional<Var> kept;
  const Var x = Var::parameter(vector({1, 2}));
  {
    Tape tape;
    kept = exp(x);
  }
  CHECK_EQ(kept->value().data()[1], doctest::Approx(std::exp(2)));
  CHECK_FALSE((*kept + 1.0).needs_gradient());  // no tape, nothing to record
}

TEST_CASE("engine: intermediate gradients are released as the walk passes") {
  const Var x = Var::parameter(vector({1, 2}));
  Tape tape;
  const Var y = exp(x);
  const Var z = sum(y, {0}, Keep::kYes);
  const Var loss = reshape(z * z, {});
  tape.backward(loss);
  CHECK_FALSE(y.has_gradient());
  CHECK_FALSE(z.has_gradient());
  CHECK_FALSE(loss.has_gradient());
  CHECK(x.has_gradient());
}

TEST_CASE("engine: Tape::gradients writes to no leaf") {
  const Var x = Var::parameter(scalar(3));
  const Var other = Var::parameter(scalar(4));
  Tape tape;
  const Var y = x * x * other;
  const std::vector<Array> gradients = tape.gradients(y, {x});
  CHECK_EQ(gradients[0].data()[0], 24);
  CHECK_FALSE(x.has_gradient());
  CHECK_FALSE(other.has_gradient());
  tape.backward(y);
  tape.gradients(y, {x});
  CHECK_EQ(gradient_of(x), 24);
}

TEST_CASE("engine: Tape::gradients of intermediates, of a Var twice, of what does not matter") {
  const Var x = Var::parameter(vector({1, 2}));
  const Var unused = Var::parameter(zeros({3, 2}));
  const Var constant = vector({7});
  Tape tape;
  const Var y = x * x;
  const Var z = 3.0 * y;
  const Var loss = sum(z + y);
  const std::vector<Array> g = tape.gradients(loss, {y, x, unused, x, z, loss, constant});
  CHECK_EQ(difference(plain(g[0]), {{2}, {4, 4}}, 0), "");
  CHECK_EQ(difference(plain(g[1]), {{2}, {8, 16}}, 0), "");
  CHECK_EQ(difference(plain(g[2]), {{3, 2}, std::vector<double>(6)}, 0), "");
  CHECK_EQ(difference(plain(g[3]), {{2}, {8, 16}}, 0), "");
  CHECK_EQ(difference(plain(g[4]), {{2}, {1, 1}}, 0), "");
  CHECK_EQ(difference(plain(g[5]), {{}, {1}}, 0), "");
  CHECK_EQ(difference(plain(g[6]), {{1}, {0}}, 0), "");
  for (const Var& var : {x, y, z, loss, unused}) CHECK_FALSE(var.has_gradient());
}

TEST_CASE("engine: several losses on one tape, row by row of a Jacobian") {
  const Var x = Var::parameter(vector({1, 2, 3}));
  Tape tape;
  const Var y = x * sum(x);
  for (std::size_t i = 0; i < 3; ++i) {
    Array pick = zeros({3});
    pick.data()[i] = 1;
    Plain want{{3}, {x.value().data()[i], x.value().data()[i], x.value().data()[i]}};
    want.data[i] += 6;
    CHECK_EQ(difference(plain(tape.gradients(sum(y * pick), {x})[0]), want, 1e-15), "");
  }
}

TEST_CASE("engine: the gradient of a Var that is read through many shapes") {
  const Var x = Var::parameter(zeros({1, 3}));
  Tape tape;
  tape.backward(sum(x) + sum(sum(x, {0})) + sum(x * vector({1, 2, 3})) +
                sum(sum(x, {1}, Keep::kYes)));
  CHECK_EQ(difference(plain(x.gradient()), {{1, 3}, {4, 5, 6}}, 0), "");
}

TEST_CASE("engine: dependence") {
  const Var x = Var::parameter(scalar(1));
  const Var w = Var::parameter(scalar(2));
  Tape tape;
  const Var y = exp(x);
  const Var z = y * w;
  CHECK(tape.depends(z, x));
  CHECK(tape.depends(z, y));
  CHECK(tape.depends(z, z));
  CHECK(tape.depends(y, x));
  CHECK_FALSE(tape.depends(y, w));
  CHECK_FALSE(tape.depends(x, z));
  CHECK_FALSE(tape.depends(stop_gradient(z), x));
}

TEST_CASE("engine: record_dependence is seen by depends and carries no gradient") {
  const Var x = Var::parameter(scalar(1));
  Tape tape;
  const Var draw = record_dependence("draw", scalar(0.5), {x});
  CHECK_FALSE(draw.needs_gradient());
  CHECK(tape.depends(draw, x));
  // Recorded although no gradient flows: a frozen guide must not look free.
  const Var y = exp(sum(draw * draw));
  CHECK_EQ(tape.size(), 4);
  CHECK_FALSE(y.needs_gradient());
  CHECK(tape.depends(y, x));
  tape.backward(y + 2.0 * x);
  CHECK_EQ(gradient_of(x), 2);
  CHECK_EQ(record_dependence("draw", scalar(0.5), {Var(1.0)}).item(), 0.5);
  CHECK_EQ(tape.size(), 6);
}

TEST_CASE("engine: a user's operation, with an edge for each input") {
  const Var a = Var::parameter(vector({1, 2}));
  const Var b = Var::parameter(vector({3, 4}));
  const auto scaled = [](const Var& a, const Var& b) {
    return record("scaled", (stop_gradient(a) * stop_gradient(b)).value(),
                  edge(a,
                       [b](const Array& g, const Array&, GradSink& sink) {
                         // A step may use operations; nothing is recorded.
                         sink.add((Var(g) * b).value());
                       }),
                  edge(b, [](const Array& g, const Array& output, GradSink& sink) {
                    const bool adds = sink.adds();
                    real* out = sink.data();
                    for (std::size_t i = 0; i < g.size(); ++i) {
                      out[i] = (adds ? out[i] : 0) + output.data()[i] * g.data()[i];
                    }
                  }));
  };
  Tape tape;
  tape.backward(sum(scaled(a, b)) + sum(b));
  CHECK_EQ(tape.size(), 4);
  CHECK_EQ(difference(plain(a.gradient()), {{2}, {3, 4}}, 0), "");
  CHECK_EQ(difference(plain(b.gradient()), {{2}, {4, 9}}, 0), "");
}

TEST_CASE("engine: an exception in a backward step leaves no intermediate gradient behind") {
  const Var x = Var::parameter(vector({1, 2}));
  const Var other = Var::parameter(vector({1, 2}));
  Tape tape;
  const Var y = exp(x);
  const Var broken = record("broken", y.value(), edge(y, [](const Array&, const Array&, GradSink&) {
                              throw std::runtime_error("no derivative");
                            }));
  const Var side = y * other;
  const Var loss = sum(side + broken);
  CHECK_THROWS_WITH(tape.backward(loss), "no derivative");
  for (const Var& var : {y, broken, side, loss}) CHECK_FALSE(var.has_gradient());
  CHECK_EQ(Tape::current(), &tape);
  CHECK_FALSE(x.has_gradient());
  // The tape is still good for what does not pass through the broken step.
  CHECK_EQ(difference(plain(tape.gradients(sum(side), {other})[0]),
                      {{2}, {std::exp(1), std::exp(2)}}, tolerance(1e-14, 1e-6)),
           "");
}

TEST_CASE("engine: two threads with a tape each share parameters") {
  const Var w = Var::parameter(array(draw({60, 50}, {-1, 1}, 1)));
  const Var b = Var::parameter(array(draw({50}, {-1, 1}, 2)));
  const auto gradients = [&](std::uint64_t seed) {
    std::vector<Array> last;
    for (int repeat = 0; repeat < 20; ++repeat) {
      Tape tape;
      const Var x = array(draw({40, 60}, {-1, 1}, seed));
      const Var loss = sum(softplus(linear(x, w, b))) + sum(square(w));
      last = tape.gradients(loss, {w, b});
    }
    return last;
  };
  const std::vector<Array> alone[] = {gradients(5), gradients(6)};
  std::vector<Array> together[2];
  std::thread first([&] { together[0] = gradients(5); });
  std::thread second([&] { together[1] = gradients(6); });
  first.join();
  second.join();
  for (int i = 0; i < 2; ++i) {
    for (int k = 0; k < 2; ++k) CHECK(same_bits(alone[i][k], together[i][k]));
  }
  CHECK_FALSE(w.has_gradient());
}

TEST_CASE("engine: a tape belongs to its thread") {
  const Var x = Var::parameter(scalar(1));
  Tape tape;
  bool recorded = true;
  std::thread([&] { recorded = (x + 1.0).needs_gradient(); }).join();
  CHECK_FALSE(recorded);
  CHECK_EQ(tape.size(), 0);
}

TEST_CASE("engine: elementwise takes up to six arguments, one line a formula") {
  const auto swish = [](const Var& x) {
    return elementwise([](auto x) { return x * sigmoid(x); }, x, "swish");
  };
  const Var x = Var::parameter(vector({-1, 0, 2}));
  Tape tape;
  const Var y = swish(x);
  CHECK_EQ(y.value().data()[2], doctest::Approx(2 / (1 + std::exp(-2))));
  tape.backward(sum(y));
  CHECK_EQ(x.gradient().data()[1], doctest::Approx(0.5));
  const Var five = elementwise(
      [](auto a, auto b, auto c, auto d, auto e) { return a + 2 * b + 3 * c + 4 * d + 5 * e; }, 1.0,
      2.0, 3.0, 4.0, 5.0);
  CHECK_EQ(five.item(), 55);
}

TEST_CASE("engine: a parameter that was changed before backward is found out") {
  Var w = Var::parameter(scalar(3));
  Tape tape;
  const Var y = square(w);
  w.mutable_value() = scalar(100);
  CHECK_THROWS_WITH_AS(tape.backward(y),
                       doctest::Contains("an input of \"square\" was changed in place"), Error);
  CHECK_FALSE(w.has_gradient());
  tape.backward(square(w));
  CHECK(w.gradient()() == 200);
}

TEST_CASE("engine: tapes on the heap may end in any order") {
  auto first = std::make_unique<Tape>();
  auto second = std::make_unique<Tape>();
  first.reset();
  CHECK(Tape::current() == second.get());
  second.reset();
  CHECK(Tape::current() == nullptr);
}
