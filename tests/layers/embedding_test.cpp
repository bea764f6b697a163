#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/layers/embedding.hpp>

using namespace evident;

TEST_CASE("Embedding: the rows that the indices name") {
  Rng rng(1, "embedding");
  const Embedding table(rng, 4, 2);
  Rng again(1, "embedding");
  CHECK(table.weight.value() == standard_normal({4, 2}, again));
  const Array w = table.weight.value();
  const Array y = table(matrix({{3, 0}, {3, 1}})).value();
  CHECK(y.shape() == Shape{2, 2, 2});
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(y(0, 0, k) == w(3, k));
    CHECK(y(0, 1, k) == w(0, k));
    CHECK(y(1, 0, k) == w(3, k));
    CHECK(y(1, 1, k) == w(1, k));
  }
  CHECK(table(2).shape() == Shape{2});
  CHECK(table(zeros({3, 0})).shape() == Shape{3, 0, 2});
}

TEST_CASE("Embedding: gradients of repeated rows add, those of others are 0") {
  Rng rng(2, "embedding");
  const Embedding table(rng, 4, 2);
  Tape tape;
  const Var y = table(vector({2, 0, 2, 2}));
  tape.backward(sum(y * Var(matrix({{1, 10}, {2, 20}, {4, 40}, {8, 80}}))));
  CHECK(table.weight.gradient() == matrix({{2, 20}, {0, 0}, {13, 130}, {0, 0}}));
  tape.backward(sum(table(1) + 1.0 * table(3)));
  CHECK(table.weight.gradient() == matrix({{2, 20}, {1, 1}, {13, 130}, {1, 1}}));
}

TEST_CASE("Embedding: the same bits for any number of threads") {
  const auto gradient = [](std::size_t count) {
    const std::size_t before = threads();
    set_threads(count);
    Rng rng(3, "embedding");
    const Embedding table(rng, 5, 300);
    Array indices = uniform({2000}, rng);
    for (real& index : indices) index = std::floor(5 * index);
    Tape tape;
    tape.backward(sum(square(table(indices)) * Var(standard_normal({2000, 300}, rng))));
    set_threads(before);
    return table.weight.gradient();
  };
  CHECK(gradient(1) == gradient(3));
}

TEST_CASE("Embedding: an index that names no row says which, where and what there is") {
  Rng rng(4, "embedding");
  const Embedding table(rng, 10, 2);
  CHECK_THROWS_WITH_AS(
      table(matrix({{0, 1, 2}, {3, 10, 4}})),
      "Embedding: index 10 at (1, 1) is not on axis 0 of (10, 2): expected a whole "
      "number, at least 0 and below 10",
      Error);
  CHECK_THROWS_WITH_AS(table(vector({0, -1})), doctest::Contains("index -1 at (1) "), Error);
  CHECK_THROWS_WITH_AS(table(2.5), doctest::Contains("index 2.5 at () "), Error);
  CHECK_THROWS_WITH_AS(table(std::nan("")), doctest::Contains("index nan"), Error);
  const Var learned = Var::parameter(vector({1, 2}));
  CHECK_THROWS_WITH_AS(table(learned), doctest::Contains("stop_gradient"), Error);
}

TEST_CASE("Embedding: a look-up depends on where the index came from") {
  Rng rng(5, "embedding");
  const Embedding table(rng, 3, 2);
  const Var source(vector({1, 2}));
  Tape tape;
  const Var index = record_dependence("draw", vector({2, 0}), {Var::parameter(ones({1})), source});
  CHECK(tape.depends(table(index), source));
}
