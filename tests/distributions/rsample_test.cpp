#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>

#include "distribution_table.hpp"

// Gradients through draws.

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::Parameters;
using evident::testing::reference_sets;
using evident::testing::ReferenceSet;

namespace {

// Leaves of these parameters, one of each for every draw, so that each draw has a gradient of its
// own.
std::vector<Var> repeated(const Parameters& parameters, std::size_t draws) {
  std::vector<Var> leaves;
  for (const double p : parameters) leaves.push_back(Var::parameter(full({draws}, p)));
  return leaves;
}

}  // namespace

TEST_CASE("rsample: the mean of the gradients is the gradient of the mean") {
  constexpr std::size_t kDraws = 40000;
  constexpr double rounding = sizeof(real) == 8 ? 1e-12 : 1e-5;
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      const ReferenceSet& first = reference_sets(row.reference)[0];
      if (!row.any()->reparameterised() || !first.answers.at("mean")) continue;
      if (!std::isfinite(first.answers.at("mean")->data()[0])) continue;
      for (const Parameters& parameters : row.ordinary) {
        std::vector<Var> leaves;
        for (const double p : parameters) leaves.push_back(Var::parameter(scalar(p)));
        std::vector<Array> of_mean;
        {
          Tape tape;
          of_mean = tape.gradients(row.make(leaves)->mean() + 0.0, leaves);
        }
        const std::vector<Var> each = repeated(parameters, kDraws);
        Rng rng(11, "rsample");
        Tape tape;
        const auto of_draws = tape.gradients(sum(row.make(each)->rsample(rng)), each);
        for (std::size_t k = 0; k < leaves.size(); ++k) {
          const Var g(of_draws[k]);
          const double average = mean(g).item(), expected = of_mean[k]();
          const double error = std::sqrt(variance(g, {0}).item() / kDraws);
          CHECK_MESSAGE(std::abs(average - expected) <=
                            5 * error + rounding * std::max(1.0, std::abs(expected)),
                        row.reference << " at " << parameters[0] << ", in " << k << ": " << average
                                      << " +- " << error << " in place of " << expected);
        }
      }
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("rsample: a draw moves with its parameters as the quantile does") {
  constexpr std::size_t kDraws = 200;
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      if (!row.any()->reparameterised()) continue;
      for (const Parameters& parameters : row.ordinary) {
        const std::vector<Var> each = repeated(parameters, kDraws);
        Rng rng(12, "rsample");
        Tape tape;
        const Var x = row.make(each)->rsample(rng);
        const auto gradients = tape.gradients(sum(x), each);
        // At the draw's own probability; from the side of the smaller tail nothing is lost.
        const Var p(row.at(parameters)->cdf(Var(x.value())).value());
        for (std::size_t k = 0; k < parameters.size(); ++k) {
          const double h = 1e-4 * std::max(0.1, std::abs(parameters[k]));
          const auto moved = [&](double by) {
            Parameters at = parameters;
            at[k] += by * h;
            return row.at(at)->icdf(p);
          };
          const Array slope =
              ((8.0 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * h)).value();
          for (std::size_t i = 0; i < kDraws; ++i) {
            const double got = gradients[k].data()[i], expected = slope.data()[i];
            const double q = p.value().data()[i];
            if (std::min(q, 1 - q) < 1e-3) continue;
            CHECK_MESSAGE(std::abs(got - expected) <= 1e-6 * std::max(1.0, std::abs(expected)),
                          row.reference << " at " << parameters[0] << ", in " << k << ", draw "
                                        << x.value().data()[i] << ": " << got << " in place of "
                                        << expected);
          }
        }
      }
    }
  }
}
#endif

TEST_CASE("rsample: is from_noise of noise, and sample is its value") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      const DistributionPointer d = row.at(reference_sets(row.reference)[0].at);
      CAPTURE(row.reference);
      Rng a(12, "noise"), b(12, "noise"), c(12, "noise");
      const Array drawn = d->sample(a, {5});
      CHECK(drawn.shape() == joined({5}, d->event_shape()));
      if (d->reparameterised()) {
        CHECK(d->rsample(b, {5}).value() == drawn);
        CHECK(d->from_noise(d->noise(c, {5})).value() == drawn);
      } else {
        CHECK_THROWS_WITH_AS(d->rsample(b), doctest::Contains("not differentiable"), Error);
        CHECK_THROWS_WITH_AS(d->noise(b, {}), doctest::Contains("rsample: draws of "), Error);
        CHECK_THROWS_WITH_AS(d->from_noise(drawn), doctest::Contains("from_noise: draws"), Error);
      }
    }
  }
}

TEST_CASE("rsample: a draw without a gradient is not recorded") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      std::vector<Var> leaves;
      for (const Array& p : reference_sets(row.reference)[0].at)
        leaves.push_back(Var::parameter(p));
      const DistributionPointer d = row.make(leaves);
      Rng rng(13, "sample");
      Tape tape;
      d->sample(rng);
      CAPTURE(row.reference);
      CHECK(tape.size() == 0);
    }
  }
}
