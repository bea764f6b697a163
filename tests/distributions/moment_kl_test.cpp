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
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/weibull.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <functional>
#include <string>
#include <vector>

#include "../numbers.hpp"

// Pairs of two families whose divergence is a sum of known means, at edges and between equals.

using namespace evident;
using evident::testing::kInf;

namespace {

constexpr double kBound = sizeof(real) == 8 ? 1e-12 : 1e-5;

bool agrees_nearly(double got, double expected) {
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

TEST_CASE("moment kl: 0 where the two families have a member in common") {
  CHECK(agrees_nearly(kl(Gamma(1, 0.5), Weibull(2, 1)).item(), 0));
  CHECK(agrees_nearly(kl(Chi2(2), Weibull(2, 1)).item(), 0));
  CHECK(agrees_nearly(kl(NegativeBinomial(1, 0.3), Geometric(0.7)).item(), 0));
  CHECK(agrees_nearly(kl(Bernoulli(0), Geometric(1)).item(), 0));
  CHECK(agrees_nearly(kl(DiscreteUniform(0, 0), Geometric(1)).item(), 0));
  for (const double rate : {0.0, 1e-9, 0.5, 40.0, 1e5}) {
    CHECK(agrees_nearly(kl(Poisson(rate), ZeroInflatedPoisson(0, rate)).item(), 0));
    CHECK(agrees_nearly(kl(ZeroInflatedPoisson(0, rate), Poisson(rate)).item(), 0));
    CHECK(agrees_nearly(kl(ZeroInflatedPoisson(1, rate), Poisson(0)).item(), 0));
  }
  // Against a gate of 0, as between Poissons.
  for (const double rate : {0.0, 0.3, 7.0, 900.0}) {
    const double expected = kl(Poisson(rate), Poisson(2)).item();
    CHECK(agrees_nearly(kl(Poisson(rate), ZeroInflatedPoisson(0, 2)).item(), expected));
    CHECK(agrees_nearly(kl(ZeroInflatedPoisson(0, rate), Poisson(2)).item(), expected));
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

#ifdef EVIDENT_F64
TEST_CASE("moment kl: slopes hold where squares of the scales overflow") {
  // 1/r - a (a + 1) / (r^3 s^2) and 1/s - a (a + 1) / (r^2 s^3), here with a = 1 and r s = 2.
  const Sloped half = sloped(
      [](const Var& r, const Var& s) { return kl(Gamma(1, r), HalfNormal(s)); }, 2e200, 1e-200);
  CHECK(half.in_q == doctest::Approx(0.25e-200));
  CHECK(half.in_p == doctest::Approx(0.5e200));
  // a s + a r s e^(m + s^2/2) - 1/s.
  const Sloped narrow = sloped(
      [](const Var& s, const Var& a) { return kl(LogNormal(0, s), Gamma(a, 1)); }, 1e-200, 2);
  CHECK(narrow.in_q == doctest::Approx(-1e200));
}
#endif

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
  CHECK(agrees_nearly(kl(DiscreteUniform(3, 3), Geometric(0.25)).item(),
                      -std::log(0.25) - 3 * std::log(0.75)));
  CHECK(agrees_nearly(kl(Binomial(3, 1), Geometric(0.25)).item(),
                      -std::log(0.25) - 3 * std::log(0.75)));
  CHECK(agrees_nearly(kl(ZeroInflatedPoisson(1, 2), ZeroInflatedPoisson(0.5, 0)).item(), 0));
  CHECK(agrees_nearly(kl(ZeroInflatedPoisson(1, 2), ZeroInflatedPoisson(0, 3)).item(), 3));
  CHECK(agrees_nearly(kl(ZeroInflatedPoisson(0.5, 0), Poisson(3)).item(), 3));
}

TEST_CASE("moment kl: counts without an end against those with one, finite if sure of 0") {
  const Bernoulli coin(0.25);
  const Binomial trials = Binomial::from_logits(3, -std::log(3));
  const DiscreteUniform around(-1, 2), beside(1, 4);
  const auto check = [&](const Distribution& endless, const Distribution& zero) {
    CAPTURE(zero.name());
    for (const Distribution* p :
         {static_cast<const Distribution*>(&coin), static_cast<const Distribution*>(&trials),
          static_cast<const Distribution*>(&around)}) {
      CHECK(kl(endless, *p).item() == kInf);
    }
    CHECK(agrees_nearly(kl(zero, coin).item(), -std::log(0.75)));
    CHECK(agrees_nearly(kl(zero, trials).item(), -3 * std::log(0.75)));
    CHECK(agrees_nearly(kl(zero, around).item(), std::log(4)));
    CHECK(kl(zero, beside).item() == kInf);
  };
  check(Geometric(0.999), Geometric(1));
  check(NegativeBinomial(2, 1e-9), NegativeBinomial(2, 0));
  check(Poisson(1e-9), Poisson(0));
  check(ZeroInflatedPoisson(0.5, 1e-9), ZeroInflatedPoisson(0.5, 0));
  check(ZeroInflatedPoisson(0.999, 7), ZeroInflatedPoisson(1, 7));
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
      {"Geometric and Bernoulli",
       [](const Var& q, const Var& p) { return kl(Geometric(q), Bernoulli(p)); }, probs, shares},
      {"NegativeBinomial and Binomial",
       [](const Var& q, const Var& p) {
         return kl(NegativeBinomial(2, q), Binomial::from_logits(3, p));
       },
       {0, 0.5, 0.9},
       logits},
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
