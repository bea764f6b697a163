#include <doctest/doctest.h>

#include <cmath>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/sums_over_counts.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <limits>
#include <memory>

using namespace evident;

namespace {

constexpr bool kWideReal = sizeof(real) == 8;
constexpr double kQuantileGate = 0.2;
const double kLargeMeans[] = {1e7, 1e8, 1e12, 9e15, 1e16, 1e18, 1e24, 1e30, 1e37, 1e100, 1e300};
const double kLevels[] = {1e-30, 1e-10, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1 - 0x1p-20};

// A law of counts that is nearly normal, and its standard deviation for this mean.
struct NormalCounts {
  const char* name;
  std::shared_ptr<const Distribution> (*at)(double mean);
  double (*deviation)(double mean);
};

double whole_count(double n) { return std::floor(static_cast<double>(static_cast<real>(n))); }

const NormalCounts kNormalCounts[] = {
    {"poisson",
     [](double m) -> std::shared_ptr<const Distribution> { return std::make_shared<Poisson>(m); },
     [](double m) { return std::sqrt(m); }},
    {"binomial",
     [](double m) -> std::shared_ptr<const Distribution> {
       return std::make_shared<Binomial>(whole_count(4 * m), 0.25);
     },
     [](double m) { return std::sqrt(0.75 * m); }},
    {"binomial that seldom fails",
     [](double m) -> std::shared_ptr<const Distribution> {
       return std::make_shared<Binomial>(Binomial::from_logits(whole_count(m), 6));
     },
     [](double m) { return std::sqrt(m / (1 + std::exp(6))); }},
    {"negative binomial",
     [](double m) -> std::shared_ptr<const Distribution> {
       return std::make_shared<NegativeBinomial>(m, 0.5);
     },
     [](double m) { return std::sqrt(2 * m); }},
    {"negative binomial of large odds",
     [](double m) -> std::shared_ptr<const Distribution> {
       return std::make_shared<NegativeBinomial>(
           NegativeBinomial::from_logits(m / 64, std::log(64)));
     },
     [](double m) { return std::sqrt(65 * m); }},
};

// How far numbers are apart there.
double spacing(double x) {
  return static_cast<double>(
             std::nextafter(static_cast<real>(x), std::numeric_limits<real>::infinity())) -
         static_cast<double>(static_cast<real>(x));
}

double normal_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

template <class Check>
void for_each_mean(Check check) {
  for (const double mean : kLargeMeans) {
    if (mean > 1e-2 * static_cast<double>(std::numeric_limits<real>::max())) break;
    CAPTURE(mean);
    check(mean);
  }
}

}  // namespace

TEST_CASE("quantiles: of counts as large as numbers go, within a spacing of the normal ones") {
  for (const NormalCounts& law : kNormalCounts) {
    CAPTURE(law.name);
    for_each_mean([&](double near) {
      const auto d = law.at(near);
      const double mean = d->mean().item(), deviation = law.deviation(mean);
      // Skewness moves quantiles by counts, not by deviations.
      const double slack = spacing(2 * mean) + 0.05 * deviation;
      CHECK(std::abs(d->median().item() - mean) <= slack);
      double last = 0;
      for (const double u : kLevels) {
        CAPTURE(u);
        const double k = d->icdf(u).item();
        CHECK(k == std::floor(k));
        CHECK(k >= last);
        last = k;
        if (u < 0.001) continue;
        const double low = normal_tail((mean - k + slack) / deviation);
        const double high = normal_tail((mean - k - slack) / deviation);
        CHECK((low <= u && u <= high));
      }
    });
  }
}

TEST_CASE("quantiles: where numbers tell the tails apart, P(X <= k) reaches u and before k not") {
  for (const NormalCounts& law : kNormalCounts) {
    CAPTURE(law.name);
    for_each_mean([&](double near) {
      const auto d = law.at(near);
      const double mean = d->mean().item();
      if (law.deviation(mean) < 1e4 * spacing(mean)) return;
      for (const double u : kLevels) {
        CAPTURE(u);
        const double k = d->icdf(u).item(), step = std::fmax(1, spacing(k));
        const double level = static_cast<double>(static_cast<real>(u));
        // Rounded to real it may be the number before.
        const double reached = d->cdf(kWideReal ? k : k + step).item();
        const double tolerance = kWideReal ? 1e-12 : 1e-5;
        CHECK(reached >= level * (1 - tolerance));
        CHECK(d->cdf(k - 2 * step).item() <= level * (1 + tolerance));
      }
    });
  }
}

TEST_CASE("quantiles: a gate before a Poisson of any rate takes its share of the levels") {
  for_each_mean([](double rate) {
    const ZeroInflatedPoisson gated(kQuantileGate, rate);
    const Poisson open(rate);
    for (const double u : {0.01, 0.19}) CHECK(gated.icdf(u).item() == 0);
    for (const double u : {0.25, 0.5, 0.9, 0.99}) {
      const double expected = open.icdf((u - kQuantileGate) / (1 - kQuantileGate)).item();
      CHECK(std::abs(gated.icdf(u).item() - expected) <=
            2 * spacing(expected) + 1e-6 * std::sqrt(rate) +
                (kWideReal ? 1 : 1e-3 * std::sqrt(rate)));
    }
    CHECK(gated.median().item() == gated.icdf(0.5).item());
  });
}

TEST_CASE("quantiles: gamma's where a count of large odds has a few failures") {
  for_each_mean([](double mean) {
    const double logit = std::log(mean / 3);
    const double k = NegativeBinomial::from_logits(3, logit).icdf(0.5).item();
    CHECK(k / std::exp(logit) ==
          doctest::Approx(2.674060313723561).epsilon(kWideReal ? 1e-5 : 1e-4));
  });
}

TEST_CASE("quantiles: of a mean that is no number there are none") {
  const auto tail = [](double) { return 0.5; };
  for (const double mean : {static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    CHECK(std::isnan(counting::quantile_of_counts(0.5, INFINITY, mean, mean, tail, tail)));
    CHECK(std::isnan(counting::median_of_counts(INFINITY, mean, mean, tail, tail)));
  }
  const auto none = [](double) { return std::nan(""); };
  CHECK(counting::least_reached(0, INFINITY, NAN, NAN, [](double) { return false; }) == INFINITY);
  CHECK(std::isnan(counting::quantile_of_counts(NAN, INFINITY, 1, 1, none, none)));
  CHECK(std::isnan(Poisson(1e20).icdf(NAN).item()));
  CHECK(std::isnan(Binomial(1e20, 0.5).icdf(-0.1).item()));
}
