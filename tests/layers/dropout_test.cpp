#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/layers/dropout.hpp>

using namespace evident;

namespace {

std::size_t zeros_in(const Array& x) {
  std::size_t count = 0;
  for (const real value : x) count += value == 0 ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("dropout: what stays is scaled up by 1 / (1 - rate)") {
  for (const double rate : {0.1, 0.5, 0.75}) {
    Rng rng(4, "dropout");
    const Array y = Dropout(rate)(Var(ones({50, 40})), &rng).value();
    const auto kept = static_cast<real>(1 / (1 - rate));
    for (const real value : y) REQUIRE((value == 0 || value == kept));
  }
}

#ifdef EVIDENT_F64
TEST_CASE("dropout: the fraction that is dropped and the mean, within 5 standard errors") {
  constexpr double kCount = 200000;
  for (const double rate : {0.1, 0.5, 0.9}) {
    CAPTURE(rate);
    Rng rng(5, "dropout");
    const Var y = Dropout(rate)(Var(ones({200, 1000})), &rng);
    const double fraction = static_cast<double>(zeros_in(y.value())) / kCount;
    CHECK(std::abs(fraction - rate) < 5 * std::sqrt(rate * (1 - rate) / kCount));
    CHECK(std::abs(mean(y).item() - 1) < 5 * std::sqrt(rate / (1 - rate) / kCount));
  }
}
#endif

TEST_CASE("dropout: the same generator gives the next mask, an equal one the same") {
  Rng rng(6, "dropout");
  const Dropout half(0.5);
  const Var x(ones({200}));
  const Array first = half(x, &rng).value();
  CHECK(half(x, &rng).value() != first);
  Rng again(6, "dropout");
  CHECK(half(x, &again).value() == first);
}

TEST_CASE("dropout: without a generator, or at rate 0, it is the identity") {
  Rng rng(7, "dropout");
  const Var x(uniform({20}, rng));
  CHECK(Dropout(0.5)(x).value() == x.value());
  CHECK(Dropout(0)(x, &rng).value() == x.value());
}

TEST_CASE("dropout: the gradient goes where the value went") {
  const Var x = Var::parameter(ones({64}));
  Rng rng(8, "dropout");
  Tape tape;
  const Var y = Dropout(0.25)(x, &rng);
  tape.backward(sum(y));
  CHECK(x.gradient() == y.value());
  CHECK(zeros_in(y.value()) > 0);
}

TEST_CASE("dropout: a rate outside [0, 1) is refused") {
  for (const double rate : {-0.1, 1.0, 1.5, std::nan("")}) {
    CHECK_THROWS_WITH_AS(Dropout{rate}, doctest::Contains("Dropout: the rate must be in [0, 1)"),
                         Error);
  }
  CHECK_THROWS_WITH_AS(Dropout(1), doctest::Contains("the fraction to drop, not to keep"), Error);
}
