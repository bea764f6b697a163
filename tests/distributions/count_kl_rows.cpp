#include "kl_table.hpp"

namespace evident::testing {
namespace {

// All four ways in which q and p are made of probabilities or of logits.
void add_both_ways(std::vector<KlRow>& rows, const KlRow& probs, const std::vector<Parameters>& p,
                   const std::vector<Parameters>& l) {
  const std::string logits = probs.q + "::from_logits";
  for (const bool q_logits : {false, true}) {
    for (const bool p_logits : {false, true}) {
      KlRow row = probs;
      if (q_logits) row.make_q = logits;
      if (p_logits) row.make_p = logits;
      row.at = every_pair(q_logits ? l : p, p_logits ? l : p);
      rows.push_back(row);
    }
  }
}

// The same with these counts before each, first q's.
std::vector<ParameterPair> counted(const std::vector<Parameters>& counts,
                                   const std::vector<Parameters>& of_q,
                                   const std::vector<Parameters>& of_p) {
  std::vector<ParameterPair> pairs;
  for (const Parameters& count : counts) {
    for (auto& [q, p] : every_pair(of_q, of_p)) {
      pairs.emplace_back(q, p);
      pairs.back().first.insert(pairs.back().first.begin(), count[0]);
      pairs.back().second.insert(pairs.back().second.begin(), count[1]);
    }
  }
  return pairs;
}

}  // namespace

void add_count_kl_rows(std::vector<KlRow>& rows) {
  const std::vector<Parameters> probs = {{0.4}, {0.3}, {0.9}, {0.02}};
  const std::vector<Parameters> logits = {{0.1}, {0.3}, {-2}, {5}};
  add_both_ways(rows, {"Bernoulli", "Bernoulli"}, probs, logits);
  KlRow poisson{"Bernoulli", "Poisson"};
  rows.push_back(poisson);
  poisson.make_q = "Bernoulli::from_logits";
  rows.push_back(poisson);

  for (const bool q_logits : {false, true}) {
    for (const bool p_logits : {false, true}) {
      KlRow row{"Binomial", "Binomial"};
      if (q_logits) row.make_q = "Binomial::from_logits";
      if (p_logits) row.make_p = "Binomial::from_logits";
      // Of one p more trials than p has, of the others as many.
      row.at =
          counted({{10, 10}, {3, 3}, {8, 7}}, q_logits ? logits : probs, p_logits ? logits : probs);
      rows.push_back(row);

      row.q = row.p = "NegativeBinomial";
      row.make_q = q_logits ? "NegativeBinomial::from_logits" : "";
      row.make_p = p_logits ? "NegativeBinomial::from_logits" : "";
      // Probabilities too near 1 to sum over counts are left out.
      const std::vector<Parameters> few = {{0.4}, {0.3}, {0.8}, {0.02}};
      const std::vector<Parameters> low = {{0.1}, {0.3}, {-2}, {1.5}};
      row.at = counted({{5, 5}, {0.7, 0.7}}, q_logits ? low : few, p_logits ? low : few);
      rows.push_back(row);
    }
  }
  rows.push_back({"Geometric", "Geometric"});
  rows.push_back({"Poisson", "Poisson"});
  rows.push_back(
      {"DiscreteUniform", "DiscreteUniform",
       every_pair({{0, 9}, {1, 6}, {-5, 5}, {10, 17}}, {{0, 9}, {-7, 17}, {1, 100}, {-5, 6}})});
  for (const char* q : {"Geometric", "NegativeBinomial", "Poisson", "ZeroInflatedPoisson"}) {
    for (const char* p : {"Bernoulli", "Binomial", "DiscreteUniform"}) rows.push_back({q, p});
  }
}

}  // namespace evident::testing
