#include <doctest/doctest.h>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <evident/distributions/samplers/gamma.hpp>
#include <evident/tests/distributions/samplers/statistics.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

constexpr std::size_t kGammaDraws = 200000;
constexpr double kConcentrations[] = {1e-6, 1e-3, 0.1, 0.7, 1, 1.5, 3, 20, 1e3, 1e5};

// P(log X <= l); for tiny x, x^a / Gamma(a + 1).
double cdf_of_log(double a, double l) {
  if (l < -40) return std::exp(a * l - std::lgamma(a + 1));
  return boost::math::gamma_p(a, std::exp(l));
}

}  // namespace

TEST_CASE("gamma: Kolmogorov and Smirnov's distance of the logarithms") {
  for (const double given : kConcentrations) {
    CAPTURE(given);
    const double a = static_cast<real>(given);
    Rng rng(31, "gamma");
    const Array x = log_standard_gamma(scalar(a), {kGammaDraws}, rng);
    CHECK_LT(kolmogorov(x, [a](double l) { return cdf_of_log(a, l); }), kKolmogorovCritical);
  }
}

TEST_CASE("gamma: means and variances of the draws and their logarithms") {
  for (const double given : kConcentrations) {
    CAPTURE(given);
    const double a = static_cast<real>(given);
    Rng rng(32, "gamma");
    if (a >= 0.1) {
      const Array x = standard_gamma(scalar(a), {kGammaDraws}, rng);
      CHECK_LT(mean_in_errors(x, a, a), 5);
      CHECK_LT(variance_in_errors(x, a, a, 3 * a * a + 6 * a), 5);
    }
    const Array l = log_standard_gamma(scalar(a), {kGammaDraws}, rng);
    const double variance = boost::math::trigamma(a);
    const double fourth = boost::math::polygamma(3, a) + 3 * variance * variance;
    CHECK_LT(mean_in_errors(l, boost::math::digamma(a), variance), 5);
    CHECK_LT(variance_in_errors(l, boost::math::digamma(a), variance, fourth), 5);
  }
}

TEST_CASE("gamma: the exponential of the logarithm of a draw is the draw") {
  const double unit = sizeof(real) == 4 ? 0x1p-23 : 0x1p-52;
  for (const double a : {0.01, 0.7, 1.0, 3.0, 1e3}) {
    Rng rng(33, "gamma");
    Rng same = rng;
    const Array x = standard_gamma(scalar(a), {10000}, rng);
    const Array l = log_standard_gamma(scalar(a), {10000}, same);
    bool good = true;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double value = x.data()[i];
      const double logarithm = l.data()[i];
      if (value < 100 * std::numeric_limits<real>::min()) continue;
      good =
          good && std::abs(std::exp(logarithm) / value - 1) <= unit * (8 + 4 * std::abs(logarithm));
    }
    CHECK(good);
    CHECK_EQ(rng.draw(), same.draw());
  }
}

TEST_CASE("gamma: logarithms of the smallest concentrations are finite") {
  for (const double a : {1e-3, 1e-6, 1e-30}) {
    Rng rng(34, "gamma");
    const Array l = log_standard_gamma(scalar(a), {10000}, rng);
    CHECK(std::all_of(l.begin(), l.end(), [](double x) { return std::isfinite(x); }));
    // -a log X is exponential in the limit.
    if (a < 1e-5) {
      const double scale = static_cast<real>(a);
      CHECK_LT(kolmogorov(l, [scale](double x) { return std::exp(std::min(0.0, scale * x)); }),
               kKolmogorovCritical);
    }
  }
}

TEST_CASE("gamma: edges") {
  const double infinity = std::numeric_limits<double>::infinity();
  Rng rng(35, "gamma");
  const Array a = vector({0, -1, infinity, std::nan(""), 2});
  const Array x = standard_gamma(a, {100, 5}, rng);
  const Array l = log_standard_gamma(a, {100, 5}, rng);
  for (std::size_t row = 0; row < 100; ++row) {
    const real* at = x.data() + 5 * row;
    const real* log_at = l.data() + 5 * row;
    REQUIRE(at[0] == 0);
    REQUIRE(log_at[0] == -infinity);
    for (std::size_t i = 1; i < 4; ++i) REQUIRE((std::isnan(at[i]) && std::isnan(log_at[i])));
    REQUIRE((std::isfinite(at[4]) && at[4] > 0 && std::isfinite(log_at[4])));
  }
}

TEST_CASE("gamma: a pair is of independent gammas, and makes a Beta") {
  Rng rng(36, "gamma");
  const auto [first, second] = log_standard_gamma_pair(scalar(2), scalar(2), {kGammaDraws}, rng);
  CHECK_EQ(rng.draw(), 2);
  Array beta = uninitialised({kGammaDraws});
  for (std::size_t i = 0; i < kGammaDraws; ++i) {
    beta.data()[i] = static_cast<real>(1 / (1 + std::exp(second.data()[i] - first.data()[i])));
  }
  CHECK_LT(kolmogorov(beta, [](double x) { return x * x * (3 - 2 * x); }), kKolmogorovCritical);
}
