#include "kl_table.hpp"

namespace evident::testing {

void add_count_kl_rows(std::vector<KlRow>& rows) {
  KlRow probs{"Bernoulli", "Bernoulli"};
  rows.push_back(probs);
  KlRow logits = probs;
  logits.make_q = logits.make_p = "Bernoulli::from_logits";
  rows.push_back(logits);
  KlRow mixed = probs;
  mixed.make_p = "Bernoulli::from_logits";
  rows.push_back(mixed);

  rows.push_back({"Bernoulli", "Poisson"});
  KlRow of_logits{"Bernoulli", "Poisson"};
  of_logits.make_q = "Bernoulli::from_logits";
  rows.push_back(of_logits);
  rows.push_back({"Poisson", "Poisson"});
  rows.push_back({"Poisson", "Bernoulli"});
  rows.push_back({"Poisson", "Binomial"});
  rows.push_back({"Geometric", "Geometric"});
  rows.push_back(
      {"DiscreteUniform", "DiscreteUniform",
       every_pair({{0, 9}, {1, 6}, {-5, 5}, {10, 17}}, {{0, 9}, {-7, 20}, {1, 17}, {-5, 6}})});

  // As many trials, or too few for all that q can count.
  rows.push_back({"Binomial", "Binomial",
                  every_pair({{10, 0.45}, {10, 0.3}, {10, 0.9}, {10, 0.02}},
                             {{10, 0.5}, {10, 0.25}, {10, 0.8}, {7, 0.1}})});
  KlRow binomial_logits{"Binomial", "Binomial",
                        every_pair({{10, 0.2}, {10, -0.8}, {10, 2.2}, {10, -4}},
                                   {{10, 0.1}, {10, -1.1}, {10, 1.4}, {7, -2.2}})};
  binomial_logits.make_q = binomial_logits.make_p = "Binomial::from_logits";
  rows.push_back(binomial_logits);
  rows.push_back({"NegativeBinomial", "NegativeBinomial",
                  every_pair({{2.5, 0.45}, {2.5, 0.3}, {2.5, 0.75}, {2.5, 0.9}},
                             {{2.5, 0.5}, {2.5, 0.25}, {2.5, 0.8}, {2.5, 0.03}})});
  KlRow negative_logits{"NegativeBinomial", "NegativeBinomial",
                        every_pair({{5, 0.2}, {5, -0.8}, {5, 1.1}, {5, 2.2}},
                                   {{5, 0.1}, {5, -1.1}, {5, 1.4}, {5, -2.2}})};
  negative_logits.make_q = negative_logits.make_p = "NegativeBinomial::from_logits";
  rows.push_back(negative_logits);
}

}  // namespace evident::testing
