#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <regex>
#include <set>

#include "../sources.hpp"
#include "distribution_table.hpp"

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::headers;
using evident::testing::lines_of;
using evident::testing::Parameters;
using evident::testing::Reference;
using evident::testing::references_of;

namespace {

constexpr double kTolerance = sizeof(real) == 8 ? 1e-12 : 1e-5;

bool agrees(double got, double expected) {
  // What is below the smallest normal number need not be kept.
  const double floor = static_cast<double>(std::numeric_limits<real>::min());
  return got == expected || std::abs(got - expected) <= kTolerance * std::abs(expected) + floor;
}

#ifdef EVIDENT_F64
// Values along the real line, or all of {0, 1}^event, shape (n, event).
Array values_of(const DistributionRow& row, const Reference& at) {
  const std::size_t axes = size_of(row.event);
  const std::size_t each = row.discrete ? 2 : axes == 1 ? 4001 : 241;
  std::size_t count = 1;
  for (std::size_t k = 0; k < axes; ++k) count *= each;
  Array values = uninitialised(joined({count}, row.event));
  const double scale = std::sqrt(at.variance);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0, rest = i; k < axes; ++k, rest /= each) {
      const auto step = static_cast<double>(rest % each);
      const double z = -12 + 24 * step / static_cast<double>(each - 1);
      values.data()[i * axes + k] = static_cast<real>(row.discrete ? step : at.mean + z * scale);
    }
  }
  return values;
}

// The volume that one of those values stands for.
double cell_of(const DistributionRow& row, const Reference& at) {
  if (row.discrete) return 1;
  const double step = 24 * std::sqrt(at.variance) / (row.event.empty() ? 4000 : 240);
  return std::pow(step, row.copies());
}
#endif

}  // namespace

TEST_CASE("distributions: log_prob, mean, variance and entropy are mpmath's and scipy's") {
  for (const DistributionRow& row : distribution_table()) {
    const double n = row.copies();
    std::size_t count = 0;
    for (const Reference& at : references_of(row, true)) {
      ++count;
      CAPTURE(row.name());
      CAPTURE(at.parameters[0]);
      CAPTURE(at.x);
      const DistributionPointer d = row.at(at.parameters);
      const double log_prob = d->log_prob(full(row.event, at.x)).item();
      const double entropy = d->entropy().item();
      CHECK_MESSAGE(agrees(log_prob, n * at.log_prob), log_prob << " " << n * at.log_prob);
      CHECK_MESSAGE(agrees(entropy, n * at.entropy), entropy << " " << n * at.entropy);
      const Array mean = d->mean().value();
      const Array variance = d->variance().value();
      for (std::size_t i = 0; i < size_of(row.event); ++i) {
        CHECK(agrees(static_cast<double>(mean.data()[i]), at.mean));
        CHECK(agrees(static_cast<double>(variance.data()[i]), at.variance));
      }
      CHECK_FALSE(d->first_outside_support(full(row.event, at.x)).has_value());
    }
    CHECK(count >= 14);
  }
}

