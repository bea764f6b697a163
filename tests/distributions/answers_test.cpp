#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <limits>
#include <set>

#include "../patterns.hpp"
#include "../sources.hpp"
#include "distribution_table.hpp"

// What every distribution says, against the numbers of mpmath.

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::headers;
using evident::testing::Match;
using evident::testing::matches;
using evident::testing::read_file;
using evident::testing::reference_sets;
using evident::testing::ReferenceGradient;
using evident::testing::ReferencePoint;
using evident::testing::ReferenceSet;

namespace {

constexpr double kTolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;

bool agrees(double got, double expected) {
  // What the type cannot hold is what it rounds to.
  const auto rounded = static_cast<double>(static_cast<real>(expected));
  if (std::isinf(rounded)) return got == rounded;
  return std::abs(got - expected) <= kTolerance * std::max(1.0, std::abs(expected));
}

// What float cannot know better: how far a function moves when each of its arguments moves by half
// a unit in its last place, as x - loc or x/scale round. The slopes are differences over 256 times
// as much: of an error of the function itself no more than its 256th part gets in here.
template <class F>
double rounding_of_arguments(const F& f, std::vector<Array> arguments) {
  if (sizeof(real) == 8) return 0;
  constexpr real kStep = 128 * std::numeric_limits<real>::epsilon();
  double total = 0;
  for (Array& argument : arguments) {
    for (std::size_t i = 0; i < argument.size(); ++i) {
      const real value = argument.data()[i];
      if (!std::isfinite(value)) continue;
      double ends[2] = {0, 0};
      try {
        for (const int end : {0, 1}) {
          argument.data()[i] = value * (end == 0 ? 1 - kStep : 1 + kStep);
          ends[end] = f(arguments);
        }
        const double moved = std::abs(ends[1] - ends[0]) / 512;
        if (std::isfinite(moved)) total += moved;
      } catch (const Error&) {
        // Whole numbers do not round, and there is nothing beyond the end of a domain.
      }
      argument.data()[i] = value;
    }
  }
  return total;
}

// The same of a function of these arguments.
template <class F>
bool agrees(double got, double expected, const F& f, const std::vector<Array>& arguments) {
  return agrees(got, expected) ||
         std::abs(got - expected) <=
             kTolerance * std::max(1.0, std::abs(expected)) + rounding_of_arguments(f, arguments);
}

// What the rounding of the terms of a gradient costs where they cancel.
double rounding_of_gradient(const DistributionRow& row, const ReferenceSet& set) {
  if (row.reference == "Weibull") {  // (k - 1)/x and k/x (x/scale)^k cancel
    return std::numeric_limits<real>::epsilon() * static_cast<double>(set.at[1]());
  }
  if (row.reference == "Beta") {  // (a - 1)/x and (b - 1)/(1 - x) cancel
    return std::numeric_limits<real>::epsilon() *
           (static_cast<double>(set.at[0]()) + static_cast<double>(set.at[1]()));
  }
  return 0;
}

// Whether a value is as near to an end of the turn about loc as x - loc rounds: the logarithm of
// the distance, and of the probability beyond, is then anybody's.
bool is_at_rounded_end(const DistributionRow& row, const ReferenceSet& set, const Array& x) {
  if (row.reference != "VonMises") return false;
  const double from_loc = std::abs(static_cast<double>(x()) - static_cast<double>(set.at[0]()));
  return set.at[0]() != 0 &&
         std::abs(from_loc - 3.14159265358979323846) < 45 * std::numeric_limits<real>::epsilon();
}

using Answer = std::function<Var(const Distribution&)>;

const std::map<std::string, Answer>& answers() {
  static const std::map<std::string, Answer> result = {
      {"mean", [](const Distribution& d) { return d.mean(); }},
      {"median", [](const Distribution& d) { return d.median(); }},
      {"mode", [](const Distribution& d) { return d.mode(); }},
      {"modes", [](const Distribution& d) { return Var(d.modes()); }},
      {"variance", [](const Distribution& d) { return d.variance(); }},
      {"entropy", [](const Distribution& d) { return d.entropy(); }},
  };
  return result;
}

using Function = Var (Distribution::*)(const Var&) const;

const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> result = {
      {"log_prob", &Distribution::log_prob},
      {"cdf", &Distribution::cdf},
      {"log_cdf", &Distribution::log_cdf},
      {"log_survival", &Distribution::log_survival},
  };
  return result;
}

