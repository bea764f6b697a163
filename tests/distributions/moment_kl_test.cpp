#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/weibull.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <functional>
#include <string>
#include <vector>

#include "../numbers.hpp"
#include "kl_table.hpp"

// Pairs of two families whose divergence is a sum of known means: extremes, edges and equals.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::kInf;
using evident::testing::Parameters;

namespace {

constexpr double kBound = sizeof(real) == 8 ? 1e-12 : 1e-5;

bool agree(double got, double expected) {
  return got == expected || std::abs(got - expected) <= kBound * std::max(1.0, std::abs(expected));
}

// kl of what `make` makes of two numbers, and its gradients in them.
struct Sloped {
  double value, in_q, in_p;
};
using MakePair = std::function<Var(const Var& q, const Var& p)>;
Sloped sloped(const MakePair& make, double q, double p) {
  const Var a = Var::parameter(scalar(q)), b = Var::parameter(scalar(p));
  Tape tape;
  const Var value = make(a, b);
  const std::vector<Array> gradients = tape.gradients(value, {a, b});
  return {value.item(), static_cast<double>(gradients[0]()), static_cast<double>(gradients[1]())};
}

}  // namespace

#ifdef EVIDENT_F64
TEST_CASE("moment kl: 12 digits are mpmath's, at extremes and near the other family") {
  const struct {
    std::string q, p;
    Parameters of_q, of_p;
    double value;
  } known[] = {
      {"Gamma", "LogNormal", {1e8, 1e8}, {0.0, 0.0001}, 2.0833333458333330e-9},
      {"Gamma", "LogNormal", {1e8, 3.0}, {17.5, 0.0002}, 395745.77295025898},
      {"Gamma", "LogNormal", {1e-08, 1.0}, {-1e8, 1e8}, 0.41893852320467292},
      {"Gamma", "LogNormal", {0.001, 1e-200}, {-500.0, 1000.0}, 0.41874251998531019},
      {"Gamma", "LogNormal", {10000.0, 0.02}, {13.1, 0.01}, 2.4894422041619984},
      {"Gamma", "LogNormal", {1e-08, 1.0}, {0.0, 1.0}, 10000000057721547.0},
      {"Chi2", "LogNormal", {1e6}, {13.8155, 0.0014}, 0.00012620960893353319},
      {"Exponential", "LogNormal", {1e-250}, {575.0, 2.0}, 0.24108292595086808},
      {"InverseGamma", "LogNormal", {1e8, 1e8}, {0.0001, 0.0001}, 0.49995000208325001},
      {"Weibull", "LogNormal", {1.0, 1e8}, {0.0, 1e-08}, 0.33077886363111242},
      {"Weibull", "LogNormal", {1e200, 0.001}, {460.0, 1000.0}, 0.33048056605095010},
      {"Weibull", "LogNormal", {1e-300, 3.0}, {-690.0, 0.4}, 3.0229974762528308},
      {"Pareto", "LogNormal", {1.0, 1e8}, {1e-08, 1e-08}, 0.41893853320467274},
      {"Pareto", "LogNormal", {1e200, 0.001}, {1460.0, 1000.0}, 0.41893866685878850},
      {"Pareto", "LogNormal", {1e-300, 3.0}, {-690.0, 0.4}, 1.0595324160012914},
      {"LogNormal", "Gamma", {0.0, 0.0001}, {1e8, 1e8}, 2.0833333354166669e-9},
      {"LogNormal", "Gamma", {0.0, 0.0001}, {1.0001e8, 1e8}, 0.49993333874970003},
      {"LogNormal", "Gamma", {5.0, 0.0001}, {1e8, 673794.7}, 2.1521187729737160e-9},
      {"LogNormal", "Gamma", {-300.0, 2.0}, {1e-08, 1e120}, 16.308595261693883},
      {"LogNormal", "Gamma", {0.0, 1e-150}, {2.0, 3.0}, 344.77160083856596},
      {"LogNormal", "Gamma", {0.0, 20.0}, {1.0, 1e-80}, 7226153.5602623817},
      {"LogNormal", "Gamma", {3.0, 1.0}, {1e-06, 1e-06}, 12.396615378507276},
      {"LogNormal", "Gamma", {-50.0, 0.1}, {10000.0, 1e25}, 8392.7456413001485},
      {"LogNormal", "InverseGamma", {0.0, 0.0001}, {1.0001e8, 1e8}, 0.49993333874970003},
      {"LogNormal", "Exponential", {500.0, 1.0}, {1e-217}, 0.55615899146638199},
      {"LogNormal", "Weibull", {0.0, 1e-08}, {1.0, 1e8}, 0.22978273749545542},
      {"LogNormal", "Weibull", {0.0, 0.001}, {1.0, 1000.0}, 0.22978273749545542},
      {"LogNormal", "Weibull", {0.001, 0.002}, {1.0, 500.0}, 0.79934329525437255},
      {"LogNormal", "Weibull", {-400.0, 30.0}, {1e-170, 0.02}, 0.27192583001536253},
      {"LogNormal", "Weibull", {3.0, 1.0}, {0.1, 1e-06}, 13.396572024774160},
      {"Gamma", "InverseGamma", {1e8, 1e8}, {1e8, 1e8}, 8.3333334333333344e-9},
      {"Gamma", "InverseGamma", {1e8, 1e8}, {1.0001e8, 1e8}, 0.49988334499961679},
      {"Gamma", "InverseGamma", {1e8, 5.0}, {1e7, 2e14}, 0.70129255408035619},
      {"Gamma", "InverseGamma", {1 + 0x1p-40, 1.0}, {2.0, 3.0}, 3298534883323.0711},
      {"Gamma", "InverseGamma", {1.5, 1e-200}, {1e-06, 1e150}, 12.491142345097165},
      {"Gamma", "InverseGamma", {40.0, 2.0}, {1e-05, 1e-05}, 11.934399867523189},
      {"Gamma", "InverseGamma", {2.0, 1e200}, {1e6, 1e-190}, 9990212436.8198742},
      {"Gamma", "InverseGamma", {1e6, 1.0}, {1e6, 1e12}, 8.3333433333435000e-7},
      {"InverseGamma", "Gamma", {1e8, 1e8}, {1.0001e8, 1e8}, 0.49988334499961679},
      {"InverseGamma", "Chi2", {1e6, 1e12}, {2000000.0}, 193146.68056027864},
      {"InverseGamma", "Exponential", {1.25, 1e-30}, {1e30}, 2.3365013863252163},
      {"Gamma", "Weibull", {1e8, 1e8}, {1.0, 10000.0}, 0.22972283023611236},
      {"Gamma", "Weibull", {1e6, 2.0}, {500100.0, 1000.0}, 0.13052792959935437},
      {"Gamma", "Weibull", {30.5, 30.0}, {1.0, 5.5}, 0.18927233010869065},
      {"Gamma", "Weibull", {29.5, 30.0}, {1.0, 5.5}, 0.10588878650655443},
      {"Gamma", "Weibull", {1e-06, 1.0}, {2.0, 3.0}, 2999987.8969600051},
      {"Gamma", "Weibull", {1e-06, 1.0}, {1e-06, 1e-06}, 0.49999238089677802},
      {"Gamma", "Weibull", {0.001, 1e100}, {1e-101, 0.001}, 0.49813847230216316},
      {"Gamma", "Weibull", {10000.0, 1.0}, {10000.0, 1e-08}, 22.606895730069129},
      {"Gamma", "Weibull", {2.0, 1e-250}, {1e250, 1.5}, 1.1292780298889118},
      {"Gamma", "HalfNormal", {1e8, 1e8}, {1.0}, 8.5171931997495708},
      {"Gamma", "HalfNormal", {1e-06, 1.0}, {1.0}, 999985.98749431470},
      {"Gamma", "HalfNormal", {1e8, 1e-200}, {1e208}, 8.5171931997495708},
      {"Gamma", "HalfNormal", {0.5, 0.001}, {10000.0}, 2.4415165157247848},
      {"Gamma", "HalfNormal", {1.0, 1e200}, {1e-200}, 0.22579135264472748},
      {"HalfNormal", "Gamma", {1.0}, {1e8, 1e8}, 43306588.700985831},
      {"HalfNormal", "Gamma", {1e-200}, {2.0, 1e200}, 0.70727463088887707},
      {"HalfNormal", "Gamma", {1.0}, {1e-08, 1e-08}, 17.059708161342210},
      {"HalfNormal", "Gamma", {3.0}, {1.0, 0.4}, 0.049348563524756366},
      {"HalfNormal", "Exponential", {1e-100}, {1e100}, 0.072093208158137916},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.25, 1e8},
       {0.25, 1.0001e8},
       0.37497500187485001},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.0, 2.0}, {0.25, 3.0}, 0.20058748581652096},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.25, 3.0}, {0.0, 2.0}, 0.21095932287531036},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 1e-08},
       {0.25, 2e-08},
       4.5069385417960793e-9},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 1e-12},
       {0.5, 0.001},
       0.00049987498914382549},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.0, 800.0},
       {0.0, 801.0},
       0.00062447965446014350},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.0, 1000.0},
       {0.5, 1000.0},
       0.69314718055994531},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 1000.0},
       {0.0, 1000.0},
       499.30685281944005},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {1e-09, 700.0},
       {1e-12, 750.0},
       1.7049899633377493},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.999999, 5.0},
       {0.9999985, 5.0},
       9.3898044106376754e-8},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {1.0, 3.0}, {0.25, 2.0}, 1.0455414072067595},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.3, 0.0}, {0.25, 2.0}, 1.0455414072067595},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.25, 0.001},
       {0.75, 30.0},
       0.30229691165905505},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.1, 30.0}, {0.3, 0.001}, 251.33861630305030},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {1e-300, 5.0}, {1e-200, 5.0}, 0.0},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 2.0},
       {0.5000001, 2.0000001},
       1.3799818263626187e-14},
      {"Poisson", "ZeroInflatedPoisson", {750.0}, {0.25, 750.0}, 0.28768207245178093},
      {"ZeroInflatedPoisson", "Poisson", {0.25, 750.0}, {750.0}, 186.93766485538119},
      {"Poisson", "Geometric", {1000.0}, {0.001}, 3.0355228149228199},
      {"Poisson", "Geometric", {1e-09}, {0.25}, 1.3862943396843069},
      {"Poisson", "Geometric", {3.0}, {1e-200}, 458.58554840066057},
      {"Poisson", "Geometric", {3.0}, {1 - 0x1p-40}, 81.246191469045778},
      {"NegativeBinomial", "Geometric", {1.0, 0.75}, {0.25}, 0},
      {"NegativeBinomial", "Geometric", {2.5, 0.9}, {0.001}, 2.9519848144598081},
      {"NegativeBinomial", "Geometric", {0.01, 0.25}, {0.9}, 0.092018962117585906},
  };
  for (const auto& row : known) {
    const auto q = distribution_row(row.q).at(row.of_q), p = distribution_row(row.p).at(row.of_p);
    const double got = kl(*q, *p).item();
    CHECK_MESSAGE(agree(got, row.value), row.q << " at " << row.of_q[0] << " against " << row.p
                                               << " at " << row.of_p[0] << ": " << got
                                               << " in place of " << row.value);
  }
}
#endif

