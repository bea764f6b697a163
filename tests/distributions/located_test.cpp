#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/uniform.hpp>
#include <limits>

#include "distribution_table.hpp"

// Where the distributions of `located_rows.cpp` are hard to compute.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::kInf;
using evident::testing::Parameters;

namespace {

constexpr double kMax = static_cast<double>(std::numeric_limits<real>::max());
constexpr double kEpsilon = static_cast<double>(std::numeric_limits<real>::epsilon());

using Function = Var (Distribution::*)(const Var&) const;
constexpr Function kLogProb = &Distribution::log_prob, kCdf = &Distribution::cdf,
                   kLogCdf = &Distribution::log_cdf, kLogSurvival = &Distribution::log_survival,
                   kIcdf = &Distribution::icdf;

const std::vector<std::pair<const char*, std::vector<Parameters>>> kSets = {
    {"Cauchy", {{0, 1}, {0, 0x1p-100}, {2, 0x1p100}}},
    {"Exponential", {{1}, {0x1p-100}, {0x1p100}}},
    {"Gumbel", {{0, 1}, {0, 0x1p-100}, {2, 0x1p100}}},
    {"HalfCauchy", {{1}, {0x1p-100}, {0x1p100}}},
    {"HalfNormal", {{1}, {0x1p-100}, {0x1p100}}},
    {"Laplace", {{0, 1}, {0, 0x1p-100}, {2, 0x1p100}}},
    {"LogNormal", {{0, 1}, {0, 0x1p-30}, {2, 40}}},
    {"Logistic", {{0, 1}, {0, 0x1p-100}, {2, 0x1p100}}},
    {"StudentT", {{3, 0, 1}, {3, 0, 0x1p-100}, {0.5, 2, 0x1p100}, {0x1p90, 0, 0x1p-30}}},
    {"Uniform", {{0, 1}, {-1, 0x1p100}, {-kMax, kMax}}},
};

// What mpmath says, with the relative accuracy of the type.
struct Case {
  const char* type;
  Parameters at;
  Function function;
  double x, expected;
};

const Case kCases[] = {
    // Both tails, and quotients and squares that are no numbers of the type.
    {"Cauchy", {0, 1}, kCdf, -0x1p100, 2.5110222495574234811e-31},
    {"Cauchy", {0, 1}, kLogCdf, 0x1p100, -2.5110222495574234811e-31},
    {"Cauchy", {0, 1}, kLogSurvival, 0x1p100, -70.459447941843931116},
    {"Cauchy", {0, 0x1p-100}, kLogCdf, -0x1p100, -139.77416599783846206},
    {"Cauchy", {0, 0x1p-100}, kLogProb, 0x1p100, -209.088884053832993},
    {"Cauchy", {0, 1}, kIcdf, 0x1p-100, -4.0350571827946162986e29},
    {"Cauchy", {0, 1}, kIcdf, 0.5 + 0x1p-20, 2.9960562263481075795e-6},
    {"Cauchy", {0, 1}, kIcdf, 1 - 0x1p-20, 333772.10721405580179},
    {"HalfCauchy", {1}, kCdf, 0x1p-100, 5.0220444991148469621e-31},
    {"HalfCauchy", {1}, kLogSurvival, 0x1p100, -69.766300761283985806},
    {"HalfCauchy", {1}, kLogSurvival, 0x1p-30, -5.9289836562825995888e-10},
    {"HalfCauchy", {0x1p100}, kLogCdf, 0x1p-100, -139.08101881727851675},
    {"HalfCauchy", {1}, kIcdf, 0x1p-60, 1.3624486320346218357e-18},
    {"HalfCauchy", {1}, kIcdf, 1 - 0x1p-20, 667544.21442960963169},
    {"Gumbel", {0, 1}, kLogSurvival, -3, -1.8921786966284627424e-9},
    {"Gumbel", {0, 1}, kLogSurvival, 20, -20.000000001030576811},
    {"Gumbel", {0, 1}, kLogSurvival, 0x1p100, -0x1p100},
    {"Gumbel", {0, 1}, kLogCdf, 50, -1.928749847963917783e-22},
    {"Gumbel", {0, 1}, kIcdf, 0x1p-60, -3.7278316416404363578},
    {"Gumbel", {0, 1}, kIcdf, 1 - 0x1p-20, 13.862943134361558507},
    {"HalfNormal", {1}, kLogCdf, 0x1p-100, -69.540509408639258374},
    {"HalfNormal", {0x1p100}, kLogCdf, 0x1p-100, -138.85522746463378932},
    {"HalfNormal", {1}, kLogCdf, 5, -5.7330330809669795542e-7},
    {"HalfNormal", {1}, kLogSurvival, 40, -803.91529483319384286},
    {"HalfNormal", {1}, kLogSurvival, 0x1p-30, -7.4308790368895469107e-10},
    {"HalfNormal", {1}, kIcdf, 0x1p-60, 1.087076728387408954e-18},
    {"HalfNormal", {1}, kIcdf, 1 - 0x1p-20, 4.9009642079631930118},
    {"Exponential", {1}, kCdf, 0x1p-60, 8.6736173798840354683e-19},
    {"Exponential", {1}, kLogCdf, 20, -2.0611536245627349585e-9},
    {"Exponential", {0x1p-100}, kLogCdf, 0x1p-100, -138.62943611198906188},
    {"Exponential", {1}, kLogSurvival, 0x1p100, -0x1p100},
    {"Exponential", {1}, kIcdf, 0x1p-60, 8.6736173798840354758e-19},
    {"Exponential", {1}, kIcdf, 1 - 0x1p-20, 13.862943611198906188},
    {"Logistic", {0, 1}, kLogCdf, 20, -2.0611536203143807032e-9},
    {"Logistic", {0, 1}, kLogCdf, -100, -100},
    {"Logistic", {0, 1}, kIcdf, 0.5 + 0x1p-20, 3.8146972656296259293e-6},
    {"Logistic", {0, 1}, kIcdf, 0x1p-60, -41.588830833596718564},
    {"Laplace", {0, 1}, kLogCdf, 20, -1.0305768117503231963e-9},
    {"Laplace", {0, 1}, kLogSurvival, 100, -100.69314718055994531},
    {"Laplace", {0, 1}, kLogSurvival, -20, -1.0305768117503231963e-9},
    {"Laplace", {0, 1}, kIcdf, 0.5 + 0x1p-20, 1.9073504518042165138e-6},
    {"Laplace", {0, 1}, kIcdf, 0x1p-60, -40.895683653036773256},
    {"LogNormal", {0, 1}, kLogCdf, 0x1p-100, -2407.4228734183249434},
    {"LogNormal", {0, 1}, kLogSurvival, 0x1p100, -2407.4228734183249434},
    // Where the rounding of log x, which the scale divides, would be most of the answer.
    {"LogNormal", {5, 0x1p-10}, kLogCdf, 146.25, -116.65771038541656462},
    {"LogNormal", {5, 0x1p-10}, kLogSurvival, 148.5, -1.2924858087632261667},
    {"StudentT", {3, 0, 0x1p-100}, kLogProb, 0x1p-100, 67.738465061467459376},
    {"StudentT", {3, 0, 0x1p-60}, kLogProb, 0x1p60, -289.92548010746432028},
    {"StudentT", {3, 0, 0x1p-100}, kLogProb, 0x1p100, -484.00669066424900692},
    {"Uniform", {0, 1}, kLogCdf, 1 - 0x1p-20, -9.5367477115389000725e-7},
    {"Uniform", {0, 1}, kLogSurvival, 0x1p-60, -8.6736173798840354758e-19},
    {"Uniform", {-kMax, kMax}, kCdf, kMax / 2, 0.75},
    {"Uniform", {-kMax, kMax}, kIcdf, 0.25, -kMax / 2},
    {"Uniform",
     {-kMax, kMax},
     kLogProb,
     1,
     sizeof(real) == 8 ? -710.47586007394394204 : -89.415986232628298363},
};

// The gradients of a function of one value in the parameters and in the value.
std::vector<Array> gradients_of(const DistributionRow& row, const Parameters& at, Function f,
                                double x) {
  std::vector<Var> leaves;
  for (const double p : at) leaves.push_back(Var::parameter(scalar(p)));
  leaves.push_back(Var::parameter(scalar(x)));
  Tape tape;
  const Var value = (*row.make({leaves.begin(), leaves.end() - 1}).*f)(leaves.back());
  return tape.gradients(value, leaves);
}

template <class F>
void check_error(F f, const char* message) {
  CHECK_THROWS_WITH_AS(f(), doctest::Contains(message), Error);
}

}  // namespace

