#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/real.hpp>
#include <evident/tests/autodiff/normal_functions_reference.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace evident;

// normal_functions_reference.hpp holds what mpmath says at 50 digits of the functions of the normal
// distribution and the Bessel functions; normal_functions_reference.py writes it.

namespace {

using L = Lanes<real>;
using D = Dual<L>;
using Numbers = std::vector<double>;

double first(L x) {
  real lanes[L::kWidth];
  x.store(lanes);
  return lanes[0];
}

template <class F>
std::function<Numbers(const Numbers&)> of_one(F f) {
  return [f](const Numbers& at) {
    const L x = at[0];
    return Numbers{first(f(x)), first(f(D::variable(x)).slope)};
  };
}

Numbers differences(const Numbers& at) {
  const L a = at[0], b = at[1];
  return {first(log_ndtr_difference(a, b)), first(log_ndtr_difference(D::variable(a), b).slope),
          first(log_ndtr_difference(a, D::variable(b)).slope)};
}

// What a result keeps to: units in the last place of its own size or, where that is larger, of
// `size`.
struct Bound {
  double units;
  double size = 0;
};

struct Function {
  std::function<Numbers(const Numbers&)> evaluate;
  std::vector<Bound> bounds;
};

const std::map<std::string, Function> kFunctions = {
    {"ndtr", {of_one([](auto x) { return ndtr(x); }), {{4}, {4}}}},
    {"log_ndtr", {of_one([](auto x) { return log_ndtr(x); }), {{4}, {4}}}},
    // A quotient of polynomials of degree 7 in the tails: 4.1 units in float.
    {"ndtri", {of_one([](auto x) { return ndtri(x); }), {{5}, {4}}}},
    {"ndtri_exp", {of_one([](auto x) { return ndtri_exp(x); }), {{4}, {4}}}},
    {"erfinv", {of_one([](auto x) { return erfinv(x); }), {{4}, {4}}}},
    {"erfcinv", {of_one([](auto x) { return erfcinv(x); }), {{4}, {4}}}},
    // The derivative in the farther end has the error of the exponent (b^2 - a^2) / 2 with it.
    {"log_ndtr_difference", {differences, {{4}, {12}, {12}}}},
    {"log_bessel_i0", {of_one([](auto x) { return log_bessel_i0(x); }), {{4}, {4}}}},
    // The logarithm is 0 near x = 1.5.
    {"log_bessel_i1", {of_one([](auto x) { return log_bessel_i1(x); }), {{4, 1}, {4}}}},
    {"bessel_ratio", {of_one([](auto x) { return bessel_ratio(x); }), {{4}, {4}}}},
};

// The error in units in the last place of `want` or of `size`.
double units(double got, double want, double size) {
  using Limits = std::numeric_limits<real>;
  const double rounded = static_cast<real>(want);
  if (got == rounded || (std::isnan(got) && std::isnan(want))) return 0;
  const double within = std::max({std::abs(want), size, static_cast<double>(Limits::min())});
  // An exponential that is no normal number may be 0, and what it is multiplied by is below 1000.
  const double smallest = 1000.0 * Limits::min();
  if (std::abs(want) < smallest && std::abs(got - want) < smallest) return 0;
  const double unit = std::ldexp(1.0, std::ilogb(within) - Limits::digits + 1);
  const double result = std::abs(got - want) / unit;
  return std::isfinite(got) && std::isfinite(rounded) ? result : INFINITY;
}

bool is_of_type(const Numbers& at) {
  return std::all_of(at.begin(), at.end(), [](double x) { return static_cast<real>(x) == x; });
}

}  // namespace

TEST_CASE("normal and Bessel functions: values and derivatives are mpmath's") {
  std::map<std::string, Numbers> worst;
  std::set<std::string> infinite;
  for (const testing::FunctionReference& row : testing::function_references()) {
    if (!is_of_type(row.at)) continue;
    const auto found = kFunctions.find(row.function);
    REQUIRE_MESSAGE(found != kFunctions.end(), row.function);
    const Numbers got = found->second.evaluate(row.at);
    const std::vector<Bound>& bounds = found->second.bounds;
    REQUIRE_EQ(got.size(), row.want.size());
    REQUIRE_EQ(got.size(), bounds.size());
    Numbers& most = worst[row.function];
    most.resize(got.size());
    for (std::size_t k = 0; k < got.size(); ++k) {
      const double error = units(got[k], row.want[k], bounds[k].size);
      most[k] = std::max(most[k], error);
      std::ostringstream message;
      message.precision(17);
      message << row.function << (k == 0 ? "" : ", a derivative,") << " at";
      for (const double x : row.at) message << ' ' << x;
      message << " is " << got[k] << " instead of " << row.want[k] << ": " << error << " units";
      CHECK_MESSAGE(error <= bounds[k].units, message.str());
    }
    for (const double x : row.at) {
      if (std::isinf(x)) infinite.insert(row.function);
    }
  }
  CHECK_EQ(worst.size(), kFunctions.size());
  // An interval and a probability end where the numbers do not.
  CHECK_EQ(infinite.size(), kFunctions.size());
  for (const auto& [name, errors] : worst) {
    std::printf("mpmath's %s:", name.c_str());
    for (const double error : errors) std::printf(" %.2f", error);
    std::printf(" units\n");
  }
}

TEST_CASE("normal and Bessel functions: NaN stays NaN") {
  for (const auto& [name, function] : kFunctions) {
    INFO(name);
    CHECK(std::isnan(function.evaluate({NAN, NAN})[0]));
  }
}

TEST_CASE("log_ndtr_difference: empty and reversed intervals") {
  CHECK_EQ(differences({2, 2})[0], -INFINITY);
  CHECK_EQ(differences({-INFINITY, -INFINITY})[0], -INFINITY);
  CHECK_EQ(differences({INFINITY, INFINITY})[0], -INFINITY);
  CHECK(std::isnan(differences({2, 1})[0]));
}

TEST_CASE("normal functions: a lane's value does not depend on the others") {
  const std::vector<double> far = {0.5, 1e-30, 0.999, 0.01, 0.2, 1e-20, 0.7, 0.49};
  real mixed[L::kWidth], alone[L::kWidth];
  for (std::size_t i = 0; i < L::kWidth; ++i) mixed[i] = static_cast<real>(far[i % far.size()]);
  const auto check = [&](auto f) {
    f(L::load(mixed)).store(alone);
    for (std::size_t i = 0; i < L::kWidth; ++i) CHECK_EQ(alone[i], first(f(L(mixed[i]))));
  };
  check([](auto x) { return ndtri(x); });
  check([](auto x) { return erfinv(x); });
  check([](auto x) { return ndtri_exp(-1.0 / x); });
  check([](auto x) { return log_ndtr(x - 0.5); });
  check([](auto x) { return log_ndtr_difference(x - 0.5, 10.0 * x); });
  check([](auto x) { return log_bessel_i0(16.0 * x); });
  check([](auto x) { return log_bessel_i1(16.0 * x); });
  check([](auto x) { return bessel_ratio(16.0 * x); });
}