TEST_CASE("moment kl: 0 where the two families have a member in common") {
  CHECK(agree(kl(Gamma(1, 0.5), Weibull(2, 1)).item(), 0));
  CHECK(agree(kl(Chi2(2), Weibull(2, 1)).item(), 0));
  CHECK(agree(kl(NegativeBinomial(1, 0.3), Geometric(0.7)).item(), 0));
  CHECK(agree(kl(Bernoulli(0), Geometric(1)).item(), 0));
  CHECK(agree(kl(DiscreteUniform(0, 0), Geometric(1)).item(), 0));
  for (const double rate : {0.0, 1e-9, 0.5, 40.0, 1e5}) {
    CHECK(agree(kl(Poisson(rate), ZeroInflatedPoisson(0, rate)).item(), 0));
    CHECK(agree(kl(ZeroInflatedPoisson(0, rate), Poisson(rate)).item(), 0));
    CHECK(agree(kl(ZeroInflatedPoisson(1, rate), Poisson(0)).item(), 0));
  }
  // Against a gate of 0, as between Poissons.
  for (const double rate : {0.0, 0.3, 7.0, 900.0}) {
    const double expected = kl(Poisson(rate), Poisson(2)).item();
    CHECK(agree(kl(Poisson(rate), ZeroInflatedPoisson(0, 2)).item(), expected));
    CHECK(agree(kl(ZeroInflatedPoisson(0, rate), Poisson(2)).item(), expected));
  }
}