TEST_CASE("located: tails and quantiles with the relative accuracy of the type") {
  for (const Case& c : kCases) {
    const double got = (*distribution_row(c.type).at(c.at).*c.function)(c.x).item();
    CAPTURE(c.type);
    CAPTURE(c.x);
    CAPTURE(got);
    CHECK(std::abs(got / c.expected - 1) <= 8 * kEpsilon);
  }
}

TEST_CASE(
    "located: slopes of StudentT's log density where t or its square is no number of the type") {
  for (const double far : {0x1p60, 0x1p100}) {
    const auto g = gradients_of(distribution_row("StudentT"), {3, 0, 1 / far}, kLogProb, far);
    CAPTURE(far);
    CHECK(g[1]() == doctest::Approx(4 / far).epsilon(8 * kEpsilon));
    CHECK(g[2]() == doctest::Approx(3 * far).epsilon(8 * kEpsilon));  // of -log scale too
    CHECK(g[3]() == doctest::Approx(-4 / far).epsilon(8 * kEpsilon));
  }
}

TEST_CASE("located: no gradient is NaN, at either end, at kinks and at any distance") {
  for (const auto& [type, sets] : kSets) {
    const DistributionRow& row = distribution_row(type);
    for (const Parameters& at : sets) {
      for (const Function f : {kLogProb, kCdf, kLogCdf, kLogSurvival}) {
        for (const double x : {-kInf, -kMax, -0x1p100, -1000.0, -1.0, -0.0, 0.0, 0x1p-100, 1.0, 2.0,
                               1000.0, 0x1p100, kMax, kInf}) {
          CAPTURE(std::string(type));
          CAPTURE(at.back());
          CAPTURE(x);
          CHECK_FALSE(std::isnan((*row.at(at).*f)(x).item()));
          for (const Array& g : gradients_of(row, at, f, x)) CHECK_FALSE(std::isnan(g()));
        }
        CHECK(std::isnan((*row.at(at).*f)(std::nan("")).item()));
      }
      for (const double p : {-0.0, 0.0, 0x1p-100, 0.25, 0.5, 0.75, 1 - kEpsilon, 1.0}) {
        CAPTURE(std::string(type));
        CAPTURE(at.back());
        CAPTURE(p);
        for (const Array& g : gradients_of(row, at, kIcdf, p)) CHECK_FALSE(std::isnan(g()));
      }
    }
  }
}

