#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <string>
#include <vector>

#include "../numbers.hpp"

// Counts of trials from logits whose probability, or that of a failure, is no number of the type.

using namespace evident;

namespace {

using evident::testing::kInf;
constexpr bool kInDouble = sizeof(real) == 8;
constexpr double kLogitAgreement = kInDouble ? 1e-10 : 1e-5;
constexpr double kFar = kInDouble ? 800 : 110;  // e^-kFar is 0

using Function = Var (Distribution::*)(const Var&) const;
constexpr Function kLogProbOf = &Distribution::log_prob, kCdfOf = &Distribution::cdf,
                   kLogCdfOf = &Distribution::log_cdf, kLogSurvivalOf = &Distribution::log_survival;

struct Made {
  std::string name;
  Var (*answer)(const Var& logits, Function f, double k);
};
const Made kBernoulli{"Bernoulli", [](const Var& l, Function f, double k) {
                        return (Bernoulli::from_logits(l).*f)(k);
                      }};
const Made kBinomial{"Binomial of 5", [](const Var& l, Function f, double k) {
                       return (Binomial::from_logits(5, l).*f)(k);
                     }};
const Made kNegative{"NegativeBinomial of 3", [](const Var& l, Function f, double k) {
                       return (NegativeBinomial::from_logits(3, l).*f)(k);
                     }};

struct LogitCase {
  const Made& made;
  double logit;
  Function function;
  double k, expected, slope;
};

// By the first term, beside which the others are 0.
const LogitCase kLogitCases[] = {
    {kBinomial, -kFar, kLogProbOf, 2, std::log(10) - 2 * kFar, 2},
    {kBinomial, -kFar, kLogSurvivalOf, 1, std::log(10) - 2 * kFar, 2},
    {kBinomial, -kFar, kCdfOf, 1, 1, 0},
    {kBinomial, -kFar, kLogCdfOf, 1, 0, 0},
    {kBinomial, kFar, kLogProbOf, 1, std::log(5) - 4 * kFar, -4},
    {kBinomial, kFar, kLogCdfOf, 1, std::log(5) - 4 * kFar, -4},
    {kBinomial, kFar, kLogSurvivalOf, 1, 0, 0},
    {kNegative, -kFar, kLogProbOf, 2, std::log(6) - 2 * kFar, 2},
    {kNegative, -kFar, kLogSurvivalOf, 1, std::log(6) - 2 * kFar, 2},
    {kNegative, kFar, kLogProbOf, 2, std::log(6) - 3 * kFar, -3},
    {kNegative, kFar, kCdfOf, 1, 0, 0},
    {kNegative, kFar, kLogCdfOf, 1, std::log(4) - 3 * kFar, -3},
    {kNegative, kFar, kLogSurvivalOf, 1, 0, 0},
};

bool agrees_with(double got, double expected) {
  return std::abs(got - expected) <= kLogitAgreement * std::max(1.0, std::abs(expected));
}

}  // namespace

TEST_CASE("logits: probabilities that underflow, by their first term") {
  for (const LogitCase& c : kLogitCases) {
    const Var logits = Var::parameter(scalar(c.logit));
    Tape tape;
    const Var value = c.made.answer(logits, c.function, c.k);
    const double slope = tape.gradients(value, {logits})[0]();
    CAPTURE(c.made.name);
    CAPTURE(c.logit);
    CAPTURE(c.k);
    CAPTURE(value.item());
    CAPTURE(slope);
    CHECK(agrees_with(value.item(), c.expected));
    CHECK(agrees_with(slope, c.slope));
  }
}

TEST_CASE("logits: nothing is NaN at any of them") {
  for (const Made* made : {&kBernoulli, &kBinomial, &kNegative}) {
    for (const double at : {1.0, 50.0, 88.0, 104.0, 700.0, 710.0, 746.0, 1e5, 1e30}) {
      for (const double logit : {-at, at}) {
        for (const Function f : {kLogProbOf, kCdfOf, kLogCdfOf, kLogSurvivalOf}) {
          for (const double k : {0.0, 1.0, 4.0, 1e6, 1e20}) {
            if (f == kLogProbOf && made != &kNegative && k > 1) continue;
            const Var logits = Var::parameter(scalar(logit));
            Tape tape;
            const Var value = made->answer(logits, f, k);
            CAPTURE(made->name);
            CAPTURE(logit);
            CAPTURE(k);
            CHECK_FALSE(std::isnan(value.item()));
            CHECK_FALSE(std::isnan(tape.gradients(value, {logits})[0]()));
          }
        }
      }
    }
  }
}

