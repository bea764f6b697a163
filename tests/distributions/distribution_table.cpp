#include "distribution_table.hpp"

namespace evident::testing {

const DistributionRows& distribution_table() {
  static const DistributionRows table = [] {
    DistributionRows rows;
    add_bernoulli_rows(rows);
    add_beta_rows(rows);
    add_count_rows(rows);
    add_gamma_rows(rows);
    add_label_rows(rows);
    add_located_rows(rows);
    add_normal_rows(rows);
    add_shaped_rows(rows);
    add_weibull_rows(rows);
    return rows;
  }();
  return table;
}

const DistributionRow& distribution_row(const std::string& reference) {
  for (const DistributionRow& row : distribution_table()) {
    if (row.reference == reference) return row;
  }
  throw Error("distribution_row: there is no row for " + reference);
}

}  // namespace evident::testing