// The parameters, and the value where it is no whole number: what rounds.
std::vector<Array> arguments_of(const Distribution& d, const ReferenceSet& set, const Array& x) {
  std::vector<Array> arguments = set.at;
  if (!d.support().discrete()) arguments.push_back(x);
  return arguments;
}

// A function of these arguments.
std::function<double(const std::vector<Array>&)> function_of(const DistributionRow& row,
                                                             const std::string& name,
                                                             const Array& x) {
  return [&row, name, x](const std::vector<Array>& arguments) {
    const std::size_t parameters = reference_sets(row.reference)[0].at.size();
    const DistributionPointer d =
        row.at(std::vector<Array>(arguments.begin(), arguments.begin() + parameters));
    return (*d.*functions().at(name))(arguments.size() > parameters ? arguments.back() : x).item();
  };
}

// The derivatives of log_prob in the parameters, and in the value if that has one; nothing where it
// is constant in all of them.
std::vector<Array> gradients_of(const DistributionRow& row, const std::vector<Array>& at,
                                const Array& x, bool in_x) {
  std::vector<Var> leaves;
  for (const Array& parameter : at) leaves.push_back(Var::parameter(parameter));
  const Var value = in_x ? Var::parameter(x) : Var(x);
  Tape tape;
  const Var log_prob = row.make(leaves)->log_prob(value);
  if (!log_prob.needs_gradient()) return {};
  if (in_x) leaves.push_back(value);
  return tape.gradients(log_prob, leaves);
}

void check_answer(const DistributionRow& row, const ReferenceSet& set, const std::string& name) {
  const DistributionPointer d = row.at(set.at);
  const std::optional<Array>& expected = set.answers.at(name);
  if (!expected) {
    CHECK_THROWS_WITH_AS(answers().at(name)(*d), doctest::Contains("there is "), Error);
    return;
  }
  const Array got = answers().at(name)(*d).value();
  REQUIRE(got.shape() == expected->shape());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto a = static_cast<double>(got.data()[i]);
    const auto b = static_cast<double>(expected->data()[i]);
    const auto answer = [&](const std::vector<Array>& at) {
      return static_cast<double>(answers().at(name)(*row.at(at)).value().data()[i]);
    };
    CHECK_MESSAGE(agrees(a, b, answer, set.at),
                  row.reference << set.text() << " " << name << ": " << a << " in place of " << b);
  }
}

}  // namespace

TEST_CASE("distributions: mean, median, mode, modes, variance and entropy are mpmath's") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      CHECK(reference_sets(row.reference).size() >= 3);
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        for (const auto& answer : answers()) check_answer(row, set, answer.first);
      }
    }
  }
}

TEST_CASE("distributions: log_prob, cdf and its logarithms are mpmath's") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        const DistributionPointer d = row.at(set.at);
        for (const ReferencePoint& point : set.points) {
          if (is_at_rounded_end(row, set, point.x)) continue;
          const std::vector<Array> arguments = arguments_of(*d, set, point.x);
          for (const auto& [name, expected] : point.answers) {
            const double got = (*d.*functions().at(name))(point.x).item();
            CHECK_MESSAGE(agrees(got, expected, function_of(row, name, point.x), arguments),
                          row.reference << set.text() << " " << name << " of " << point.x.data()[0]
                                        << ": " << got << " in place of " << expected);
          }
        }
      }
    }
  }
}

TEST_CASE("distributions: quantiles are mpmath's") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        const DistributionPointer d = row.at(set.at);
        for (const auto& [p, expected] : set.quantiles) {
          const double got = d->icdf(p).item();
          std::vector<Array> arguments = set.at;
          arguments.push_back(scalar(p));
          const auto icdf = [&](const std::vector<Array>& at) {
            return row.at(std::vector<Array>(at.begin(), at.end() - 1))->icdf(at.back()).item();
          };
          // p may be the distribution function of the outcome before, which has rounded up.
          const bool rounds = sizeof(real) == 4 || row.reference == "Bernoulli::from_logits";
          const bool is_cdf = rounds && d->support().discrete() && d->cdf(got).item() == p;
          CHECK_MESSAGE((is_cdf || agrees(got, expected, icdf, arguments)),
                        row.reference << set.text() << " icdf of " << p << ": " << got
                                      << " in place of " << expected);
        }
        if (set.quantiles.empty()) continue;
        CHECK(std::isnan(d->icdf(-0.1).item()));
        CHECK(std::isnan(d->icdf(1.1).item()));
      }
    }
  }
}

