#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "optimiser_table.hpp"

using namespace evident;
using namespace evident::testing;

namespace {

double plain_norm(const std::vector<Array>& gradients) {
  double total = 0;
  for (const Array& gradient : gradients) {
    for (const real g : gradient) total += static_cast<double>(g) * static_cast<double>(g);
  }
  return std::sqrt(total);
}

std::vector<Array> scaled(std::vector<Array> gradients, double factor) {
  for (Array& gradient : gradients) {
    for (real& g : gradient) g = static_cast<real>(static_cast<double>(g) * factor);
  }
  return gradients;
}

}  // namespace

TEST_CASE("clipping: the norm is that of all gradients as one vector") {
  const Parameters parameters = three_parameters();
  const std::vector<Array> gradients = three_gradients(3);
  give_gradients(parameters, gradients);
  CHECK(gradient_norm(parameters) == doctest::Approx(plain_norm(gradients)).epsilon(1e-13));
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    CHECK(gradient_norm({parameters[k]}) ==
          doctest::Approx(plain_norm({gradients[k]})).epsilon(1e-13));
  }
  // A parameter of two names counts once; a gradient that is the same everywhere counts in full.
  CHECK(gradient_norm({parameters[1], parameters[1]}) == gradient_norm({parameters[1]}));
  const Var x = Var::parameter(zeros({3, 3}));
  {
    Tape tape;
    tape.backward(2.0 * sum(x));
  }
  CHECK(gradient_norm({{"x", x}}) == 6);
  CHECK(gradient_norm({}) == 0);
}

TEST_CASE("clipping: the norm is right where squares leave the range of float") {
  const double root = std::sqrt(40.0);
  for (const double size : {1e-30, 1e30}) {
    const Var x = Var::parameter(zeros({40}));
    give_gradients({{"x", x}}, {full({40}, size)});
    CHECK(gradient_norm({{"x", x}}) == doctest::Approx(root * size).epsilon(1e-6));
    Sgd sgd({{"x", x}}, {1, 0, false, 0, size});
    sgd.step();
    for (const real value : x.value()) {
      CHECK(static_cast<double>(value) == doctest::Approx(-size / root).epsilon(1e-6));
    }
  }
  if (sizeof(real) < 8) return;
  const Var x = Var::parameter(zeros({2}));
  give_gradients({{"x", x}}, {full({2}, 1e200)});
  Sgd sgd({{"x", x}}, {1, 0, false, 0, 1});
  CHECK_THROWS_WITH_AS(sgd.step(), doctest::Contains("Sgd::step: the norm of the gradients is too"),
                       Error);
  CHECK(x.value() == zeros({2}));
}

TEST_CASE("clipping: the norm of what has no gradient is an error, of NaN it is NaN") {
  const Var x = Var::parameter(zeros({2}));
  CHECK_THROWS_WITH_AS(gradient_norm({{"x", x}}),
                       doctest::Contains("gradient_norm: \"x\" has no gradient"), Error);
  give_gradients({{"x", x}}, {vector({1, std::nan("")})});
  CHECK(std::isnan(gradient_norm({{"x", x}})));
}

TEST_CASE("clipping: a clipped step is a step on scaled gradients") {
  constexpr double kTolerance = sizeof(real) == 8 ? 1e-12 : 1e-6;
  for (const OptimiserRow& row : optimiser_table()) {
    INFO(row.type, " ", row.name);
    const Parameters clipped = three_parameters(), by_hand = three_parameters();
    constexpr double kMaxNorm = 100;  // the gradients' is about 200, and half that in step 1
    const OptimiserPointer one = row.make(clipped, {{}, kMaxNorm});
    const OptimiserPointer other = row.make(by_hand, {});
    for (std::size_t step = 0; step < 3; ++step) {
      const std::vector<Array> gradients = scaled(three_gradients(step), step == 1 ? 0.4 : 1);
      const double norm = plain_norm(gradients);
      CHECK((norm > kMaxNorm) == (step != 1));
      give_gradients(clipped, gradients);
      give_gradients(by_hand, step == 1 ? gradients : scaled(gradients, kMaxNorm / norm));
      one->step();
      other->step();
      for (std::size_t k = 0; k < clipped.size(); ++k) {
        const Array& a = clipped[k].parameter.value();
        const Array& b = by_hand[k].parameter.value();
        for (std::size_t i = 0; i < a.size(); ++i) {
          const auto expected = static_cast<double>(b.data()[i]);
          REQUIRE(std::abs(static_cast<double>(a.data()[i]) - expected) <=
                  kTolerance * (1 + std::abs(expected)));
        }
      }
    }
  }
}

TEST_CASE("clipping: below the limit not a bit changes") {
  for (const OptimiserRow& row : optimiser_table()) {
    const Parameters limited = three_parameters(), free = three_parameters();
    const OptimiserPointer one = row.make(limited, {{}, 1e6}), other = row.make(free, {});
    for (const Parameters& parameters : {limited, free}) {
      give_gradients(parameters, three_gradients(1));
    }
    one->step();
    other->step();
    CHECK(values_of(limited) == values_of(free));
  }
}

TEST_CASE("clipping: a gradient that is not finite is named and nothing is changed") {
  for (const OptimiserRow& row : optimiser_table()) {
    for (const double wrong : {std::nan(""), double(INFINITY)}) {
      const Parameters parameters = three_parameters();
      const OptimiserPointer optimiser = row.make(parameters, {{}, 1});
      std::vector<Array> gradients = three_gradients(1);
      gradients[1].data()[17] = static_cast<real>(wrong);
      gradients[2].data()[0] = static_cast<real>(wrong);
      give_gradients(parameters, gradients);
      const std::string message = row.type + "::step: the gradient of \"encoder.bias\" is " +
                                  (std::isnan(wrong) ? "nan" : "inf") +
                                  " at index 17 of shape (133)";
      CHECK_THROWS_WITH_AS(optimiser->step(), doctest::Contains(message.c_str()), Error);
      CHECK(values_of(parameters) == values_of(three_parameters()));
      CHECK(parameters[0].parameter.has_gradient());
      CHECK(optimiser->steps() == 0);
    }
  }
}
