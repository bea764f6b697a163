#include "kl_table.hpp"

namespace evident::testing {

std::vector<ParameterPair> KlRow::parameters() const {
  if (!at.empty()) return at;
  std::vector<ParameterPair> pairs;
  for (const Parameters& of_q : row_q().ordinary) {
    for (const Parameters& of_p : row_p().ordinary) pairs.emplace_back(of_q, of_p);
  }
  return pairs;
}

const std::vector<KlRow>& kl_table() {
  static const std::vector<KlRow> table = [] {
    std::vector<KlRow> rows;
    add_bernoulli_kl_rows(rows);
    add_bounded_kl_rows(rows);
    add_gamma_kl_rows(rows);
    add_infinite_kl_rows(rows);
    add_normal_kl_rows(rows);
    add_tails_kl_rows(rows);
    return rows;
  }();
  return table;
}

}  // namespace evident::testing