TEST_CASE("located: the ends of the support") {
  for (const auto& [type, sets] : kSets) {
    for (const Parameters& at : sets) {
      const DistributionPointer d = distribution_row(type).at(at);
      CAPTURE(std::string(type));
      CAPTURE(at.back());
      const double low = d->support().lower().array()(), high = d->support().upper().array()();
      CHECK(d->icdf(0.0).item() == low);
      CHECK(d->icdf(-0.0).item() == low);
      CHECK(d->icdf(1.0).item() == high);
      for (const double outside : {-1e-30, 1 + 2 * kEpsilon, kInf, -kInf, std::nan("")}) {
        CHECK(std::isnan(d->icdf(outside).item()));
      }
      CHECK(d->cdf(-kInf).item() == 0);
      CHECK(d->log_cdf(-kInf).item() == -kInf);
      CHECK(d->log_survival(-kInf).item() == 0);
      CHECK(d->cdf(kInf).item() == 1);
      CHECK(d->log_cdf(kInf).item() == 0);
      CHECK(d->log_survival(kInf).item() == -kInf);
      for (const double end : {-kInf, kInf}) CHECK(d->log_prob(end).item() == -kInf);
    }
  }
}

TEST_CASE("located: draws of the first and the last cell of the unit interval are finite") {
  constexpr double kCell = sizeof(real) == 4 ? 0x1p-24 : 0x1p-53;
  for (const auto& [type, sets] : kSets) {
    const DistributionPointer d = distribution_row(type).at(sets[0]);
    CAPTURE(std::string(type));
    for (const double u : {kCell, 0.5 - kCell, 0.5 + kCell, 1 - kCell}) {
      CHECK(std::isfinite(d->icdf(u).item()));
    }
  }
  const Array cells = vector({kCell, 1 - kCell});
  const Array drawn = Uniform(-kMax, kMax).from_noise(cells).value();
  CHECK(std::abs(static_cast<double>(drawn(0)) / -kMax - 1) <= 2 * kEpsilon);
  CHECK(std::abs(static_cast<double>(drawn(1)) / kMax - 1) <= 2 * kEpsilon);
  // So narrow that rounding could lead outside.
  const Uniform narrow(1.0, 1.0 + kEpsilon);
  Rng rng(51, "narrow");
  CHECK_FALSE(narrow.support().first_outside(narrow.sample(rng, {1000})).has_value());
}

TEST_CASE("located: logarithms of draws that are no numbers") {
  constexpr double kShift = sizeof(real) == 4 ? 126 : 1022;
  const double tiny = std::exp2(-kShift), huge = std::exp2(kShift);
  const auto check = [&](const Distribution& far, const Distribution& near, double log_ratio) {
    CAPTURE(far.name());
    Rng a(52, "far"), b(52, "far");
    const Array got = far.sample_log(a, {100}), of_near = near.sample_log(b, {100});
    for (std::size_t i = 0; i < got.size(); ++i) {
      const auto expected = static_cast<double>(of_near.data()[i]) + log_ratio;
      CHECK(std::abs(got.data()[i] - expected) <= 4 * kEpsilon * std::abs(expected));
    }
  };
  const double shift = kShift * std::log(2.0);
  check(Exponential(huge), Exponential(1), -shift);
  check(HalfNormal(tiny), HalfNormal(1), -shift);
  check(HalfCauchy(tiny), HalfCauchy(1), -shift);
  check(LogNormal(-1e4, 1), LogNormal(0, 1), -1e4);
}

