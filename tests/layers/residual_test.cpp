#include <doctest/doctest.h>

#include <evident/autodiff/random.hpp>
#include <evident/layers/dropout.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/residual.hpp>

using namespace evident;

TEST_CASE("Residual: x + layer(x), and the noise reaches the layer") {
  Rng rng(4, "residual");
  const Linear linear(rng, 3, 3);
  const Var x(standard_normal({2, 3}, rng));
  CHECK(residual(linear)(x).value() == (x + linear(x)).value());
  CHECK(residual([](const Var& x) { return 2.0 * x; })(x).value() == (x + 2.0 * x).value());
  const auto noisy = residual(Dropout(0.5));
  Rng noise(5, "noise");
  Rng same(5, "noise");
  CHECK(noisy(x, &noise).value() == (x + Dropout(0.5)(x, &same)).value());
  CHECK(noisy(x).value() == (x + x).value());
}

TEST_CASE("Residual: a layer that changes the shape is refused, even where it would broadcast") {
  Rng rng(6, "residual");
  CHECK_THROWS_WITH_AS(residual(Linear(rng, 3, 1))(ones({2, 3})),
                       "Residual: the layer makes (2, 1) of input (2, 3): it must keep the shape",
                       ShapeError);
}
