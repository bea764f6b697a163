#pragma once

#include <algorithm>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reference.hpp"

namespace evident::testing {

using DistributionPointer = std::shared_ptr<const Distribution>;
using Parameters = std::vector<double>;

/// One way to make a distribution: what the tests that all distributions share need to know.
struct DistributionRow {
  std::string type;       // the class
  std::string reference;  // what `reference.hpp` calls it
  std::function<DistributionPointer(const std::vector<Var>&)> make;
  Shape event;                       // of which every element has the reference's distribution
  bool discrete;                     // its outcomes are 0 and 1; if not, the real numbers
  std::vector<Parameters> ordinary;  // where every derivative exists

  /// The distribution with the same parameters for every element of the event.
  DistributionPointer at(const Parameters& parameters) const {
    std::vector<Var> vars;
    for (const double p : parameters) vars.emplace_back(full(event, p));
    return make(vars);
  }
  /// How many of the reference's distributions it is made of.
  double copies() const { return static_cast<double>(size_of(event)); }
  std::string name() const { return event.empty() ? reference : "to_event(" + reference + ")"; }
};

/// Every distribution of the library, plain and as an event of two.
inline const std::vector<DistributionRow>& distribution_table() {
  static const std::vector<DistributionRow> table = [] {
    const std::vector<Parameters> normals = {{0, 1}, {1.5, 0.3}, {-2, 7}};
    const std::vector<Parameters> probs = {{0.5}, {0.3}, {0.9}};
    const std::vector<Parameters> logits = {{0.1}, {0.3}, {-2}, {5}};
    std::vector<DistributionRow> rows = {
        {"Normal",
         "Normal",
         [](const std::vector<Var>& p) { return std::make_shared<Normal>(p[0], p[1]); },
         {},
         false,
         normals},
        {"Bernoulli",
         "Bernoulli",
         [](const std::vector<Var>& p) { return std::make_shared<Bernoulli>(p[0]); },
         {},
         true,
         probs},
        {"Bernoulli",
         "Bernoulli::from_logits",
         [](const std::vector<Var>& p) {
           return std::make_shared<Bernoulli>(Bernoulli::from_logits(p[0]));
         },
         {},
         true,
         logits}};
    for (std::size_t i = 0, plain = rows.size(); i < plain; ++i) {
      DistributionRow row = rows[i];
      row.type = "Independent";
      row.event = {2};
      row.make = [base = rows[i].make](const std::vector<Var>& p) {
        return std::make_shared<Independent>(base(p), 1);
      };
      rows.push_back(std::move(row));
    }
    return rows;
  }();
  return table;
}

/// The sets of parameters that the references cover, boundaries and extremes included, each with
/// its moments; `x` and `log_prob` are those of one of its values.
inline std::vector<Reference> references_of(const DistributionRow& row, bool every_value) {
  std::vector<Reference> result;
  for (const Reference& reference : references()) {
    if (reference.distribution != row.reference) continue;
    const bool seen = !result.empty() && result.back().parameters == reference.parameters;
    if (every_value || !seen) result.push_back(reference);
  }
  return result;
}

}  // namespace evident::testing
