#include <doctest/doctest.h>

#include "../numbers.hpp"
#include "../words.hpp"
#include "convergence_reference.hpp"

#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/inference/psis.hpp>
#include <functional>
#include <string>

using namespace evident;
using evident::testing::psis_references;
using evident::testing::PsisReference;

namespace {

constexpr double kTolerance = sizeof(real) == 8 ? 1e-8 : 1e-5;
using evident::testing::kInf;

using evident::testing::contains;

// Excesses with the quantile function (u^-k - 1) / k.
Array pareto(double k, std::size_t n, Rng& rng) {
  Array x = uniform({n}, rng);
  for (real& u : x) {
    u = static_cast<real>(k == 0 ? -std::log(u) : std::expm1(-k * std::log(u)) / k);
  }
  return x;
}

}  // namespace

TEST_CASE("psis: weights, k and effective sample size are those of an independent implementation") {
  for (const PsisReference& row : psis_references()) {
    CAPTURE(row.name);
    const Psis result = psis(vector(row.log_weights));
    CHECK_LE(std::abs(result.k_hat - row.k_hat), kTolerance);
    CHECK_LE(std::abs(result.effective_sample_size / row.effective_sample_size - 1), kTolerance);
    for (std::size_t i = 0; i < row.smoothed.size(); ++i) {
      if (std::isinf(row.smoothed[i])) {
        CHECK_EQ(result.log_weights(i), row.smoothed[i]);
      } else {
        CHECK_LE(std::abs(result.log_weights(i) - row.smoothed[i]),
                 kTolerance * std::max(1.0, std::abs(row.smoothed[i])));
      }
    }
  }
}

// The asymptotic standard error of k is (1 + k) / sqrt(n) (Smith 1987) for k > -1/2; the prior
// draws by 10 (1/2 - k) / (n + 10).
TEST_CASE("psis: the shape of exact Pareto draws is found within 5 standard errors") {
  constexpr std::size_t kExcesses = 10000;
  for (const double k : {-0.3, 0.0, 0.3, 0.7, 1.5}) {
    CAPTURE(k);
    Rng rng(4, "pareto");
    const double n = kExcesses;
    const ParetoTail tail = fit_pareto_tail(pareto(k, kExcesses, rng));
    CHECK_LT(std::abs(tail.k - (n * k + 5) / (n + 10)), 5 * (1 + k) / std::sqrt(n));
    CHECK_LT(std::abs(tail.sigma - 1), 5 * std::sqrt((1 + (1 + k) * (1 + k)) / n));
  }
}

// w = u^-k has the tail of shape k, which 3 sqrt(S) weights tell.
TEST_CASE("psis: k of weights with a known tail, and what it means") {
  struct Row {
    double k;
    const char* advice;
  };
  for (const Row& row : {Row{0.2, "good"}, Row{0.6, "usable"}, Row{1.3, "do not trust"}}) {
    CAPTURE(row.k);
    constexpr std::size_t kDraws = 100000;
    Rng rng(5, "weights");
    Array log_weights = uniform({kDraws}, rng);
    for (real& u : log_weights) u = static_cast<real>(-row.k * std::log(u));
    const Psis result = psis(log_weights);
    const double tail = std::ceil(3 * std::sqrt(kDraws));
    CHECK_EQ(result.tail, tail);
    CHECK_LT(std::abs(result.k_hat - row.k), 5 * (1 + row.k) / std::sqrt(tail));
    CHECK_MESSAGE(result.advice.rfind(row.advice, 0) == 0, result.advice);
    CHECK_EQ(result.k_threshold, 0.7);
  }
}

