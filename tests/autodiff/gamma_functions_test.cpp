#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/real.hpp>
#include <evident/tests/autodiff/gamma_reference.hpp>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace evident;
using evident::testing::gamma_references;
using evident::testing::GammaReference;
using evident::testing::kUndefined;

namespace {

using L = Lanes<real>;
using D = Dual<L>;
using Limits = std::numeric_limits<real>;

// Arguments in the first lane; the other lanes hold `other`, or the same if that is NaN, so that
// branches are taken alone and together.
struct Point {
  const std::vector<double>& at;
  double other;

  L lanes(std::size_t k) const { return padded(at[k]); }
  L padded(double x) const {
    real lane[L::kWidth];
    std::fill(std::begin(lane), std::end(lane), static_cast<real>(std::isnan(other) ? x : other));
    lane[0] = static_cast<real>(x);
    return L::load(lane);
  }
  D variable(std::size_t k) const { return D::variable(lanes(k)); }
};

double first(L x) {
  real lane[L::kWidth];
  x.store(lane);
  return static_cast<double>(lane[0]);
}

template <class F>
std::vector<double> of_one(const Point& p, F f) {
  return {first(f(p.lanes(0))), first(f(p.variable(0)).slope)};
}
template <class F>
std::vector<double> of_both(const Point& p, F f) {
  return {first(f(p.lanes(0), p.lanes(1))), first(f(p.variable(0), p.lanes(1)).slope),
          first(f(p.lanes(0), p.variable(1)).slope)};
}

std::vector<double> call(const std::string& name, const Point& p) {
  if (name == "lgamma") return of_one(p, [](auto x) { return lgamma(x); });
  if (name == "digamma") return of_one(p, [](auto x) { return digamma(x); });
  if (name == "trigamma") return of_one(p, [](auto x) { return trigamma(x); });
  if (name == "stirling_error") return of_one(p, [](auto x) { return stirling_error(x); });
  if (name == "lbeta") return of_both(p, [](auto a, auto b) { return lbeta(a, b); });
  if (name == "deviance") return of_both(p, [](auto x, auto m) { return deviance(x, m); });
  if (name == "log_gamma_density") {
    return of_both(p, [](auto x, auto a) { return log_gamma_density(x, a); });
  }
  if (name == "log_poisson") {
    return {first(log_poisson(p.lanes(0), p.lanes(1))),
            first(log_poisson(p.lanes(0), p.variable(1)).slope)};
  }
  if (name == "log_binomial_coefficient") {
    return {first(log_binomial_coefficient(p.lanes(0), p.lanes(1)))};
  }
  REQUIRE_EQ(name, "log_binomial");
  const L k = p.lanes(0), n = p.lanes(1), probability = p.lanes(2);
  const L rest = p.padded(static_cast<double>(1 - static_cast<real>(p.at[2])));
  return {first(log_binomial(k, n, probability, rest)),
          first(log_binomial(k, n, D::variable(probability), rest).slope),
          first(log_binomial(k, n, probability, D::variable(rest)).slope)};
}

// The error in units in the last place of a number of this size.
double units(double got, double want, double size) {
  const double nearest = static_cast<double>(static_cast<real>(want));
  if (got == nearest || (std::isnan(got) && std::isnan(want))) return 0;
  const double largest = Limits::max(), smallest = Limits::min();
  if (std::isinf(got) && std::abs(want) > largest * (1 - 8 * double(Limits::epsilon()))) {
    return std::signbit(got) == std::signbit(want) ? 0 : INFINITY;
  }
  const double within = std::min(std::max(size, smallest), largest);
  const double unit = std::ldexp(1.0, std::ilogb(within) - Limits::digits + 1);
  const double result = std::abs(got - want) / unit;
  return std::isnan(result) ? INFINITY : result;
}

// What is promised: units in the last place of the result, or of `least` where the result is less.
struct Bound {
  const char* function;
  std::size_t result;
  double least, units;
};

// Those that are small where large terms cancel are exact in absolute terms only; three log Gamma
// up to 12 cancel in lbeta, three corrections of some 18 in log_binomial.
const Bound kBounds[] = {
    {"lgamma", 0, 0, 4},
    {"lgamma", 1, 0.5, 4},
    {"digamma", 0, 0.5, 4},
    {"digamma", 1, 0, 4},
    {"trigamma", 0, 0, 4},
    {"trigamma", 1, 0, 4},
    {"stirling_error", 0, 0.5, 4},
    {"stirling_error", 1, 1, 4},
    {"lbeta", 0, 1, 6},
    {"lbeta", 1, 0, 4},
    {"lbeta", 2, 0, 4},
    {"deviance", 0, 0, 4},
    {"deviance", 1, 0, 4},
    {"deviance", 2, 0, 4},
    {"log_poisson", 0, 1, 4},
    {"log_poisson", 1, 0, 4},
    {"log_binomial", 0, 1, 16},
    {"log_binomial", 1, 0, 4},
    {"log_binomial", 2, 0, 4},
    {"log_binomial_coefficient", 0, 1, 4},
    {"log_gamma_density", 0, 1, 5},
    {"log_gamma_density", 1, 0, 4},
    {"log_gamma_density", 2, 1, 4},
};
// Below 0 reflection adds terms of this size, and cubes a sine.
const Bound kBelow[] = {
    {"lgamma", 0, 1, 4},
    {"lgamma", 1, 3, 4},
    {"digamma", 0, 3, 4},
    {"trigamma", 1, 1, 6},
};

const Bound& bound_of(const GammaReference& reference, std::size_t result) {
  if (reference.at[0] < 0) {
    for (const Bound& bound : kBelow) {
      if (reference.function == std::string(bound.function) && result == bound.result) return bound;
    }
  }
  for (const Bound& bound : kBounds) {
    if (reference.function == std::string(bound.function) && result == bound.result) return bound;
  }
  FAIL(reference.function, " has no bound");
  return kBounds[0];
}

bool are_reals(const std::vector<double>& at) {
  for (const double x : at) {
    if (static_cast<double>(static_cast<real>(x)) != x) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("gamma functions: values and partial derivatives are those of 50 digits") {
  std::map<std::string, double> worst;
  for (const GammaReference& reference : gamma_references()) {
    if (!are_reals(reference.at)) continue;
    for (const double other : {static_cast<double>(NAN), 1.5, 40.0}) {
      const std::vector<double> got = call(reference.function, {reference.at, other});
      REQUIRE_EQ(got.size(), reference.results.size());
      for (std::size_t k = 0; k < got.size(); ++k) {
        const double want = reference.results[k];
        if (want == kUndefined) continue;
        const Bound& bound = bound_of(reference, k);
        const double error = units(got[k], want, std::max(std::abs(want), bound.least));
        std::ostringstream message;
        message.precision(17);
        message << reference.function << ", result " << k << ", at";
        for (const double x : reference.at) message << ' ' << x;
        message << " is " << got[k] << " instead of " << want << ": " << error << " units";
        CHECK_MESSAGE(error <= bound.units, message.str());
        double& most = worst[reference.function + (" " + std::to_string(k))];
        most = std::max(most, error);
      }
    }
  }
  for (const auto& [name, error] : worst) std::printf("%s: %.2f units\n", name.c_str(), error);
}

TEST_CASE("gamma functions: a value does not depend on the other lanes") {
  for (const GammaReference& reference : gamma_references()) {
    if (!are_reals(reference.at)) continue;
    const std::vector<double> alone = call(reference.function, {reference.at, NAN});
    for (const double other : {1.5, 40.0}) {
      const std::vector<double> mixed = call(reference.function, {reference.at, other});
      for (std::size_t k = 0; k < alone.size(); ++k) {
        INFO(reference.function, " at ", reference.at[0], ", result ", k);
        CHECK((alone[k] == mixed[k] || (std::isnan(alone[k]) && std::isnan(mixed[k]))));
      }
    }
  }
}
