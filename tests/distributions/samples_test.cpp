#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/normal.hpp>
#include <limits>

#include "distribution_table.hpp"

// Draws, against the moments, the distribution function and the density.

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::reference_sets;
using evident::testing::ReferenceSet;

namespace {

constexpr std::size_t kDrawsOfEach = 20000;

// What averages may lose to rounding, relatively.
constexpr double kSampleRounding = sizeof(real) == 8 ? 1e-12 : 1e-6;

// What is exceeded as rarely as 5 standard errors, P = 5.7e-7: sqrt(n) times Kolmogorov and
// Smirnov's distance,
constexpr double kDistance = 2.745;
// and chi-squared with so many degrees of freedom (Wilson and Hilferty 1931).
double largest_chi_squared(double freedom) {
  const double v = 2 / (9 * freedom);
  return freedom * std::pow(1 - v + 4.87 * std::sqrt(v), 3);
}

// The distance to the next number of the type. Subnormal numbers round on their way through the
// distribution function, too.
double unit_of(double value) {
  const real size = static_cast<real>(std::abs(value));
  const real next = std::nextafter(size, std::numeric_limits<real>::infinity());
  return std::max(static_cast<double>(next - size),
                  4e7 * static_cast<double>(std::numeric_limits<real>::min()));
}

// Whether all draws round to a few numbers of float, which have neither the spread nor the density.
bool is_coarse(const ReferenceSet& set) {
  const auto &mean = set.answers.at("mean"), &variance = set.answers.at("variance");
  if (sizeof(real) == 8 || !mean || !variance || mean->dimension() != 0) return false;
  const double unit = static_cast<double>(std::numeric_limits<real>::epsilon());
  return std::sqrt(set.number("variance")) < 1000 * unit * std::abs(set.number("mean"));
}

bool is_continuous(const DistributionRow& row) {
  const ReferenceSet& set = reference_sets(row.reference)[0];
  return set.points[0].answers.count("cdf") == 1 && !row.at(set.at)->support().discrete();
}

// The largest distance of the sorted values' ranks from the distribution function. What rounds to
// one number may lie anywhere up to its neighbours.
template <class F>
double distance(const std::vector<double>& sorted, F cdf) {
  double largest = 0;
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    const auto [below, above] = cdf(sorted[i], end > i + 1);
    largest = std::max(
        {largest, static_cast<double>(end) / n - above, below - static_cast<double>(i) / n});
    i = end;
  }
  return largest * std::sqrt(n);
}

std::vector<double> sorted(const Array& x) {
  std::vector<double> values(x.begin(), x.end());
  std::sort(values.begin(), values.end());
  return values;
}

// One element of every outcome.
Array element(const Array& x, std::size_t index, std::size_t of) {
  Array result = uninitialised({x.size() / of});
  for (std::size_t i = 0; i < result.size(); ++i) result.data()[i] = x.data()[i * of + index];
  return result;
}

// How often draws fall into cells between quantiles, against how often they should.
double chi_squared(const Distribution& d, const Array& x, double* freedom) {
  std::vector<double> ends;
  for (int k = 1; k < 40; ++k) {
    const double end = d.icdf(k / 40.0).item();
    if (ends.empty() || end > ends.back()) ends.push_back(end);
  }
  std::vector<double> below = {0};
  for (const double end : ends) below.push_back(d.cdf(end).item());
  below.push_back(1);
  std::vector<double> count(below.size() - 1);
  for (const real value : x) {
    const auto cell = std::lower_bound(ends.begin(), ends.end(), value) - ends.begin();
    ++count[static_cast<std::size_t>(cell)];
  }
  // Cells too rare for chi-squared join their neighbour.
  double total = 0, expected = 0, seen = 0, cells = 0;
  const auto n = static_cast<double>(x.size());
  for (std::size_t k = 0; k < count.size(); ++k) {
    expected += n * (below[k + 1] - below[k]);
    seen += count[k];
    if (expected < 10) continue;
    total += (seen - expected) * (seen - expected) / expected;
    expected = seen = 0;
    ++cells;
  }
  *freedom = cells - 1;
  return total;
}

}  // namespace

TEST_CASE("samples: mean and variance within 5 standard errors") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        const auto &mean = set.answers.at("mean"), &variance = set.answers.at("variance");
        if (!mean || !variance) continue;
        Rng rng(21, row.reference);
        const Array all = row.at(set.at)->sample(rng, {kDrawsOfEach});
        REQUIRE(all.shape() == joined({kDrawsOfEach}, mean->shape()));
        for (std::size_t k = 0; k < mean->size(); ++k) {
          const double m = mean->data()[k], v = variance->data()[k];
          if (!std::isfinite(m) || !std::isfinite(v)) continue;
          if (v == 0 && !row.at(set.at)->support().discrete()) continue;  // it has underflowed
          const Var x(element(all, k, mean->size()));
          const double average = evident::mean(x).item();
          CAPTURE(row.reference);
          CAPTURE(set.text());
          const double error =
              std::sqrt(v) / std::sqrt(kDrawsOfEach);  // v may be the smallest number
          CHECK_MESSAGE(std::abs(average - m) <= 5 * error + kSampleRounding * std::abs(m),
                        average << " in place of " << m << " +- " << error);
          if (!row.fourth_moment(set.at) || v == 0 || is_coarse(set)) continue;
          if (row.at(set.at)->support().discrete() && v * kDrawsOfEach < 30)
            continue;  // hardly seen
          const Var squares = square((x - m) / std::sqrt(v));
          const double spread = evident::mean(squares).item();
          const double of_spread =
              std::sqrt(evident::variance(squares, {0}).item() / kDrawsOfEach) + 1e-12;
          // Outcomes too rare to be seen make a small sample's spread uncertain.
          if (evident::max(squares).item() > 0.05 * kDrawsOfEach) continue;
          CHECK_MESSAGE(std::abs(spread - 1) <= 5 * of_spread,
                        spread << " times the variance " << v << ", +- " << of_spread);
        }
      }
    }
  }
}