TEST_CASE("psis: equal weights are perfect ones") {
  for (const double value : {0.0, -1234.5, 800.0}) {
    Array log_weights = full({100}, value);
    const Psis equal = psis(log_weights);
    CHECK_EQ(equal.k_hat, -kInf);
    CHECK_EQ(equal.tail, 0);
    CHECK_EQ(equal.effective_sample_size, doctest::Approx(100).epsilon(1e-12));
    CHECK_EQ(equal.log_weights, log_weights);
    CHECK_MESSAGE(contains(equal.advice, "good: the largest weights are equal"), equal.advice);
  }
  // Equal but for rounding, as those of an exact guide are.
  Rng rng(6, "rounding");
  Array nearly = uniform({200}, rng);
  for (real& value : nearly) value = static_cast<real>(1 + value * 1e-11);
  CHECK_EQ(psis(nearly).k_hat, -kInf);
  // Many equal ones and a few above are not equal.
  Array few = zeros({100});
  few(7) = 3;
  const Psis untold = psis(few);
  CHECK_EQ(untold.k_hat, kInf);
  CHECK_EQ(untold.log_weights, few);
  CHECK_MESSAGE(contains(untold.advice, "do not trust"), untold.advice);
}

TEST_CASE("psis: few draws") {
  Rng rng(7, "few");
  for (const std::size_t draws : {1, 2, 10, 20}) {
    CAPTURE(draws);
    const Array log_weights = standard_normal({draws}, rng);
    const Psis result = psis(log_weights);
    CHECK_EQ(result.k_hat, kInf);
    CHECK_EQ(result.log_weights, log_weights);
    CHECK_LE(result.effective_sample_size, static_cast<double>(draws) * (1 + 1e-12));
    CHECK_MESSAGE(contains(result.advice, "do not trust"), result.advice);
    CHECK_MESSAGE(contains(result.advice, "take at least 21"), result.advice);
  }
  CHECK_LT(std::abs(psis(standard_normal({21}, rng)).k_hat), 10);
  // 100 draws are trusted up to 1 - 1/2.
  CHECK_EQ(psis(standard_normal({100}, rng)).k_threshold, doctest::Approx(0.5));
}

TEST_CASE("psis: smoothing makes the weights' mean steadier") {
  // Of w = u^-0.65, whose mean is 1 / 0.35 and whose variance is infinite.
  constexpr int kRepetitions = 400;
  Rng rng(8, "mean");
  double raw = 0, smoothed = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    Array log_weights = uniform({1000}, rng);
    for (real& u : log_weights) u = static_cast<real>(-0.65 * std::log(u));
    const Array after = psis(log_weights).log_weights;
    double a = 0, b = 0;
    for (std::size_t draw = 0; draw < 1000; ++draw) {
      a += std::exp(log_weights(draw)) / 1000;
      b += std::exp(after(draw)) / 1000;
    }
    raw += (a - 1 / 0.35) * (a - 1 / 0.35) / kRepetitions;
    smoothed += (b - 1 / 0.35) * (b - 1 / 0.35) / kRepetitions;
  }
  CHECK_LT(smoothed, raw);
}

TEST_CASE("psis: errors say what to do") {
  const auto message_of = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const auto expect = [&](const std::function<void()>& call, const std::string& part) {
    const std::string message = message_of(call);
    CHECK_MESSAGE(contains(message, part), message);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect([] { psis(zeros({2, 3})); }, "psis: log weights have shape (2, 3), expected (draws)");
  expect([] { psis(zeros({0})); }, "psis: log weights have shape (0), expected (draws)");
  expect([&] { psis(vector({0, nan, 1})); }, "psis: log weight 1 of 3 is nan, it must be finite");
  expect([] { psis(vector({0, 1, kInf})); }, "psis: log weight 2 of 3 is inf");
  expect([] { psis(full({5}, -kInf)); }, "psis: all of 5 log weights are -inf");
  expect([] { fit_pareto_tail(scalar(1)); }, "fit_pareto_tail: excesses have shape ()");
  expect([] { fit_pareto_tail(vector({1, -2})); }, "fit_pareto_tail: excess 1 of 2 is -2");
  CHECK_EQ(fit_pareto_tail(vector({0, 0, 0, 1})).k, kInf);
}
