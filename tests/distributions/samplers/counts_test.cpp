#include <doctest/doctest.h>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/geometric.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/tests/distributions/samplers/statistics.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

constexpr std::size_t kCountsDraws = 200000;

// Floats hold counts up to 2^24: beyond, cells of some counts each would be cut elsewhere.
bool rounds(double largest) { return sizeof(real) == 4 && largest > 1e7; }

// Pearson's statistic over cells of about a fortieth of the draws, and the tails.
template <class Distribution>
double chi_squared_of(const Array& x, const Distribution& d) {
  std::vector<double> edges;  // a cell holds its upper edge
  for (const double share : {1e-4, 1e-3, 1e-2}) edges.push_back(quantile(d, share));
  for (int i = 1; i < 40; ++i) edges.push_back(quantile(d, i / 40.0));
  for (const double share : {1e-2, 1e-3, 1e-4}) edges.push_back(quantile(complement(d, share)));
  for (double& edge : edges) edge = std::floor(edge);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  const auto n = static_cast<double>(x.size());
  std::vector<double> expected;
  std::vector<double> wanted_edges;
  double below = 0;
  for (const double edge : edges) {
    const double up_to = cdf(d, edge);
    if (n * (up_to - below) < 10 || n * (1 - up_to) < 10) continue;  // joins the next
    expected.push_back(n * (up_to - below));
    wanted_edges.push_back(edge);
    below = up_to;
  }
  expected.push_back(n * (1 - below));
  std::vector<double> seen(expected.size());
  for (const double value : x) {
    const auto cell = std::lower_bound(wanted_edges.begin(), wanted_edges.end(), value);
    ++seen[static_cast<std::size_t>(cell - wanted_edges.begin())];
  }
  return chi_squared_over_critical(seen, expected);
}

bool whole(const Array& x) {
  return std::all_of(x.begin(), x.end(), [](double v) { return v >= 0 && v == std::floor(v); });
}

}  // namespace

TEST_CASE("counts: Poisson draws against their distribution") {
  for (const double given : {1e-3, 0.3, 1.0, 4.0, 9.99, 10.0, 12.5, 40.0, 1e3, 1e6, 1e9, 1e12}) {
    CAPTURE(given);
    const double rate = static_cast<real>(given);
    Rng rng(51, "poisson");
    const Array x = poisson(scalar(rate), {kCountsDraws}, rng);
    CHECK(whole(x));
    CHECK_LT(mean_in_errors(x, rate, rate), 5);
    CHECK_LT(variance_in_errors(x, rate, rate, rate + 3 * rate * rate), 5);
    if (rounds(rate)) continue;
    if (rate > 1e10) {
      // Normal to within 1 / (6 sqrt(rate)).
      const auto normal = [rate](double k) {
        return 0.5 * std::erfc((rate - k - 0.5) / std::sqrt(2 * rate));
      };
      CHECK_LT(kolmogorov(x, normal), kKolmogorovCritical);
    } else {
      CHECK_LT(chi_squared_of(x, boost::math::poisson(rate)), 1);
    }
  }
}

TEST_CASE("counts: binomial draws against their distribution") {
  const struct {
    double n, p;
  } rows[] = {{1, 0.3},    {10, 0.01},  {10, 0.5},   {30, 0.9},    {100, 0.05}, {100, 0.1},
              {25, 0.5},   {100, 0.95}, {1000, 0.3}, {1000, 0.89}, {1e6, 1e-6}, {1e6, 1e-4},
              {1e6, 0.37}, {1e9, 1e-8}, {1e9, 0.02}, {1e9, 0.5}};
  for (const auto& row : rows) {
    CAPTURE(row.n);
    CAPTURE(row.p);
    const double n = row.n;
    const double p = static_cast<real>(row.p);
    const double variance = n * p * (1 - p);
    Rng rng(52, "binomial");
    const Array x = binomial(scalar(n), scalar(p), {kCountsDraws}, rng);
    CHECK(whole(x));
    CHECK(std::all_of(x.begin(), x.end(), [n](double v) { return v <= n; }));
    CHECK_LT(mean_in_errors(x, n * p, variance), 5);
    CHECK_LT(
        variance_in_errors(x, n * p, variance, variance * (1 + 3 * variance - 6 * p * (1 - p))), 5);
    if (rounds(n * p)) continue;
    CHECK_LT(chi_squared_of(x, boost::math::binomial(n, p)), 1);
  }
}