TEST_CASE("distributions: gradients of log_prob are mpmath's") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        for (const ReferenceGradient& gradient : set.gradients) {
          const bool in_x = gradient.in_x.has_value();
          std::vector<Array> arguments = set.at, expected = gradient.in_parameters;
          if (in_x) {
            arguments.push_back(gradient.x);
            expected.push_back(scalar(*gradient.in_x));
          }
          const std::vector<Array> got = gradients_of(row, set.at, gradient.x, in_x);
          if (got.empty()) continue;
          for (std::size_t k = 0; k < expected.size(); ++k) {
            for (std::size_t i = 0; i < expected[k].size(); ++i) {
              const auto g = static_cast<double>(got[k].data()[i]);
              const auto e = static_cast<double>(expected[k].data()[i]);
              if (std::isnan(e)) continue;
              // The derivative by a tiny number is measured in units of one over it.
              const auto unit = std::abs(static_cast<double>(arguments[k].data()[i]));
              const double error = std::abs(g - e) - rounding_of_gradient(row, set);
              const bool is_near = error <= 0 || (unit > 0 && error <= kTolerance / unit);
              const auto derivative = [&](const std::vector<Array>& at) {
                const auto end = at.begin() + static_cast<std::ptrdiff_t>(set.at.size());
                const std::vector<Array> all =
                    gradients_of(row, {at.begin(), end}, in_x ? at.back() : gradient.x, in_x);
                return static_cast<double>(all[k].data()[i]);
              };
              CHECK_MESSAGE((is_near || agrees(g, e, derivative, arguments)),
                            row.reference << set.text() << " at " << gradient.x.data()[0] << ", in "
                                          << k << ": " << g << " in place of " << e);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("distributions: a batch says what its members say one at a time") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      std::vector<ReferenceSet> sets = reference_sets(row.reference);
      const auto same_shape = [&](const ReferenceSet& set) {
        for (std::size_t k = 0; k < set.at.size(); ++k) {
          if (set.at[k].shape() != sets[0].at[k].shape()) return false;
        }
        return !set.points.empty() && set.points[0].x.shape() == sets[0].points[0].x.shape();
      };
      const Shape event = sets[0].points[0].x.shape();
      std::vector<ReferenceSet> members;
      for (const ReferenceSet& set : sets) {
        if (same_shape(set)) members.push_back(set);
      }
      std::vector<Var> parameters;
      for (std::size_t k = 0; k < sets[0].at.size(); ++k) {
        std::vector<Var> parts;
        for (const ReferenceSet& set : members) parts.emplace_back(set.at[k]);
        parameters.push_back(stack(parts, 0));
      }
      const DistributionPointer d = row.make(parameters);
      CHECK(d->batch_shape() == Shape{members.size()});
      for (std::size_t j = 0; j < 5; ++j) {
        std::vector<Var> parts;
        for (const ReferenceSet& set : members) {
          parts.emplace_back(set.points[j % set.points.size()].x);
        }
        const Var x = stack(parts, 0);
        for (const auto& [name, function] : functions()) {
          if (members[0].points[0].answers.count(name) == 0) continue;
          const Array got = (*d.*function)(x).value();
          for (std::size_t i = 0; i < members.size(); ++i) {
            const ReferencePoint& point = members[i].points[j % members[i].points.size()];
            if (is_at_rounded_end(row, members[i], point.x)) continue;
            const auto& answers = point.answers;
            const auto value = static_cast<double>(got.data()[i]);
            CHECK_MESSAGE(agrees(value, answers.at(name), function_of(row, name, point.x),
                                 arguments_of(*row.at(members[i].at), members[i], point.x)),
                          row.reference << members[i].text() << " " << name << ": " << value
                                        << " in place of " << answers.at(name));
          }
        }
      }
    }
  }
}

TEST_CASE("distributions: every distribution of the library has a row") {
  // Those of vectors, and those that wrap others, have tests of their own.
  std::set<std::string> rows = {"Dirichlet",  "Independent", "LowRankMultivariateNormal",
                                "Masked",     "Mixture",     "MultivariateNormal",
                                "Transformed"};
  for (const DistributionRow& row : distribution_table()) rows.insert(row.type);
  std::size_t declared = 0;
  const char* type = R"(class (\w+) final : public Distribution \{)";
  for (const auto& file : headers("distributions")) {
    for (const Match& m : matches(read_file(file), type)) {
      ++declared;
      CHECK_MESSAGE(rows.count(m[1]) == 1, m[1] << " has no row");
    }
  }
  CHECK(declared == rows.size());
}
