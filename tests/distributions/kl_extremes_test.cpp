#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/uniform.hpp>
#include <limits>
#include <string>

#include "kl_table.hpp"

// KL at parameters so extreme, or so near each other, that plain formulas lose every digit.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::Parameters;

#ifdef EVIDENT_F64
TEST_CASE("kl extremes: 13 digits are mpmath's") {
  struct Known {
    std::string q, p;
    Parameters of_q, of_p;
    double value;
  };
  const Known known[] = {
      {"Beta", "Beta", {100000000.0, 2000000.0}, {100010000.0, 2000000.0}, 0.0098032745267774333},
      {"Beta", "Beta", {100000000.0, 100000000.0}, {100000000.0, 100010000.0}, 0.24998750260397398},
      {"Beta", "Beta", {0.001, 0.001}, {0.002, 0.001}, 0.2123179287443449},
      {"Beta", "Beta", {0.001, 1000000.0}, {0.002, 1500000.0}, 0.30654271000768358},
      {"Beta", "Beta", {3.0, 100000000.0}, {2.0, 100000000.0}, 0.22963714953852194},
      {"Beta", "Beta", {1.0, 1.0}, {0.001, 0.001}, 5.6029008170083474},
      {"Beta", "Beta", {1.0, 1.0}, {10000.0, 10000.0}, 6131.7167432385904},
      {"Beta", "Beta", {0.5, 1e-06}, {0.25, 1e-06}, 1.0302389295694667e-6},
      {"VonMises", "VonMises", {0.0, 100000000.0}, {0.0001, 100010000.0}, 0.50004999958287507},
      {"VonMises", "VonMises", {0.0, 100000000.0}, {0.0, 10000.0}, 4.1052326841132815},
      {"VonMises", "VonMises", {0.0, 1e-08}, {1.0, 2e-08}, 7.0969769413186029e-17},
      {"VonMises", "VonMises", {0.0, 10000.0}, {3.0, 1.0}, 6.2499410715626833},
      {"VonMises", "VonMises", {1.0, 99.0}, {1.5, 101.0}, 12.301657871295041},
      {"VonMises", "VonMises", {0.0, 0.0}, {1.0, 3.0}, 1.5853076218134209},
      {"VonMises", "VonMises", {0.0, 5.0}, {3.0, 1000.0}, 1881.2321450622792},
      {"Binomial", "Binomial", {1000000.0, 0.5}, {1000000.0, 0.5001}, 0.020000000399995605},
      {"Binomial", "Binomial", {1000000.0, 1e-06}, {1000000.0, 1.5e-06}, 0.094535016892002316},
      {"Binomial", "Binomial", {1000000.0, 0.999999}, {1000000.0, 0.9999985}, 0.094535016876216961},
      {"Binomial", "Binomial", {1000000.0, 1e-12}, {1000000.0, 0.75}, 1386294.361090161},
      {"Binomial", "Binomial", {1.0, 0.25}, {1.0, 1e-300}, 172.13154682993462},
      {"NegativeBinomial",
       "NegativeBinomial",
       {1000000.0, 0.5},
       {1000000.0, 0.5001},
       0.040000000799991211},
      {"NegativeBinomial", "NegativeBinomial", {0.001, 0.999}, {0.001, 0.5}, 0.68523992544771262},
      {"NegativeBinomial",
       "NegativeBinomial",
       {100000000.0, 1e-06},
       {100000000.0, 2e-06},
       30.685362629451431},
      {"NegativeBinomial",
       "NegativeBinomial",
       {3.0, 0.0009765625},
       {3.0, 0.25},
       0.84385358097937156},
      {"Geometric", "Geometric", {1e-06}, {1.5e-06}, 0.09453501689200232},
      {"Geometric", "Geometric", {1e-06}, {0.75}, 1386278.446997544},
      {"Geometric", "Geometric", {0.999999}, {0.5}, 0.69313305818294515},
      {"Geometric", "Geometric", {1e-12}, {1.0000001e-12}, 4.9999996724443435e-15},
      {"Poisson", "Poisson", {100000000.0}, {100010000.0}, 0.49996666916646668},
      {"Poisson", "Poisson", {100000000.0}, {100000001.0}, 4.9999999666666669e-9},
      {"Poisson", "Poisson", {1e-12}, {0.001}, 0.00099999997827673418},
      {"Poisson", "Poisson", {1000000.0}, {1e-06}, 26631021.115929548},
      {"Poisson", "Poisson", {1e-300}, {3.0}, 3.0},
      {"Gumbel", "Laplace", {0.0, 1.0}, {100.0, 1.0}, 98.53871585075688},
      {"Gumbel", "Laplace", {0.0, 1.0}, {-100.0, 1.0}, 99.693147180559945},
      {"Gumbel", "Laplace", {0.0, 0.01}, {0.005, 7.0}, 5.6684034662171535},
      {"Gumbel", "Laplace", {0.0, 3.0}, {800.0, 0.5}, 1593.8608780570212},
      {"Gumbel", "Laplace", {2.0, 0.001}, {3.0, 1000.0}, 12.932441496407022},
      {"Laplace", "Gumbel", {0.0, 0.999}, {0.0, 1.0}, 498.55797838230446},
      {"Laplace", "Gumbel", {0.0, 1e-06}, {1e-06, 2.0}, 13.815510557964649},
      {"Laplace", "Gumbel", {3.0, 0.5}, {1.0, 8.0}, 2.1112964454691679},
      {"Laplace", "Gumbel", {-2.0, 0.1}, {0.5, 0.7}, 32.989688618441848},
      {"StudentT", "Normal", {2.001, 0.0, 1.0}, {0.0, 1.0}, 999.45894175902136},
      {"StudentT", "Normal", {1000000.0, 0.0, 1.0}, {0.0, 1.0}, 1.7500041666747917e-12},
      {"StudentT", "Normal", {100.0, 3.0, 2.0}, {1.0, 0.5}, 14.266946112888987},
      {"Uniform", "Beta", {0.0, 1.0}, {0.001, 2.0}, 6.9077557786490535},
      {"Uniform", "Beta", {0.0, 1.0}, {1000000.0, 3.0}, 999960.24661250667},
      {"Uniform", "Beta", {0.25, 0.2500009536743164}, {2.0, 3.0}, 13.339694831654445},
      {"Uniform", "Beta", {0.0, 0.5}, {0.5, 0.5}, 0.83787706640934548},
      {"Uniform", "Beta", {0.999, 1.0}, {5.0, 0.1}, 1.8937785085053402},
  };
  for (const Known& row : known) {
    const auto q = distribution_row(row.q).at(row.of_q), p = distribution_row(row.p).at(row.of_p);
    const double got = kl(*q, *p).item();
    const double error = std::abs(got - row.value) / std::max(1.0, row.value);
    CHECK_MESSAGE(error <= 1e-13,
                  row.q << " against " << row.p << ": " << got << " in place of " << row.value);
  }
}
#endif

