#include <doctest/doctest.h>

#include "distribution_table.hpp"

#ifdef EVIDENT_F64
#include <algorithm>
#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>

#include "quadrature.hpp"

// What must hold between the functions of one distribution, whatever its numbers.

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::integral;
using evident::testing::kInf;
using evident::testing::Parameters;
using evident::testing::reference_sets;
using evident::testing::ReferenceSet;

namespace {

bool has_cdf(const DistributionRow& row) {
  const ReferenceSet& set = reference_sets(row.reference)[0];
  return set.points[0].answers.count("cdf") == 1;
}

// Takes out the parameters that are whole numbers; whether anything is left.
bool differentiates(const Distribution& d, std::vector<bool>* differentiate) {
  const std::vector<Parameter> parameters = d.parameters();
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    if (parameters[k].constraint.discrete()) (*differentiate)[k] = false;
  }
  return std::find(differentiate->begin(), differentiate->end(), true) != differentiate->end();
}

// Values well inside the support, with outcomes on either side.
Array inner_values(const Distribution& d) {
  std::vector<double> values;
  for (const double p : {0.11, 0.37, 0.52, 0.83}) {
    const double x = d.icdf(p).item();
    if (std::isfinite(d.log_survival(x).item())) values.push_back(x);
  }
  return vector(values);
}

}  // namespace

TEST_CASE("densities: between two quantiles they integrate, or sum, to the difference") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      if (!has_cdf(row)) continue;
      for (const Parameters& parameters : row.ordinary) {
        const DistributionPointer d = row.at(parameters);
        const double from = d->icdf(0.05).item(), to = d->icdf(0.95).item();
        const auto density = [&](double x) { return std::exp(d->log_prob(x).item()); };
        double mass = 0;
        if (d->support().discrete()) {
          for (double k = from + 1; k <= to; ++k) mass += density(k);
        } else {
          mass = integral(density, from, to);
        }
        const double expected = d->cdf(to).item() - d->cdf(from).item();
        CHECK_MESSAGE(std::abs(mass - expected) < 1e-9,
                      row.reference << " at " << parameters[0] << ": " << mass << " " << expected);
      }
    }
  }
}

TEST_CASE("densities: the cdf of a quantile is the probability") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      if (!has_cdf(row)) continue;
      for (const Parameters& parameters : row.ordinary) {
        const DistributionPointer d = row.at(parameters);
        for (const double p : {1e-9, 0.01, 0.3, 0.5, 0.77, 0.999}) {
          const double x = d->icdf(p).item();
          CAPTURE(row.reference);
          CAPTURE(parameters[0]);
          CAPTURE(p);
          if (d->support().discrete()) {
            CHECK(d->cdf(x).item() >= p * (1 - 1e-14));
            const double before = d->cdf(x - 1).item();
            CHECK((before < p || x == d->icdf(0.0).item()));
          } else {
            // x itself has rounded.
            const double rounding = std::exp(d->log_prob(x).item()) * std::abs(x) * 1e-15;
            CHECK(std::abs(d->cdf(x).item() - p) < 1e-9 * p + rounding);
          }
          CHECK(std::abs(std::exp(d->log_cdf(x).item()) - d->cdf(x).item()) < 1e-13);
          CHECK(std::abs(std::exp(d->log_survival(x).item()) + d->cdf(x).item() - 1) < 1e-13);
        }
      }
    }
  }
}

TEST_CASE("densities: gradients of log_prob, whichever are wanted") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      if (!has_cdf(row)) continue;
      for (const Parameters& parameters : row.ordinary) {
        std::vector<Array> inputs;
        for (const double p : parameters) inputs.push_back(scalar(p));
        inputs.push_back(inner_values(*row.at(parameters)));
        const bool discrete = row.at(parameters)->support().discrete();
        // Which arguments need a gradient chooses the loops that run.
        for (unsigned choice = 1; choice < (1U << inputs.size()); ++choice) {
          std::vector<bool> differentiate;
          for (std::size_t k = 0; k < inputs.size(); ++k) {
            differentiate.push_back(((choice >> k) & 1U) != 0);
          }
          if (discrete && differentiate.back()) continue;
          if (!differentiates(*row.at(parameters), &differentiate)) continue;
          const auto check = check_gradients(
              [&](const std::vector<Var>& in) {
                return row.make({in.begin(), in.end() - 1})->log_prob(in.back());
              },
              inputs, differentiate);
          CHECK_MESSAGE(check.passed,
                        row.reference << " at " << parameters[0] << ": " << check.message);
        }
      }
    }
  }
}

TEST_CASE("densities: gradients of the distribution function and of the moments") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      const ReferenceSet& set = reference_sets(row.reference)[0];
      for (const Parameters& parameters : row.ordinary) {
        std::vector<Array> inputs;
        for (const double p : parameters) inputs.push_back(scalar(p));
        std::vector<bool> differentiate(parameters.size(), true);
        if (!differentiates(*row.at(parameters), &differentiate)) continue;
        const auto check = [&](const std::string& what, const auto& f) {
          const auto found = check_gradients(f, inputs, differentiate);
          CHECK_MESSAGE(found.passed, row.reference << " " << what << " at " << parameters[0]
                                                    << ": " << found.message);
        };
        const DistributionPointer d = row.at(parameters);
        if (set.answers.at("mean") && std::isfinite(d->mean().item())) {
          check("mean", [&](const std::vector<Var>& in) { return row.make(in)->mean() + 0.0; });
        }
        if (set.answers.at("variance") && std::isfinite(d->variance().item())) {
          check("variance", [&](const std::vector<Var>& in) { return row.make(in)->variance(); });
        }
        if (set.answers.at("entropy")) {
          check("entropy", [&](const std::vector<Var>& in) { return row.make(in)->entropy(); });
        }
        if (!has_cdf(row)) continue;
        const Var x(inner_values(*row.at(parameters)));
        check("cdf", [&](const std::vector<Var>& in) { return row.make(in)->cdf(x); });
        check("log_cdf", [&](const std::vector<Var>& in) { return row.make(in)->log_cdf(x); });
        check("log_survival",
              [&](const std::vector<Var>& in) { return row.make(in)->log_survival(x); });
      }
    }
  }
}
#endif