TEST_CASE("moment kl: infinite where a moment is, without a slope that is NaN") {
  const MakePair pairs[] = {
      [](const Var& a, const Var& b) { return kl(Gamma(a, 2), InverseGamma(b, 3)); },
      [](const Var& a, const Var& b) { return kl(InverseGamma(a, 2), Gamma(b, 3)); },
      [](const Var& a, const Var& b) { return kl(InverseGamma(a, 2), Exponential(b)); },
      [](const Var& a, const Var& b) { return kl(InverseGamma(a, 2), Chi2(b)); },
      [](const Var& a, const Var& b) { return kl(Chi2(2.0 * a), InverseGamma(b, 2)); },
  };
  for (const MakePair& make : pairs) {
    for (const double a : {0.25, 1.0, 1.25}) {
      const Sloped got = sloped(make, a, 2);
      CHECK(std::isfinite(got.value) == (a > 1));
      CHECK_FALSE(std::isnan(got.in_q));
      CHECK_FALSE(std::isnan(got.in_p));
    }
  }
}

TEST_CASE("moment kl: of counts, infinite where p excludes outcomes of q") {
  CHECK(kl(DiscreteUniform(-1, 5), Geometric(0.5)).item() == kInf);
  CHECK(kl(DiscreteUniform(-5, 5), Geometric(0.5)).item() == kInf);
  CHECK(kl(DiscreteUniform(0, 5), Geometric(1)).item() == kInf);
  CHECK(kl(Bernoulli(0.5), Geometric(1)).item() == kInf);
  CHECK(kl(Poisson(2), ZeroInflatedPoisson(1, 2)).item() == kInf);
  CHECK(kl(Poisson(2), ZeroInflatedPoisson(0.5, 0)).item() == kInf);
  CHECK(kl(ZeroInflatedPoisson(0.5, 2), Poisson(0)).item() == kInf);
  CHECK(kl(ZeroInflatedPoisson(0.5, 2), ZeroInflatedPoisson(1, 0)).item() == kInf);
  // A q that is sure of its count asks only for that.
  CHECK(agree(kl(DiscreteUniform(3, 3), Geometric(0.25)).item(),
              -std::log(0.25) - 3 * std::log(0.75)));
  CHECK(agree(kl(Binomial(3, 1), Geometric(0.25)).item(), -std::log(0.25) - 3 * std::log(0.75)));
  CHECK(agree(kl(ZeroInflatedPoisson(1, 2), ZeroInflatedPoisson(0.5, 0)).item(), 0));
  CHECK(agree(kl(ZeroInflatedPoisson(1, 2), ZeroInflatedPoisson(0, 3)).item(), 3));
  CHECK(agree(kl(ZeroInflatedPoisson(0.5, 0), Poisson(3)).item(), 3));
}