TEST_CASE("kl: scales that are far apart, and widths that overflow") {
  const auto of = [](const Distribution& q, const Distribution& p) { return kl(q, p).item(); };
  CHECK(of(Normal(0, 1e-300), Normal(0, 1e150)) == doctest::Approx(450 * std::log(10.0) - 0.5));
  CHECK(of(HalfNormal(1e-300), HalfNormal(1e150)) == doctest::Approx(450 * std::log(10.0) - 0.5));
  CHECK(of(Exponential(1e300), Exponential(1e-150)) == doctest::Approx(450 * std::log(10.0) - 1));
  CHECK(of(Laplace(0, 1e-300), Laplace(0, 1e150)) == doctest::Approx(450 * std::log(10.0) - 1));
  CHECK(of(Cauchy(1e160, 1), Cauchy(0, 1)) ==
        doctest::Approx(320 * std::log(10.0) - std::log(4.0)));
  CHECK(of(HalfCauchy(1e-200), HalfCauchy(1e200)) ==
        doctest::Approx(400 * std::log(10.0) - std::log(4.0)));
  constexpr double kMost = std::numeric_limits<double>::max();
  CHECK(of(Uniform(-kMost, kMost), Uniform(-kMost, kMost)) == 0);
}

TEST_CASE("kl: where a moment is infinite the divergence is, and no slope is NaN") {
  const Var scale = Var::parameter(scalar(1)), alpha = Var::parameter(scalar(0.5));
  Tape tape;
  const Var value = kl(Pareto(scale, alpha), Normal(0, 1));
  CHECK(value.item() == std::numeric_limits<double>::infinity());
  for (const Array& slope : tape.gradients(value, {scale, alpha})) CHECK_FALSE(std::isnan(slope()));
}

TEST_CASE(
    "kl: draws that cannot be compared are named, and infinite estimates have infinite errors") {
  Rng rng(1);
  CHECK_THROWS_WITH_AS(kl_monte_carlo(Gamma(1e-3, 1), Gamma(2e-3, 1), 1000, rng),
                       doctest::Contains("draws of Gamma underflow to an end of its support"),
                       DomainError);
  const MonteCarlo never = kl_monte_carlo(Normal(0, 1), Uniform(0, 1), 100, rng);
  CHECK(never.value() == std::numeric_limits<double>::infinity());
  CHECK(never.standard_error() == std::numeric_limits<double>::infinity());
}
