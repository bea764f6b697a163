#include "kl_table.hpp"

namespace evident::testing {
namespace {

// Against q's of its usual parameters, and of logits where it has those.
void add_against_geometric(std::vector<KlRow>& rows) {
  for (const char* q : {"DiscreteUniform", "Poisson", "ZeroInflatedPoisson"}) {
    rows.push_back({q, "Geometric"});
  }
  for (const std::string q : {"Bernoulli", "Binomial", "NegativeBinomial"}) {
    KlRow row{q, "Geometric"};
    rows.push_back(row);
    row.make_q = q + "::from_logits";
    rows.push_back(row);
  }
}

}  // namespace

void add_moment_kl_rows(std::vector<KlRow>& rows) {
  for (const char* q :
       {"Gamma", "Exponential", "Chi2", "InverseGamma", "Weibull", "Pareto", "HalfNormal"}) {
    rows.push_back({q, "LogNormal"});
  }
  // Averages of powers settle within 20000 draws where the logarithm's deviation is small.
  const std::vector<Parameters> narrow = {{0, 0.4}, {1.5, 0.3}, {-2, 0.2}, {0.5, 0.5}};
  const std::vector<Parameters> gammas = {{2, 3}, {0.5, 1}, {7.5, 0.1}, {100, 10}};
  rows.push_back({"LogNormal", "Gamma", every_pair(narrow, gammas)});
  rows.push_back({"LogNormal", "Exponential", every_pair(narrow, {{1}, {0.3}, {7}, {2.2}})});
  rows.push_back({"LogNormal", "Chi2", every_pair(narrow, {{3}, {1}, {4.5}, {100}})});
  rows.push_back({"LogNormal", "InverseGamma", every_pair(narrow, gammas)});
  rows.push_back(
      {"LogNormal", "Weibull", every_pair(narrow, {{1, 2}, {2, 0.9}, {0.5, 3.5}, {7, 1}})});

  // Of reciprocals enough moments.
  const std::vector<Parameters> far_from_0 = {{5, 3}, {6.5, 1}, {9, 0.1}, {100, 10}};
  rows.push_back({"Gamma", "InverseGamma", every_pair(far_from_0, gammas)});
  rows.push_back({"Chi2", "InverseGamma", every_pair({{11}, {14}, {17.5}, {100}}, gammas)});
  rows.push_back({"InverseGamma", "Gamma", every_pair(far_from_0, gammas)});
  rows.push_back({"InverseGamma", "Exponential", every_pair(far_from_0, {{1}, {0.3}, {7}, {2.2}})});
  rows.push_back({"InverseGamma", "Chi2", every_pair(far_from_0, {{3}, {1}, {4.5}, {100}})});

  rows.push_back({"Pareto", "InverseGamma"});
  rows.push_back(
      {"Weibull", "InverseGamma", every_pair({{1, 6}, {2, 9}, {0.5, 7.5}, {7, 12}}, gammas)});
  rows.push_back({"InverseGamma", "Weibull",
                  every_pair({{9, 3}, {12, 1}, {15, 0.1}, {100, 10}},
                             {{1, 1.2}, {2, 0.9}, {0.5, 0.7}, {7, 1}})});

  rows.push_back({"Gamma", "Weibull"});
  rows.push_back({"Chi2", "Weibull"});
  for (const char* other : {"Gamma", "Exponential", "Chi2"}) {
    rows.push_back({other, "HalfNormal"});
    rows.push_back({"HalfNormal", other});
  }

  add_against_geometric(rows);
  rows.push_back({"ZeroInflatedPoisson", "ZeroInflatedPoisson"});
  rows.push_back({"ZeroInflatedPoisson", "Poisson"});
  rows.push_back({"Poisson", "ZeroInflatedPoisson"});
}

}  // namespace evident::testing