TEST_CASE("moment kl: no gradient of counts is NaN, be the divergence 0, finite or infinite") {
  const std::vector<double> gates = {0, 0.5, 1}, rates = {0, 0.5, 3, 800}, probs = {0.01, 0.5, 1},
                            shares = {0, 0.5, 1}, logits = {-kInf, -800, 0, 800, kInf};
  struct Pair {
    std::string name;
    MakePair make;
    std::vector<double> q, p;
  };
  std::vector<Pair> pairs = {
      {"Bernoulli", [](const Var& q, const Var& p) { return kl(Bernoulli(q), Geometric(p)); },
       shares, probs},
      {"Bernoulli of logits",
       [](const Var& q, const Var& p) { return kl(Bernoulli::from_logits(q), Geometric(p)); },
       logits, probs},
      {"Binomial", [](const Var& q, const Var& p) { return kl(Binomial(3, q), Geometric(p)); },
       shares, probs},
      {"Binomial of logits",
       [](const Var& q, const Var& p) { return kl(Binomial::from_logits(3, q), Geometric(p)); },
       logits, probs},
      {"Binomial of what underflows",
       [](const Var& q, const Var& p) { return kl(Binomial(3, sigmoid(q)), Geometric(p)); },
       {-800, 0, 800},
       probs},
      {"NegativeBinomial",
       [](const Var& q, const Var& p) { return kl(NegativeBinomial(2, q), Geometric(p)); },
       {0, 0.5, 0.9},
       probs},
      {"Poisson", [](const Var& q, const Var& p) { return kl(Poisson(q), Geometric(p)); }, rates,
       probs},
      {"Poisson of what underflows",
       [](const Var& q, const Var& p) { return kl(Poisson(exp(q)), Geometric(p)); },
       {-800, 0},
       probs},
  };
  for (const double gate : gates) {
    pairs.push_back(
        {"rates of ZeroInflatedPoisson and Geometric",
         [=](const Var& q, const Var& p) { return kl(ZeroInflatedPoisson(gate, q), Geometric(p)); },
         rates, probs});
    pairs.push_back(
        {"rates of Poisson and ZeroInflatedPoisson",
         [=](const Var& q, const Var& p) { return kl(Poisson(q), ZeroInflatedPoisson(gate, p)); },
         rates, rates});
    pairs.push_back({"rates of ZeroInflatedPoisson that underflow",
                     [=](const Var& q, const Var& p) {
                       return kl(ZeroInflatedPoisson(gate, exp(q)), Poisson(exp(p)));
                     },
                     {-800, 0, 5},
                     {-800, 0, 5}});
    for (const double other : gates) {
      pairs.push_back({"rates of ZeroInflatedPoissons",
                       [=](const Var& q, const Var& p) {
                         return kl(ZeroInflatedPoisson(gate, q), ZeroInflatedPoisson(other, p));
                       },
                       rates, rates});
    }
  }
  for (const double rate : rates) {
    pairs.push_back(
        {"gate of ZeroInflatedPoisson and Geometric",
         [=](const Var& q, const Var& p) { return kl(ZeroInflatedPoisson(q, rate), Geometric(p)); },
         gates, probs});
    for (const double other : rates) {
      pairs.push_back({"gates of ZeroInflatedPoissons",
                       [=](const Var& q, const Var& p) {
                         return kl(ZeroInflatedPoisson(q, rate), ZeroInflatedPoisson(p, other));
                       },
                       gates, gates});
    }
  }
  for (const Pair& pair : pairs) {
    for (const double q : pair.q) {
      for (const double p : pair.p) {
        const Sloped got = sloped(pair.make, q, p);
        INFO(pair.name, " at ", q, " and ", p);
        CHECK(got.value >= -kBound);
        CHECK_FALSE(std::isnan(got.in_q));
        CHECK_FALSE(std::isnan(got.in_p));
      }
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("moment kl: slopes at the edges of ZeroInflatedPoissons are those towards the inside") {
  const auto gates = [](double q_rate, double p_rate) {
    return MakePair([=](const Var& q, const Var& p) {
      return kl(ZeroInflatedPoisson(q, q_rate), ZeroInflatedPoisson(p, p_rate));
    });
  };
  const auto check = [](const MakePair& make, double q, double p, bool in_q, bool in_p) {
    constexpr double kStep = 1e-6;
    const double to_q = q > 0.5 ? -kStep : kStep, to_p = p > 0.5 ? -kStep : kStep;
    const Sloped here = sloped(make, q, p);
    const auto ahead = [&](double dq, double dp) { return make(q + dq, p + dp).item(); };
    CAPTURE(q);
    CAPTURE(p);
    if (in_q) {
      CHECK(here.in_q == doctest::Approx((ahead(to_q, 0) - here.value) / to_q).epsilon(1e-4));
    }
    if (in_p) {
      CHECK(here.in_p == doctest::Approx((ahead(0, to_p) - here.value) / to_p).epsilon(1e-4));
    }
  };
  check(gates(2, 3), 0, 0, true, true);
  check(gates(0, 3), 0.5, 1, true, true);
  check(gates(2, 3), 1, 0, false, true);
  check(gates(2, 3), 1, 1, false, true);
  check(gates(800, 799), 0.4, 0.4, true, true);
  check(gates(2, 800), 0.3, 0.4, true, true);
  check([](const Var& q, const Var& p) { return kl(Poisson(q), ZeroInflatedPoisson(0.3, p)); }, 0,
        0.2, false, true);
  check([](const Var& q, const Var& p) { return kl(ZeroInflatedPoisson(1, q), Poisson(p)); }, 0.2,
        0, true, true);
  check([](const Var& q, const Var& p) { return kl(Poisson(q), ZeroInflatedPoisson(0, p)); }, 800,
        799, true, true);
}
#endif