TEST_CASE("samples: Kolmogorov and Smirnov's distance to the distribution function") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      if (!is_continuous(row)) continue;
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        const DistributionPointer d = row.at(set.at);
        Rng rng(22, row.reference);
        const std::vector<double> x = sorted(d->sample(rng, {kDrawsOfEach}));
        const Array below = d->cdf(Var(vector(x))).value();
        std::size_t i = 0;
        const double got = distance(x, [&](double value, bool repeated) {
          while (x[i] != value) ++i;
          if (!repeated) return std::pair<double, double>(below.data()[i], below.data()[i]);
          const double ulp = unit_of(value);
          return std::pair<double, double>(d->cdf(value - ulp).item(), d->cdf(value + ulp).item());
        });
        CHECK_MESSAGE(got < kDistance, row.reference << set.text() << ": " << got);
        if (row.log_cdf_of_log == nullptr) continue;
        Rng again(22, row.reference);
        const std::vector<double> log_x = sorted(d->sample_log(again, {kDrawsOfEach}));
        const double of_log = distance(log_x, [&](double y, bool repeated) {
          const auto below = [&](double y) { return std::exp(row.log_cdf_of_log(set.at, y)); };
          if (!repeated) return std::pair<double, double>(below(y), below(y));
          return std::pair<double, double>(below(y - unit_of(y)), below(y + unit_of(y)));
        });
        CHECK_MESSAGE(of_log < kDistance, row.reference << set.text() << ", of logs: " << of_log);
      }
    }
  }
}

TEST_CASE("samples: chi-squared between quantiles") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      if (reference_sets(row.reference)[0].points[0].answers.count("cdf") == 0) continue;
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        const DistributionPointer d = row.at(set.at);
        Rng rng(23, row.reference);
        const Array x = d->sample(rng, {kDrawsOfEach});
        const Constraint support = d->support();
        if (const auto outside = support.first_outside(x)) {
          // Rounding may only carry a draw to the very end of an open interval.
          const double value = x.data()[*outside];
          const bool is_end = support.lower().is(value) || support.upper().is(value);
          CHECK_MESSAGE(is_end, row.reference << set.text() << " draws " << value);
        }
        if (!support.discrete()) continue;
        double freedom = 0;
        const double got = chi_squared(*d, x, &freedom);
        if (freedom < 1) continue;
        CHECK_MESSAGE(got < largest_chi_squared(freedom),
                      row.reference << set.text() << ": " << got << " with " << freedom);
      }
    }
  }
}

TEST_CASE("samples: the entropy is the mean of -log_prob, within 5 standard errors") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        if (!set.answers.at("entropy") || !std::isfinite(set.number("entropy"))) continue;
        if (is_coarse(set)) continue;
        const DistributionPointer d = row.at(set.at);
        Rng rng(25, row.reference);
        const Var information = -d->log_prob(d->sample(rng, {kDrawsOfEach}));
        const double average = mean(information).item(), entropy = set.number("entropy");
        if (!std::isfinite(average))
          continue;  // a draw has rounded to where the density is infinite
        // Squares of the smallest numbers would underflow.
        constexpr double kLeast = std::numeric_limits<real>::min();
        const double unit = std::max(evident::max(abs(information)).item(), kLeast);
        const double error =
            unit * std::sqrt(variance(information / unit, {0}).item() / kDrawsOfEach);
        // A rare outcome that no draw has seen carries its information times its probability.
        const double unseen = d->support().discrete() ? 20.0 / kDrawsOfEach : 0;
        CHECK_MESSAGE(std::abs(average - entropy) <=
                          5 * error + unseen + 100 * kSampleRounding * std::abs(entropy),
                      row.reference << set.text() << ": " << average << " in place of " << entropy
                                    << " +- " << error);
      }
    }
  }
}

TEST_CASE("samples: logarithms of draws are those of the same draws") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      const DistributionPointer d = row.any();
      Rng a(26, "log"), b(26, "log");
      if (d->support().axes() != 0 || d->support().lower().array()() < 0) {
        CHECK_THROWS_WITH_AS(d->sample_log(a), doctest::Contains("there is no sample_log"), Error);
        continue;
      }
      const Array x = d->sample(a, {500}), log_x = d->sample_log(b, {500});
      for (std::size_t i = 0; i < x.size(); ++i) {
        CAPTURE(row.reference);
        // A logarithm rounds by so much of itself, and the draw by so much of its logarithm.
        const double rounding =
            sizeof(real) == 8
                ? 1e-12
                : kSampleRounding *
                      (1 + std::min(std::abs(static_cast<double>(log_x.data()[i])), 1e3));
        CHECK(std::abs(std::exp(log_x.data()[i]) - x.data()[i]) <= rounding * x.data()[i]);
      }
    }
  }
}

TEST_CASE("samples: elements, draws and generators of other purposes do not repeat") {
  const Normal d(zeros({3}), 1);
  Rng rng(26, "one");
  Rng other(26, "two");
  const Array first = d.sample(rng, {2});
  const Array second = d.sample(rng, {2});
  const Array third = d.sample(other, {2});
  std::vector<real> all;
  for (const Array* part : {&first, &second, &third}) {
    all.insert(all.end(), part->data(), part->data() + part->size());
  }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}