TEST_CASE("located: kinks and ties") {
  const DistributionRow& laplace = distribution_row("Laplace");
  const auto slopes = gradients_of(laplace, {1, 4}, kLogProb, 1);
  CHECK(slopes[0]() == 0);
  CHECK(slopes[1]() == -0.25);
  CHECK(slopes[2]() == 0);
  CHECK(gradients_of(laplace, {1, 4}, kCdf, 1)[2]() == 0.125);
  CHECK(gradients_of(laplace, {1, 4}, kLogCdf, 1)[2]() == 0.25);
  CHECK(gradients_of(laplace, {1, 4}, kLogSurvival, 1)[2]() == -0.25);
  CHECK(Uniform(2, 4).mode().item() == 2);
  check_error([] { Uniform(2, 4).modes(); },
              "Uniform: there is no modes: every point of [low, high] is a mode: use support()");
  CHECK(gradients_of(distribution_row("Uniform"), {2, 4}, kLogProb, 2)[0]() == 0.5);
}

TEST_CASE("located: moments whose factors are out of range, and those that do not exist") {
  CHECK(LogNormal(-900, 30).variance().item() == 1);
  CHECK(LogNormal(0, 0x1p-60).variance().item() == doctest::Approx(0x1p-120).epsilon(1e-6));
  CHECK(LogNormal(0, 60).variance().item() == kInf);
  CHECK(Uniform(-kMax, kMax).mean().item() == 0);
  CHECK(Uniform(-kMax, kMax).variance().item() == kInf);
  CHECK(Uniform(kMax / 2, kMax).mean().item() == static_cast<real>(0.75 * kMax));
  CHECK(HalfCauchy(ones({3})).mean().value() == full({3}, kInf));
  CHECK(HalfCauchy(1).variance().item() == kInf);
  check_error([] { Cauchy(0, 1).mean(); },
              "Cauchy: there is no mean: its integral diverges: use median()");
  check_error([] { Cauchy(0, 1).variance(); }, "Cauchy: there is no variance: ");
}

TEST_CASE("located: shapes of broadcast parameters and of nothing at all") {
  const Var column(reshaped(vector({-1, 0, 2}), {3, 1})), row(vector({3, 4, 5, 6}));
  for (const char* type : {"Cauchy", "Gumbel", "Laplace", "LogNormal", "Logistic", "Uniform"}) {
    CAPTURE(std::string(type));
    const DistributionRow& of = distribution_row(type);
    for (const auto& [d, batch] : {std::pair{of.make({column, row}), Shape{3, 4}},
                                   std::pair{of.make({zeros({0}), ones({0})}), Shape{0}}}) {
      CHECK(d->batch_shape() == batch);
      for (const auto answer :
           {&Distribution::median, &Distribution::mode, &Distribution::entropy}) {
        CHECK(((*d).*answer)().shape() == batch);
      }
      if (std::string(type) != "Cauchy") {
        CHECK(d->mean().shape() == batch);
        CHECK(d->variance().shape() == batch);
      }
      for (const Function f : {kLogProb, kCdf, kLogCdf, kLogSurvival, kIcdf}) {
        CHECK(((*d).*f)(0.5).shape() == batch);
      }
      Rng rng(53, "shapes");
      CHECK(d->rsample(rng, {2}).shape() == joined({2}, batch));
    }
  }
  const Uniform batch(column, row);
  CHECK(batch.support().first_outside(full({3, 4}, 2.5)) == std::nullopt);
  CHECK(batch.support().first_outside(full({3, 4}, 3.5)) == 0);
  CHECK(batch.support().first_outside(full({3, 4}, 0.5)) == 8);
}

TEST_CASE("located: errors name the parameter and its place") {
  check_error([] { Laplace(0, 0); }, "Laplace: scale must be a positive number, got 0");
  check_error([] { Gumbel(kInf, 1); }, "Gumbel: loc must be a finite number, got inf");
  check_error(
      [] {
        Exponential(vector({1, -2}));
      },
      "Exponential: rate must be a positive number, got -2 at index 1 of shape (2)");
  check_error([] { HalfNormal(+kInf); }, "HalfNormal: scale must be a positive number, got inf");
  check_error([] { Uniform(2, 2); }, "Uniform: low must be less than high, got low 2 and high 2");
  check_error(
      [] {
        Uniform(vector({0, 1, 2}), vector({1, 2, 1.5}));
      },
      "got low 2 and high 1.5 at index 2 of the batch shape (3)");
  check_error([] { Uniform(0, kInf); }, "Uniform: high must be a finite number, got inf");
  CHECK_THROWS_AS(Logistic(zeros({3}), ones({4})), ShapeError);
}
