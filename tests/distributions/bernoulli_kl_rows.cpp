#include "kl_table.hpp"

namespace evident::testing {

void add_bernoulli_kl_rows(std::vector<KlRow>& rows) {
  KlRow probs{"Bernoulli", "Bernoulli"};
  rows.push_back(probs);
  KlRow logits = probs;
  logits.make_q = logits.make_p = "Bernoulli::from_logits";
  rows.push_back(logits);
  KlRow mixed = probs;
  mixed.make_p = "Bernoulli::from_logits";
  rows.push_back(mixed);
}

}  // namespace evident::testing
