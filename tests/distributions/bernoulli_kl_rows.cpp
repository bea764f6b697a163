#include "kl_table.hpp"

namespace evident::testing {

void add_bernoulli_kl_rows(std::vector<KlRow>& rows) {
  const std::string logits = "::from_logits";
  // One trial, and more.
  const std::vector<Parameters> trials = {{1, 0.45}, {2, 0.3}, {20, 0.9}, {1, 0.02}};
  for (const bool q_logits : {false, true}) {
    KlRow row{"Bernoulli", "Binomial"};
    if (q_logits) row.make_q = "Bernoulli" + logits;
    const std::vector<Parameters>& of_q = row.row_q().ordinary;
    row.at = every_pair(of_q, trials);
    rows.push_back(row);
    row.make_p = "Binomial" + logits;
    row.at = every_pair(of_q, {{1, 0.2}, {2, -0.8}, {20, 2.2}, {1, -4}});
    rows.push_back(row);

    row.p = "NegativeBinomial";
    row.make_p = "";
    row.at.clear();
    rows.push_back(row);
    row.make_p = "NegativeBinomial" + logits;
    rows.push_back(row);

    row.make_p = "";
    row.p = "ZeroInflatedPoisson";
    rows.push_back(row);
    row.p = "DiscreteUniform";
    row.at = every_pair(of_q, {{0, 1}, {1, 6}, {-5, 5}, {0, 17}, {0, 0}});
    rows.push_back(row);

    KlRow back{"Binomial", "Bernoulli"};
    if (q_logits) back.make_p = "Bernoulli" + logits;
    back.at = every_pair(trials, back.row_p().ordinary);
    rows.push_back(back);
    back.q = "DiscreteUniform";
    back.at = every_pair({{0, 1}, {0, 0}, {1, 1}, {-1, 1}, {0, 3}}, back.row_p().ordinary);
    rows.push_back(back);
  }
}

}  // namespace evident::testing
