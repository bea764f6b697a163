#include <doctest/doctest.h>

#include <evident/autodiff/threads.hpp>
#include <evident/distributions/samplers/categorical.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/samplers/gamma.hpp>
#include <evident/distributions/samplers/von_mises.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <evident/tests/distributions/samplers/statistics.hpp>
#include <string>

using namespace evident;
using namespace evident::testing;
using evident::reference::same_bits;

namespace {

struct Row {
  std::string name;
  double parameter;
  double threshold;  // about the median
  Array (*draw)(const Array& parameter, const Shape& shape, Rng& rng);
};

Array ten_trials(const Array& p, const Shape& shape, Rng& rng) {
  return binomial(scalar(10), p, shape, rng);
}
Array many_trials(const Array& p, const Shape& shape, Rng& rng) {
  return binomial(scalar(1000), p, shape, rng);
}

// What every sampler of one parameter must do.
const Row kRows[] = {
    {"gamma", 0.7, 0.4, standard_gamma},
    {"gamma", 3, 2.7, standard_gamma},
    {"log gamma", 0.2, -3, log_standard_gamma},
    {"poisson", 3, 2.5, poisson},
    {"poisson", 30, 29.5, poisson},
    {"binomial", 0.3, 2.5, ten_trials},
    {"binomial", 0.7, 700, many_trials},
    {"geometric", 0.1, 5.5, geometric},
    {"von Mises", 2, 0, von_mises},
};

Array drawn(const Row& row, const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed, "test");
  return row.draw(scalar(row.parameter), shape, rng);
}

// The parameter of a batch, its elements different.
Array parameters_of(const Row& row, const Shape& batch) {
  Array result = uninitialised(batch);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result.data()[i] = static_cast<real>(row.parameter / (1 + 0.1 * static_cast<double>(i)));
  }
  return result;
}

}  // namespace

TEST_CASE("samplers: every call advances, equal generators give equal bits") {
  for (const Row& row : kRows) {
    INFO(row.name);
    Rng rng(1, "test");
    const Array first = row.draw(scalar(row.parameter), {1000}, rng);
    CHECK_EQ(rng.draw(), 1);
    CHECK_FALSE(same_bits(first, row.draw(scalar(row.parameter), {1000}, rng)));
    CHECK(same_bits(first, drawn(row, {1000})));
    CHECK_FALSE(same_bits(first, drawn(row, {1000}, 2)));
  }
}

TEST_CASE("samplers: an array begins like a longer one, whatever their shapes") {
  for (const Row& row : kRows) {
    INFO(row.name);
    const Array longer = drawn(row, {40, 1000});
    for (const std::size_t length : {0, 1, 3, 63, 64, 65, 1000, 20000}) {
      const Array shorter = drawn(row, {length});
      REQUIRE_EQ(shorter.size(), length);
      CHECK(std::equal(shorter.begin(), shorter.end(), longer.begin()));
    }
    CHECK_EQ(drawn(row, {}).data()[0], longer.data()[0]);
    CHECK_EQ(drawn(row, {3, 0, 2}).shape(), Shape{3, 0, 2});
  }
}

TEST_CASE("samplers: the same bits for any number of threads") {
  const std::size_t before = threads();
  const Array weights = vector({1, 2, 3, 0.5});
  for (const Row& row : kRows) {
    INFO(row.name);
    std::vector<Array> results;
    for (const std::size_t count : {1, 2, 3}) {
      set_threads(count);
      results.push_back(drawn(row, {50003}));
      Rng rng(2);
      results.push_back(multinomial_counts(scalar(30), weights, {5003}, rng));
      results.push_back(categorical(weights, {50003}, rng));
    }
    for (std::size_t i = 3; i < 9; ++i) CHECK(same_bits(results[i], results[i % 3]));
  }
  set_threads(before);
}

TEST_CASE("samplers: an element of a batch is drawn as if its parameter were everybody's") {
  for (const Row& row : kRows) {
    INFO(row.name);
    for (const Shape& batch :
         {Shape{1}, Shape{3}, Shape{2, 1}, Shape{2, 3}, Shape{7, 2, 3}, Shape{50, 7, 2, 3}}) {
      const Shape shape = {50, 7, 2, 3};
      const Array parameter = parameters_of(row, batch);
      Rng rng(1, "test");
      const Array x = row.draw(parameter, shape, rng);
      CHECK_EQ(x.shape(), shape);
      for (std::size_t i = 0; i < std::min<std::size_t>(parameter.size(), 6); ++i) {
        Rng same(1, "test");
        const Array alone = row.draw(scalar(parameter.data()[i]), shape, same);
        for (std::size_t e = 0; e < x.size(); ++e) {
          if (reference::broadcast_index(shape, e, batch) == i) {
            REQUIRE_EQ(x.data()[e], alone.data()[e]);
          }
        }
      }
    }
    Rng rng(1, "test");
    CHECK_THROWS_AS(row.draw(parameters_of(row, {4}), {5, 3}, rng), ShapeError);
    CHECK_THROWS_AS(row.draw(parameters_of(row, {4}), {}, rng), ShapeError);
  }
}

TEST_CASE("samplers: neighbours, groups and successive draws are independent") {
  constexpr std::size_t kDraws = 300000;
  for (const Row& row : kRows) {
    INFO(row.name);
    Rng rng(3, "independence");
    const Array first = row.draw(scalar(row.parameter), {kDraws}, rng);
    const Array second = row.draw(scalar(row.parameter), {kDraws}, rng);
    double above = 0;
    for (const double value : first) above += value > row.threshold ? 1 : 0;
    const double share = above / kDraws;
    for (const std::size_t distance : {1, 16, 32, 64}) {
      CHECK_LT(sign_correlation_in_errors(first, first, distance, share, row.threshold), 5);
    }
    CHECK_LT(sign_correlation_in_errors(first, second, 0, share, row.threshold), 5);
  }
}
