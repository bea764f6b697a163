#include <doctest/doctest.h>

#include "distribution_table.hpp"

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::Reference;
using evident::testing::references_of;

namespace {

constexpr std::size_t kDraws = 100000;

struct Moments {
  double mean, variance, count;
};

Moments moments_of(const Array& x) {
  const Var v(x);
  const double m = mean(v).item();
  return {m, mean(square(v - m)).item(), static_cast<double>(x.size())};
}

// Whether an average of `count` numbers of this variance is as near to what it should be as 5
// standard errors allow.
bool is_near(double average, double expected, double variance, double count) {
  return std::abs(average - expected) <=
         5 * std::sqrt(variance / count) + 1e-12 * std::abs(expected);
}

// The fourth central moment.
double fourth_moment(const DistributionRow& row, double variance) {
  return row.discrete ? variance * (1 - 3 * variance) : 3 * variance * variance;
}

}  // namespace

TEST_CASE("samples: mean and variance within 5 standard errors") {
  for (const DistributionRow& row : distribution_table()) {
    Rng rng(21, row.name());
    for (const Reference& at : references_of(row, false)) {
      CAPTURE(row.name());
      CAPTURE(at.parameters[0]);
      const Moments got = moments_of(row.at(at.parameters)->sample(rng, {kDraws}));
      CHECK(got.count == kDraws * row.copies());
      CHECK_MESSAGE(is_near(got.mean, at.mean, at.variance, got.count), got.mean << " " << at.mean);
      const double spread =
          fourth_moment(row, at.variance) - at.variance * at.variance;  // of (x - mean)^2
      // For a fair coin (x - mean)^2 does not vary: what is left is the error of the mean, squared.
      const double second_order = 25 * at.variance / got.count;
      CHECK_MESSAGE(std::abs(got.variance - at.variance) <=
                        5 * std::sqrt(std::max(spread, 0.0) / got.count) + second_order,
                    got.variance << " " << at.variance);
    }
  }
}

TEST_CASE("samples: those of a Bernoulli are 0 and 1, and sure where it is") {
  Rng rng(22, "support");
  for (const DistributionRow& row : distribution_table()) {
    if (!row.discrete) continue;
    for (const Reference& at : references_of(row, false)) {
      const Array x = row.at(at.parameters)->sample(rng, {1000});
      for (const real value : x) {
        REQUIRE((value == 0 || value == 1));
        if (at.variance == 0) REQUIRE(value == at.mean);
      }
    }
  }
}

TEST_CASE("samples: Kolmogorov and Smirnov's distance to the normal distribution") {
  constexpr std::size_t kCount = 50000;
  for (const Reference& at : references_of(distribution_table()[0], false)) {
    CAPTURE(at.parameters[0]);
    Rng rng(23, "kolmogorov-smirnov");
    Array x = distribution_table()[0].at(at.parameters)->sample(rng, {kCount});
    std::sort(x.data(), x.data() + kCount);
    double distance = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
      const double z = (x.data()[i] - at.mean) / std::sqrt(2 * at.variance);
      const double below = std::erfc(-z) / 2;
      const auto rank = static_cast<double>(i);
      distance = std::max({distance, (rank + 1) / kCount - below, below - rank / kCount});
    }
    // Exceeded as rarely as 5 standard errors: P(sqrt(n) D > 2.745) = 5.7e-7.
    CHECK(distance * std::sqrt(static_cast<double>(kCount)) < 2.745);
  }
}

TEST_CASE("samples: chi-squared of pairs of a Bernoulli's neighbouring draws") {
  for (const DistributionRow& row : distribution_table()) {
    if (!row.discrete) continue;
    for (const Reference& at : references_of(row, false)) {
      CAPTURE(row.name());
      CAPTURE(at.parameters[0]);
      const double pairs = kDraws / 2.0 * row.copies();
      if (pairs * at.variance * at.variance < 10) continue;  // too rare for chi-squared
      Rng rng(24, "chi-squared");
      const Array x = row.at(at.parameters)->sample(rng, {kDraws});
      double count[4] = {};
      for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
        ++count[static_cast<int>(2 * x.data()[i] + x.data()[i + 1])];
      }
      double chi_squared = 0;
      for (int cell = 0; cell < 4; ++cell) {
        const double first = cell / 2 == 1 ? at.mean : 1 - at.mean;
        const double second = cell % 2 == 1 ? at.mean : 1 - at.mean;
        const double expected = pairs * first * second;
        chi_squared += (count[cell] - expected) * (count[cell] - expected) / expected;
      }
      // Three degrees of freedom, exceeded as rarely as 5 standard errors.
      CHECK(chi_squared < 31.8);
    }
  }
}

TEST_CASE("samples: the entropy is the mean of -log_prob, within 5 standard errors") {
  for (const DistributionRow& row : distribution_table()) {
    for (const Reference& at : references_of(row, false)) {
      CAPTURE(row.name());
      CAPTURE(at.parameters[0]);
      const DistributionPointer d = row.at(at.parameters);
      Rng rng(25, row.name());
      const Var information = -d->log_prob(d->sample(rng, {kDraws}));
      // The spread that a rare outcome would add is the distribution's own, seen or not.
      Moments got = moments_of(information.value());
      if (row.discrete && at.variance > 0) {
        const double logit = std::log(at.mean) - std::log1p(-at.mean);
        got.variance = row.copies() * at.variance * logit * logit;
        if (!std::isfinite(logit)) continue;  // the mean has rounded to 1
      }
      CHECK_MESSAGE(is_near(got.mean, d->entropy().item(), got.variance, got.count),
                    got.mean << " " << d->entropy().item());
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
#endif