TEST_CASE("distributions: batches give the same numbers as one at a time") {
  for (const DistributionRow& row : distribution_table()) {
    const auto all = references_of(row, true);
    const std::size_t each = size_of(row.event);
    std::vector<Var> parameters;
    for (std::size_t k = 0; k < all[0].parameters.size(); ++k) {
      Array stacked = uninitialised(joined({all.size()}, row.event));
      for (std::size_t i = 0; i < stacked.size(); ++i) {
        stacked.data()[i] = static_cast<real>(all[i / each].parameters[k]);
      }
      parameters.emplace_back(stacked);
    }
    Array x = uninitialised(joined({all.size()}, row.event));
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(all[i / each].x);
    const DistributionPointer d = row.make(parameters);
    CHECK(d->batch_shape() == Shape{all.size()});
    const Array log_prob = d->log_prob(x).value();
    REQUIRE(log_prob.shape() == Shape{all.size()});
    for (std::size_t i = 0; i < all.size(); ++i) {
      CAPTURE(row.name());
      CAPTURE(i);
      CHECK(agrees(static_cast<double>(log_prob.data()[i]), row.copies() * all[i].log_prob));
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("distributions: probabilities sum to 1, densities integrate to 1") {
  for (const DistributionRow& row : distribution_table()) {
    for (const Reference& at : references_of(row, false)) {
      CAPTURE(row.name());
      CAPTURE(at.parameters[0]);
      const Var log_prob = row.at(at.parameters)->log_prob(values_of(row, at));
      CHECK(sum(exp(log_prob)).item() * cell_of(row, at) == doctest::Approx(1).epsilon(1e-8));
    }
  }
}

TEST_CASE("distributions: the mean, variance and entropy are those of the density") {
  for (const DistributionRow& row : distribution_table()) {
    if (!row.event.empty()) continue;
    for (const Parameters& parameters : row.ordinary) {
      CAPTURE(row.name());
      CAPTURE(parameters[0]);
      const DistributionPointer d = row.at(parameters);
      Reference at{};
      at.mean = d->mean().item();
      at.variance = d->variance().item();
      const Var x(values_of(row, at));
      const Var log_prob = d->log_prob(x);
      const Var weight = exp(log_prob) * cell_of(row, at);
      CHECK(sum(weight * x).item() == doctest::Approx(at.mean).epsilon(1e-9));
      CHECK(sum(weight * square(x - at.mean)).item() == doctest::Approx(at.variance).epsilon(1e-9));
      CHECK(sum(-weight * log_prob).item() == doctest::Approx(d->entropy().item()).epsilon(1e-9));
    }
  }
}

TEST_CASE("distributions: gradients of log_prob, entropy and moments") {
  for (const DistributionRow& row : distribution_table()) {
    for (const Parameters& parameters : row.ordinary) {
      const std::vector<double> points =
          row.discrete ? std::vector<double>{0, 1} : std::vector<double>{-3, 0.2, 1.7, 9};
      Array x = uninitialised(joined({points.size()}, row.event));
      for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = points[i % points.size()];
      std::vector<Array> inputs;
      for (const double p : parameters) inputs.push_back(full(row.event, p));
      const auto moments = check_gradients(
          [&](const std::vector<Var>& in) {
            const DistributionPointer d = row.make(in);
            return sum(d->entropy()) + 3.0 * sum(d->mean()) + 5.0 * sum(d->variance());
          },
          inputs);
      CHECK_MESSAGE(moments.passed, row.name() << ": " << moments.message);
      inputs.push_back(x);
      // Which arguments need a gradient chooses the loops that run.
      for (unsigned choice = 1; choice < (1U << inputs.size()); ++choice) {
        std::vector<bool> differentiate;
        for (std::size_t k = 0; k < inputs.size(); ++k) {
          differentiate.push_back(((choice >> k) & 1U) != 0);
        }
        const auto check = check_gradients(
            [&](const std::vector<Var>& in) {
              return row.make({in.begin(), in.end() - 1})->log_prob(in.back());
            },
            inputs, differentiate);
        CHECK_MESSAGE(check.passed, row.name() << " at " << parameters[0] << ": " << check.message);
      }
    }
  }
}

TEST_CASE("distributions: the gradient through a draw is the derivative of the mean") {
  constexpr std::size_t kDraws = 40000;
  std::size_t rows = 0;
  for (const DistributionRow& row : distribution_table()) {
    if (!row.at(row.ordinary[0])->reparameterised()) continue;
    ++rows;
    for (const Parameters& parameters : row.ordinary) {
      std::vector<Var> leaves;
      for (const double p : parameters) leaves.push_back(Var::parameter(full(row.event, p)));
      std::vector<Array> of_mean;
      {
        Tape tape;
        of_mean = tape.gradients(sum(row.make(leaves)->mean()), leaves);
      }
      // Every draw has parameters of its own, so that the spread of their gradients is known.
      std::vector<Var> repeated;
      for (const Var& leaf : leaves) {
        repeated.push_back(Var::parameter((leaf + zeros(joined({kDraws}, row.event))).value()));
      }
      Rng rng(11, "rsample");
      Tape tape;
      const auto of_draws = tape.gradients(sum(row.make(repeated)->rsample(rng)), repeated);
      for (std::size_t k = 0; k < leaves.size(); ++k) {
        CAPTURE(row.name());
        CAPTURE(k);
        const Var g(of_draws[k]);
        const double average = mean(g).item();
        const double spread = std::sqrt(mean(square(g - average)).item());
        const double error = spread / std::sqrt(static_cast<double>(g.size()));
        CHECK(std::abs(average - static_cast<double>(of_mean[k].data()[0])) <= 5 * error + 1e-12);
      }
    }
  }
  CHECK(rows == 2);
}
#endif

TEST_CASE("distributions: rsample is from_noise of noise, and sample is its value") {
  for (const DistributionRow& row : distribution_table()) {
    const DistributionPointer d = row.at(row.ordinary[1]);
    CAPTURE(row.name());
    Rng a(12, "noise");
    Rng b(12, "noise");
    Rng c(12, "noise");
    const Array drawn = d->sample(a, {5});
    CHECK(drawn.shape() == joined({5}, row.event));
    CHECK(drawn != d->sample(a, {5}));
    if (d->reparameterised()) {
      CHECK(d->rsample(b, {5}).value() == drawn);
      CHECK(d->from_noise(d->noise(c, {5})).value() == drawn);
    } else {
      CHECK_THROWS_WITH_AS(d->rsample(b), doctest::Contains("not differentiable"), Error);
      CHECK_THROWS_WITH_AS(d->noise(b, {}), doctest::Contains("rsample: draws of Bernoulli"),
                           Error);
      CHECK_THROWS_WITH_AS(d->from_noise(drawn), doctest::Contains("from_noise: draws"), Error);
    }
  }
}

TEST_CASE("distributions: a draw without a gradient is not recorded") {
  for (const DistributionRow& row : distribution_table()) {
    std::vector<Var> leaves;
    for (const double p : row.ordinary[0]) leaves.push_back(Var::parameter(full(row.event, p)));
    const DistributionPointer d = row.make(leaves);
    Rng rng(13, "sample");
    Tape tape;
    d->sample(rng);
    CAPTURE(row.name());
    CHECK(tape.size() == 0);
  }
}

TEST_CASE("distributions: every distribution of the library has a row") {
  std::set<std::string> rows;
  for (const DistributionRow& row : distribution_table()) rows.insert(row.type);
  std::size_t declared = 0;
  const std::regex type("class (\\w+) final : public Distribution \\{");
  for (const auto& file : headers("distributions")) {
    for (const std::string& line : lines_of(file)) {
      std::smatch match;
      if (!std::regex_search(line, match, type)) continue;
      ++declared;
      CHECK_MESSAGE(rows.count(match[1]) == 1, match[1].str() << " has no row");
    }
  }
  CHECK(declared == rows.size());
}
