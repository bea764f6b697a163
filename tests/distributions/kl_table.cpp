#include "kl_table.hpp"

namespace evident::testing {

std::vector<ParameterPair> every_pair(const std::vector<Parameters>& of_q,
                                      const std::vector<Parameters>& of_p) {
  std::vector<ParameterPair> pairs;
  for (const Parameters& q : of_q) {
    for (const Parameters& p : of_p) pairs.emplace_back(q, p);
  }
  return pairs;
}

std::vector<ParameterPair> KlRow::parameters() const {
  return at.empty() ? every_pair(row_q().ordinary, row_p().ordinary) : at;
}

const std::vector<KlRow>& kl_table() {
  static const std::vector<KlRow> table = [] {
    std::vector<KlRow> rows;
    add_bernoulli_kl_rows(rows);
    add_bounded_kl_rows(rows);
    add_count_kl_rows(rows);
    add_gamma_kl_rows(rows);
    add_half_normal_kl_rows(rows);
    add_heavy_tail_kl_rows(rows);
    add_infinite_kl_rows(rows);
    add_label_kl_rows(rows);
    add_moment_kl_rows(rows);
    add_normal_kl_rows(rows);
    add_shaped_kl_rows(rows);
    add_tails_kl_rows(rows);
    add_truncated_normal_kl_rows(rows);
    add_uniform_moment_kl_rows(rows);
    add_unit_interval_kl_rows(rows);
    add_unit_moment_kl_rows(rows);
    return rows;
  }();
  return table;
}

}  // namespace evident::testing
