#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "distribution_table.hpp"

// What holds of every distribution of the table: the shapes of all answers, and what one function
// says of another.

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionPointer;
using evident::testing::DistributionRow;
using evident::testing::kInf;
using evident::testing::reference_sets;
using evident::testing::ReferenceSet;

namespace {

using Function = Var (Distribution::*)(const Var&) const;
using NumberAnswer = Var (Distribution::*)() const;
const std::map<std::string, Function> kTableFunctions = {
    {"log_prob", &Distribution::log_prob},
    {"cdf", &Distribution::cdf},
    {"log_cdf", &Distribution::log_cdf},
    {"log_survival", &Distribution::log_survival},
    {"icdf", &Distribution::icdf}};
const std::map<std::string, NumberAnswer> kNumbers = {{"mean", &Distribution::mean},
                                                      {"median", &Distribution::median},
                                                      {"mode", &Distribution::mode},
                                                      {"variance", &Distribution::variance}};

// The parameters in batches: the first of shape `first`, the others of `others`, before the axes
// that one of them has.
DistributionPointer batch_of(const DistributionRow& row, const Shape& first, const Shape& others) {
  std::vector<Var> parameters;
  for (const Array& one : reference_sets(row.reference)[0].at) {
    const Shape& batch = parameters.empty() ? first : others;
    parameters.push_back(broadcast_to(Var(one), joined(batch, one.shape())));
  }
  return row.make(parameters);
}

// Whether there is an answer; the error of one that does not exist says so. What one distribution
// has, a batch of them has.
bool exists(const std::function<Var()>& answer, Shape& shape) {
  try {
    shape = answer().shape();
    return true;
  } catch (const ShapeError&) {
    throw;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("table: shapes of every answer, of one distribution, batches, broadcast and empty ones") {
  struct Batches {
    Shape first, others, all;
  };
  const Batches batches[] = {{{}, {}, {}},         {{3}, {3}, {3}},      {{2, 1}, {3}, {2, 3}},
                             {{}, {2, 3}, {2, 3}}, {{2, 3}, {}, {2, 3}}, {{0}, {0}, {0}},
                             {{2, 0}, {}, {2, 0}}};
  for (const DistributionRow& row : distribution_table()) {
    const std::size_t count = reference_sets(row.reference)[0].at.size();
    std::set<std::string> of_one;  // answers
    for (const Batches& b : batches) {
      if (count == 1 && b.first != b.all) continue;
      CAPTURE(row.reference);
      CAPTURE(to_string(b.first));
      CAPTURE(to_string(b.others));
      const DistributionPointer d = batch_of(row, b.first, b.others);
      const Shape whole = joined(b.all, d->event_shape());
      CHECK(d->batch_shape() == b.all);
      const auto check = [&](const std::string& name, const std::function<Var()>& answer,
                             const Shape& expected) {
        CAPTURE(name);
        Shape shape;
        const bool there = exists(answer, shape);
        if (there) {
          CHECK(shape == expected);
          if (b.all.empty()) of_one.insert(name);
        } else {
          CHECK(of_one.count(name) == 0);
        }
      };
      for (const auto& [name, answer] : kNumbers) {
        check(name, [&, f = answer] { return ((*d).*f)(); }, whole);
      }
      check("entropy", [&] { return d->entropy(); }, b.all);
      for (const Shape& draws : std::vector<Shape>{{}, {4}, {0}}) {
        Rng rng(1, "table");
        const Array x = d->sample(rng, draws);
        CHECK(x.shape() == joined(draws, whole));
        if (d->reparameterised()) CHECK(d->rsample(rng, draws).shape() == x.shape());
        for (const auto& [name, function] : kTableFunctions) {
          const Var at = name == "icdf" ? Var(full(x.shape(), 0.3)) : Var(x);
          check(name, [&, f = function] { return ((*d).*f)(at); }, joined(draws, b.all));
        }
      }
    }
    CHECK(of_one.count("log_prob") == 1);
  }
}

TEST_CASE("table: wrong shapes of parameters and of values, with a table of them") {
  for (const DistributionRow& row : distribution_table()) {
    CAPTURE(row.reference);
    const auto message_of = [](const std::function<void()>& f) {
      try {
        f();
      } catch (const ShapeError& error) {
        return std::string(error.what());
      }
      return std::string("nothing was thrown");
    };
    const DistributionPointer three = batch_of(row, {3}, {3});
    const auto names_all = [&](const std::string& message) {
      const std::vector<Parameter> parameters = three->parameters();
      return std::all_of(parameters.begin(), parameters.end(), [&](const Parameter& p) {
        return message.find(std::string(p.name) + " ") != std::string::npos;
      });
    };
    if (reference_sets(row.reference)[0].at.size() > 1) {
      const std::string message = message_of([&] { batch_of(row, {3}, {4}); });
      CHECK_MESSAGE(message.find("(3") != std::string::npos, message);
      CHECK_MESSAGE(message.find("(4") != std::string::npos, message);
      CHECK_MESSAGE(names_all(message), message);
    }
    const Array x = zeros(joined({5}, three->event_shape()));
    const std::string message = message_of([&] { three->log_prob(x); });
    CHECK_MESSAGE(message.find(to_string(x.shape())) != std::string::npos, message);
    CHECK_MESSAGE(message.find("(3") != std::string::npos, message);
    if (!three->event_shape().empty()) {
      Shape other = joined({3}, three->event_shape());
      other.back() += 1;
      const std::string of_event = message_of([&] { three->log_prob(zeros(other)); });
      CHECK_MESSAGE(of_event.find(to_string(other)) != std::string::npos, of_event);
    }
  }
}

#ifdef EVIDENT_F64
// d log P(X <= x)/dx is p(x) / P(X <= x), whether or not these are numbers of the type.
TEST_CASE("table: slopes of both logarithmic tails in x, as far out as they go") {
  std::size_t compared = 0;
  for (const DistributionRow& row : distribution_table()) {
    const auto any = row.any();
    if (any->support().discrete() || !any->event_shape().empty()) continue;
    for (const ReferenceSet& set : reference_sets(row.reference)) {
      const DistributionPointer d = row.at(set.at);
      for (const auto& point : set.points) {
        const double log_p = d->log_prob(point.x).item();
        if (!(std::abs(log_p) < 1e290)) continue;
        for (const bool lower : {true, false}) {
          const Function f = lower ? &Distribution::log_cdf : &Distribution::log_survival;
          const Var x = Var::parameter(point.x);
          Tape tape;
          Shape shape;
          if (!exists([&] { return ((*d).*f)(x); }, shape)) continue;
          const Var tail = ((*d).*f)(x);
          if (!(tail.item() > -1e290) || tail.item() == 0) continue;
          const double slope = tape.gradients(tail, {x})[0]();
          // Either logarithm rounds, the larger by more.
          const double log_ratio = log_p - tail.item();
          const double expected = std::exp(log_ratio) * (lower ? 1 : -1);
          if (!(std::abs(expected) < kInf) || std::abs(expected) < 1e-290) continue;
          const double rounding = 1e-10 + 4e-16 * (std::abs(log_p) + std::abs(tail.item()));
          CHECK_MESSAGE(std::abs(slope / expected - 1) <= rounding,
                        row.reference << set.text() << (lower ? " log_cdf" : " log_survival")
                                      << " at " << point.x() << ": " << slope << " in place of "
                                      << expected);
          ++compared;
        }
      }
    }
  }
  CHECK(compared > 5000);
}

// Of counts whose probabilities are no more than this apart the quantile may be either.
TEST_CASE("table: of a count's own probability the quantile is the count") {
  for (const DistributionRow& row : distribution_table()) {
    const auto any = row.any();
    if (!any->support().discrete() || !any->event_shape().empty()) continue;
    Shape shape;
    if (!exists([&] { return any->icdf(0.5); }, shape)) continue;
    for (const auto& parameters : row.ordinary) {
      const DistributionPointer d = row.at(parameters);
      for (const double p : {1e-6, 0.03, 0.2, 0.5, 0.9, 0.999, 1 - 1e-9}) {
        const double k = d->icdf(p).item(), reached = d->cdf(k).item();
        CAPTURE(row.reference);
        CAPTURE(parameters[0]);
        CAPTURE(p);
        if (std::exp(d->log_prob(k).item()) < 1e-13) continue;
        CHECK(d->icdf(reached).item() == k);
        if (std::exp(d->log_prob(k + 1).item()) < 1e-13) continue;
        CHECK(d->icdf(reached + 1e-13).item() > k);
      }
    }
  }
}
#endif

TEST_CASE("distributions: the first of many draws is the one that the same generator makes alone") {
  for (const DistributionRow& row : distribution_table()) {
    for (const ReferenceSet& set : reference_sets(row.reference)) {
      const DistributionPointer d = row.at(set.at);
      CAPTURE(row.reference);
      const auto same = [](const Array& many, const Array& one) {
        return many.size() == 3 * one.size() &&
               std::equal(one.begin(), one.end(), many.begin(), [](real a, real b) {
                 return a == b || (std::isnan(a) && std::isnan(b));
               });
      };
      Rng one(31, "first"), many(31, "first");
      CHECK(same(d->sample(many, {3, 1}), d->sample(one)));
      if (d->reparameterised()) CHECK(same(d->noise(many, {3, 1}), d->noise(one, {})));
    }
  }
}
