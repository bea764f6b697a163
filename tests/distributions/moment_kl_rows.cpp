#include "kl_table.hpp"

namespace evident::testing {

void add_moment_kl_rows(std::vector<KlRow>& rows) {
  // So that averages over 20000 draws have settled.
  const std::vector<Parameters> narrow = {{0, 0.4}, {1.5, 0.3}, {-2, 0.5}, {0.5, 0.2}};
  const std::vector<Parameters> flat = {{1, 1}, {2, 0.9}, {0.5, 0.5}, {7, 1.2}};
  for (const char* q :
       {"Gamma", "Exponential", "Chi2", "InverseGamma", "Weibull", "Pareto", "HalfNormal"}) {
    rows.push_back({q, "LogNormal"});
  }
  const std::vector<Parameters> gammas = {{2, 3}, {0.5, 1}, {7.5, 0.1}, {100, 10}};
  rows.push_back({"LogNormal", "Gamma", every_pair(narrow, gammas)});
  rows.push_back({"LogNormal", "Exponential", every_pair(narrow, {{1}, {0.3}, {7}, {2.2}})});
  rows.push_back({"LogNormal", "Chi2", every_pair(narrow, {{3}, {1}, {4.5}, {100}})});
  rows.push_back({"LogNormal", "InverseGamma", every_pair(narrow, gammas)});
  rows.push_back({"LogNormal", "Weibull", every_pair(narrow, flat)});

  const std::vector<Parameters> away_from_0 = {{6, 3}, {9, 1}, {7.5, 0.1}, {100, 10}};
  rows.push_back({"Gamma", "InverseGamma", every_pair(away_from_0, gammas)});
  rows.push_back({"Chi2", "InverseGamma", every_pair({{12}, {10}, {20}, {100}}, gammas)});
  rows.push_back({"InverseGamma", "Gamma", every_pair(away_from_0, gammas)});
  rows.push_back(
      {"InverseGamma", "Exponential", every_pair(away_from_0, {{1}, {0.3}, {7}, {2.2}})});
  rows.push_back({"InverseGamma", "Chi2", every_pair(away_from_0, {{3}, {1}, {4.5}, {100}})});
  rows.push_back({"Gamma", "Weibull", every_pair(gammas, flat)});
  rows.push_back({"Chi2", "Weibull", every_pair({{3}, {1}, {4.5}, {20}}, flat)});
  for (const char* q : {"Gamma", "Exponential", "Chi2"}) rows.push_back({q, "HalfNormal"});
  for (const char* p : {"Gamma", "Exponential", "Chi2"}) rows.push_back({"HalfNormal", p});

  for (const char* q :
       {"Bernoulli", "Binomial", "NegativeBinomial", "Poisson", "ZeroInflatedPoisson"}) {
    rows.push_back({q, "Geometric"});
  }
  for (const char* q : {"Bernoulli", "Binomial", "NegativeBinomial"}) {
    KlRow row{q, "Geometric"};
    row.make_q = std::string(q) + "::from_logits";
    rows.push_back(row);
  }
  rows.push_back({"ZeroInflatedPoisson", "ZeroInflatedPoisson"});
  rows.push_back({"ZeroInflatedPoisson", "Poisson"});
  rows.push_back({"Poisson", "ZeroInflatedPoisson"});
}

}  // namespace evident::testing
