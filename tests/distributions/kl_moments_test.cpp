#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <string>
#include <vector>

#include "../numbers.hpp"
#include "kl_table.hpp"

// KL between two families, from known moments: far from ordinary parameters, and at their bounds.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::kInf;
using evident::testing::Parameters;
using Gated = ZeroInflatedPoisson;

namespace {

double of(const Distribution& q, const Distribution& p) { return kl(q, p).item(); }

}  // namespace

TEST_CASE("kl moments: what mpmath says") {
  struct Known {
    const char *q, *p;
    Parameters of_q, of_p;
    double value;
  };
  const Known known[] = {
      {"Gamma", "InverseGamma", {1.001, 2}, {3, 5}, 9990.4821049960030795},
      {"Gamma", "InverseGamma", {1e5, 1e5}, {1e5, 1e5}, 8.333433334350010000e-6},
      {"Gamma", "LogNormal", {1e-3, 1}, {0, 1}, 1000569.5690240084679},
      {"Gamma", "LogNormal", {1e6, 1e6}, {0, 1e-3}, 2.0833345833334791665e-7},
      {"LogNormal", "Gamma", {0, 1e-3}, {1e6, 1e6}, 2.0833335416666649306e-7},
      {"LogNormal", "Gamma", {-300, 2}, {1e-3, 1e10}, 5.0720673206892951745},
      {"Gamma", "Weibull", {1, 2}, {0.5, 1}, 0},
      {"Gamma", "Weibull", {1e-3, 1}, {1, 0.01}, 6.7925661822713013258},
      {"Gamma", "Weibull", {50, 0.01}, {5000, 7}, 0.15420843087618756533},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.3, 3}, {0.1, 2}, 0.15709173351694126169},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {1e-12, 40},
       {1e-3, 41},
       0.01329599669698684305},
      {"ZeroInflatedPoisson", "Poisson", {0.3, 300}, {310}, 92.503272905117023729},
  };
  for (const Known& row : known) {
    const double got =
        of(*distribution_row(row.q).at(row.of_q), *distribution_row(row.p).at(row.of_p));
    CHECK_MESSAGE(std::abs(got - row.value) <= 1e-10 * std::max(1.0, row.value),
                  row.q << " against " << row.p << ": " << got << " in place of " << row.value);
  }
}

TEST_CASE("kl moments: equal distributions of two names do not differ") {
  CHECK(std::abs(of(NegativeBinomial(1, 0.3), Geometric(0.7))) < 1e-14);
  CHECK(std::abs(of(Gated(0, 3), Poisson(3))) < 1e-14);
  CHECK(std::abs(of(Poisson(1e6), Gated(0, 1e6))) < 1e-9);
  CHECK(of(Gated(0.3, 1e6), Gated(0.3, 1e6)) == 0);
  CHECK(of(Gated(0.3, 2), Gated(0.3, 2)) == 0);
}

TEST_CASE("kl moments: gates that are open or closed, rates of 0, and what p excludes") {
  const double zero = -std::log(0.2 + 0.8 * std::exp(-2));
  CHECK(of(Gated(1, 3), Gated(0.2, 2)) == doctest::Approx(zero).epsilon(1e-14));
  CHECK(of(Gated(0.3, 0), Gated(0.2, 2)) == doctest::Approx(zero).epsilon(1e-14));
  CHECK(of(Gated(1, 3), Gated(1, 2)) == 0);
  CHECK(of(Gated(1, 3), Poisson(800)) == 800);  // whose own probability of 0 underflows
  CHECK(of(Gated(0.3, 3), Gated(1, 2)) == kInf);
  CHECK(of(Gated(0.3, 3), Poisson(0)) == kInf);
  CHECK(of(Poisson(0), Gated(0, 2)) == 2);
  CHECK(of(Poisson(3), Geometric(1)) == kInf);
  CHECK(of(Poisson(0), Geometric(1)) == 0);
  CHECK(of(Gamma(1, 2), InverseGamma(3, 1)) == kInf);
  CHECK(of(InverseGamma(0.5, 2), Gamma(3, 1)) == kInf);
}

TEST_CASE("kl moments: no slope is NaN at a bound, and that of an open gate is its limit") {
  for (const double gate : {0.0, 0.3, 1.0}) {
    for (const double rate : {0.0, 2.0, 800.0}) {
      for (const double other : {0.0, 0.3, 1.0}) {
        const Var g = Var::parameter(scalar(gate)), r = Var::parameter(scalar(rate));
        const Var h = Var::parameter(scalar(other)), s = Var::parameter(scalar(3));
        Tape tape;
        const Var value = kl(Gated(g, r), Gated(h, s));
        CAPTURE(gate);
        CAPTURE(rate);
        CAPTURE(other);
        CHECK_FALSE(std::isnan(value.item()));
        if (std::isinf(value.item())) continue;
        for (const Array& slope : tape.gradients(value, {g, r, h, s})) {
          CHECK_FALSE(std::isnan(slope()));
        }
      }
    }
  }
  const Var gate = Var::parameter(scalar(0)), other = Var::parameter(scalar(0));
  Tape tape;
  const std::vector<Array> slopes =
      tape.gradients(kl(Gated(gate, 2), Gated(other, 3)), {gate, other});
  const double step = 1e-6, at_0 = of(Gated(0, 2), Gated(0, 3));
  CHECK(slopes[0]() ==
        doctest::Approx((of(Gated(step, 2), Gated(0, 3)) - at_0) / step).epsilon(1e-4));
  CHECK(slopes[1]() ==
        doctest::Approx((of(Gated(0, 2), Gated(step, 3)) - at_0) / step).epsilon(1e-4));
}