TEST_CASE("logits: quantiles, moments and draws of a NegativeBinomial whose mean is very large") {
  const double logit = kInDouble ? 600 : 60;
  const Var logits = Var::parameter(scalar(logit));
  Tape tape;
  const NegativeBinomial d = NegativeBinomial::from_logits(1, logits);
  const double size = std::exp(logit);
  // With one failure it is geometric: P(X > k) = p^(k + 1) = exp(-k / size).
  for (const double u : {0.1, 0.5, 0.999}) {
    CHECK(d.icdf(u).item() / size == doctest::Approx(-std::log1p(-u)).epsilon(kLogitAgreement));
  }
  CHECK(d.median().item() / size == doctest::Approx(std::log(2)).epsilon(kLogitAgreement));
  CHECK(d.icdf(0).item() == 0);
  CHECK(d.icdf(1).item() == kInf);
  const Var mean = d.mean();
  CHECK(mean.item() / size == doctest::Approx(1).epsilon(kLogitAgreement));
  CHECK(tape.gradients(mean, {logits})[0]() / size == doctest::Approx(1).epsilon(kLogitAgreement));
  Rng rng(1, "large");
  const std::size_t n = 20000;
  double sum = 0;
  for (const double x : d.sample(rng, {n})) sum += std::log(x) - logit;
  // The logarithm of an exponential number has mean -gamma and variance pi^2 / 6.
  const double error = std::sqrt(1.6449340668482264 / n);
  CHECK(std::abs(sum / n + 0.57721566490153286) <= 5 * error);
  for (const double far : {kFar, 1e5}) {
    const NegativeBinomial beyond = NegativeBinomial::from_logits(1, far);
    for (const double x : beyond.sample(rng, {100})) CHECK(x > 0);
    CHECK(beyond.mean().item() == kInf);
    CHECK(beyond.icdf(0.5).item() == kInf);
  }
}

TEST_CASE("logits: log_prob and entropy of a NegativeBinomial of rare failures") {
  struct Row {
    double count, logit, of_0, of_3, of_2_33, entropy, in_count, in_logit;
  };
  // By mpmath at 40 digits: the sum over the first 4000 counts, Euler and Maclaurin's beyond them.
  const Row rows[] = {
      {0.5, 27, -13.5000000000009398, -14.6631508098122592, -25.5254384517771241,
       27.0906107077600265, 3.467376589013, 0.9999996110765},
      {0.0625, 10, -0.625002837431201054, -4.40494376455355405, -389998.383697025293,
       4.18315839610988626, 45.27573215821, 0.5731155463559},
      {0.0625, 60, -3.75, -7.5298047304247024, -27.9338725205229221, 47.6532930094857891,
       218.7463618657, 0.9812445915956},
      {3, 20, -60.0000000061834609, -57.697414919372876, -32.6506080520023025, 21.8475785113935878,
       0.2101318663035, 0.9999999989694},
  };
  for (const Row& row : rows) {
    INFO("total_count " << row.count << ", logit " << row.logit);
    const auto check = [](double value, double expected) {
      CHECK(std::abs(value - expected) <= kLogitAgreement * std::max(1.0, std::abs(expected)));
    };
    const Var count = Var::parameter(scalar(row.count));
    const Var logits = Var::parameter(scalar(row.logit));
    Tape tape;
    const NegativeBinomial d = NegativeBinomial::from_logits(count, logits);
    const Array log_prob = d.log_prob(vector({0, 3, 0x1p33})).value();
    check(log_prob(0), row.of_0);
    check(log_prob(1), row.of_3);
    check(log_prob(2), row.of_2_33);
    const Var entropy = d.entropy();
    check(entropy.item(), row.entropy);
    const std::vector<Array> slopes = tape.gradients(entropy, {count, logits});
    check(slopes[0](), row.in_count);
    check(slopes[1](), row.in_logit);
  }
}

TEST_CASE("logits: failures that are rarer than a float tells from none are drawn") {
  Rng rng(1, "rare");
  const std::size_t draws = 100000;
  double failures = 0;
  for (const double x : Binomial::from_logits(1e6, 20).sample(rng, {draws})) failures += 1e6 - x;
  const double expected = 1e6 * std::exp(-20) * draws;
  CHECK(std::abs(failures - expected) <= 5 * std::sqrt(expected));
}

TEST_CASE("logits: a wide DiscreteUniform reaches every number") {
  // Those that no middle of 2^23 equal parts is taken to.
  const std::size_t outcomes = 10000001;
  std::vector<bool> reached(outcomes, false);
  for (double part = 0.5; part < 0x1p23; ++part) {
    reached[static_cast<std::size_t>(part * 0x1p-23 * outcomes)] = true;
  }
  double missed = 0;
  for (const bool one : reached) missed += one ? 0 : 1;
  const double share = missed / outcomes;
  Rng rng(1, "wide");
  const std::size_t draws = 200000;
  double seen = 0;
  for (const double x : DiscreteUniform(0, outcomes - 1).sample(rng, {draws})) {
    seen += reached[static_cast<std::size_t>(x)] ? 0 : 1;
  }
  CHECK(std::abs(seen / draws - share) <= 5 * std::sqrt(share * (1 - share) / draws));
}
