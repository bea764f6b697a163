#pragma once

#include <cmath>
#include <evident/distributions/kl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "distribution_table.hpp"

namespace evident::testing {

/// A pair of distributions that `kl` knows, with parameters to compare them at.
struct KlRow {
  std::string q, p;  // the types that the rule is for
  DistributionRow make_q, make_p;
  std::vector<std::pair<Parameters, Parameters>> at;
  std::vector<std::pair<Parameters, Parameters>> equal;  // the same distribution twice
};

/// Every rule of the library; plain and, through Independent's, as events of two.
inline const std::vector<KlRow>& kl_table() {
  static const std::vector<KlRow> table = [] {
    const double log_odds = std::log(0.3) - std::log1p(-0.3);
    const auto& d = distribution_table();
    std::vector<KlRow> rows = {
        {"Normal",
         "Normal",
         d[0],
         d[0],
         {{{0, 1}, {1, 0.6}}, {{1, 0.6}, {0, 1}}, {{-2, 3}, {5, 0.5}}, {{0.5, 0.1}, {0, 1}}},
         {{{0, 1}, {0, 1}}, {{-3, 0.2}, {-3, 0.2}}, {{1e3, 1e-4}, {1e3, 1e-4}}}},
        {"Bernoulli",
         "Bernoulli",
         d[1],
         d[1],
         {{{0.5}, {0.3}}, {{0.1}, {0.9}}, {{0.01}, {0.5}}, {{0.7}, {0.6}}},
         {{{0.3}, {0.3}}, {{0}, {0}}, {{1}, {1}}, {{0.5}, {0.5}}}},
        {"Bernoulli",
         "Bernoulli",
         d[2],
         d[2],
         {{{0}, {1}}, {{-3}, {2}}, {{4}, {-4}}, {{0.5}, {0.4}}, {{30}, {20}}},
         {{{-1}, {-1}}, {{0}, {0}}, {{40}, {40}}, {{kInf}, {kInf}}, {{-kInf}, {-kInf}}}},
        {"Bernoulli",
         "Bernoulli",
         d[1],
         d[2],
         {{{0.5}, {1}}, {{0.1}, {3}}, {{0.9}, {-0.5}}},
         {{{0.5}, {0}}, {{0}, {-kInf}}, {{1}, {kInf}}, {{0.3}, {log_odds}}}},
    };
    for (std::size_t i = 0, plain = rows.size(); i < plain; ++i) {
      KlRow row = rows[i];
      row.q = row.p = "Independent";
      const auto as_event = [&](const DistributionRow& base) {
        return *std::find_if(d.begin(), d.end(), [&](const DistributionRow& other) {
          return other.type == "Independent" && other.reference == base.reference;
        });
      };
      row.make_q = as_event(rows[i].make_q);
      row.make_p = as_event(rows[i].make_p);
      rows.push_back(std::move(row));
    }
    return rows;
  }();
  return table;
}

}  // namespace evident::testing