TEST_CASE("counts: geometric draws against their distribution") {
  for (const double given : {1e-12, 1e-6, 0.01, 0.3, 0.8, 0.999}) {
    CAPTURE(given);
    const double p = static_cast<real>(given);
    Rng rng(53, "geometric");
    const Array x = geometric(scalar(p), {kCountsDraws}, rng);
    CHECK(whole(x));
    const double variance = (1 - p) / (p * p);
    CHECK_LT(mean_in_errors(x, (1 - p) / p, variance), 5);
    if (rounds(1 / p)) {
      CHECK_LT(kolmogorov(x, [p](double k) { return -std::expm1((k + 1) * std::log1p(-p)); }),
               kKolmogorovCritical);
    } else {
      CHECK_LT(chi_squared_of(x, boost::math::geometric(p)), 1);
    }
  }
}

TEST_CASE("counts: edges") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::nan("");
  Rng rng(54, "edges");
  const auto all_are = [](const Array& x, double value) {
    return std::all_of(x.begin(), x.end(), [value](double v) {
      return std::isnan(value) ? std::isnan(v) : v == value;
    });
  };
  CHECK(all_are(poisson(scalar(0), {1000}, rng), 0));
  for (const double bad : {-1.0, infinity, nan})
    CHECK(all_are(poisson(scalar(bad), {9}, rng), nan));
  const struct {
    double n, p, want;
  } rows[] = {{0, 0.3, 0},     {1e9, 0, 0},   {1e9, 1, 1e9},
              {7, 1, 7},       {0, 1, 0},     {-1, 0.5, nan},
              {5, -0.1, nan},  {5, 1.1, nan}, {infinity, 0.5, nan},
              {nan, 0.5, nan}, {5, nan, nan}};
  for (const auto& row : rows) {
    CAPTURE(row.n);
    CAPTURE(row.p);
    CHECK(all_are(binomial(scalar(row.n), scalar(row.p), {1000}, rng), row.want));
  }
  CHECK(all_are(geometric(scalar(1), {1000}, rng), 0));
  CHECK(all_are(geometric(scalar(0), {1000}, rng), infinity));
  for (const double bad : {-0.1, 1.5, nan}) {
    CHECK(all_are(geometric(scalar(bad), {1000}, rng), nan));
  }
}

TEST_CASE("counts: a multinomial sums to n, each part is binomial, two are correlated") {
  constexpr std::size_t kRows = 50000;
  const double weights[] = {0, 1, 2, 0, 4, 1, 0};
  const Array w = vector({0, 1, 2, 0, 4, 1, 0});
  for (const double n : {1.0, 20.0, 1000.0}) {
    CAPTURE(n);
    Rng rng(55, "multinomial");
    const Array x = multinomial_counts(scalar(n), w, {kRows}, rng);
    REQUIRE_EQ(x.shape(), Shape{kRows, 7});
    for (std::size_t row = 0; row < kRows; ++row) {
      double total = 0;
      for (std::size_t j = 0; j < 7; ++j) {
        const double count = x.data()[7 * row + j];
        REQUIRE((count >= 0 && (weights[j] > 0 || count == 0)));
        total += count;
      }
      REQUIRE(total == n);
    }
    for (std::size_t j = 0; j < 7; ++j) {
      if (weights[j] == 0) continue;
      CAPTURE(j);
      Array part = uninitialised({kRows});
      for (std::size_t row = 0; row < kRows; ++row) part.data()[row] = x.data()[7 * row + j];
      const double p = weights[j] / 8;
      CHECK_LT(mean_in_errors(part, n * p, n * p * (1 - p)), 5);
      CHECK_LT(chi_squared_of(part, boost::math::binomial(n, p)), 1);
    }
    // The sum of two outcomes is binomial too.
    Array both = uninitialised({kRows});
    for (std::size_t row = 0; row < kRows; ++row) {
      both.data()[row] = x.data()[7 * row + 1] + x.data()[7 * row + 4];
    }
    CHECK_LT(chi_squared_of(both, boost::math::binomial(n, 5.0 / 8)), 1);
  }
  Rng rng(56, "multinomial");
  const Array nothing = multinomial_counts(scalar(3), vector({0, 0}), {2}, rng);
  CHECK(std::isnan(nothing.data()[0]));
  CHECK_THROWS_AS(multinomial_counts(scalar(3), scalar(1), {2}, rng), ShapeError);
}
