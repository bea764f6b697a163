#include "kl_table.hpp"

namespace evident::testing {

void add_tails_kl_rows(std::vector<KlRow>& rows) {
  // Not where a kink meets the end of a support.
  const std::vector<Parameters> beside_0 = {{0.3, 1}, {1.5, 0.3}, {-2, 7}, {0.7, 2.2}};
  // An average of e^-z settles within 20000 draws where q is the narrower.
  const std::vector<Parameters> narrow = {{0, 1}, {1.5, 0.3}, {-2, 0.7}, {0.5, 0.9}};
  const std::vector<Parameters> wide = {{0, 1}, {1.5, 2}, {-2, 7}, {0.5, 2.2}};
  rows.push_back({"Laplace", "Laplace"});
  rows.push_back({"Gumbel", "Gumbel", every_pair(narrow, wide)});
  rows.push_back({"Cauchy", "Cauchy"});
  rows.push_back({"Cauchy", "StudentT"});
  rows.push_back({"HalfCauchy", "HalfCauchy"});
  rows.push_back({"Pareto", "Pareto",
                  every_pair({{1, 5}, {2, 6.5}, {0.5, 9}, {3, 20}},
                             {{0.4, 5}, {1.5, 0.5}, {0.1, 2}, {2.9, 20}})});
  rows.push_back({"Normal", "Laplace"});
  rows.push_back({"Normal", "Gumbel", every_pair(narrow, wide)});
  rows.push_back({"Exponential", "Laplace", every_pair({{1}, {0.3}, {7}, {2.2}}, beside_0)});
  rows.push_back({"Exponential", "Gumbel"});
  rows.push_back(
      {"Gamma", "Laplace", every_pair({{2, 3}, {0.5, 1}, {7.5, 0.1}, {100, 10}}, beside_0)});
  rows.push_back({"Gamma", "Gumbel"});
  rows.push_back({"Gumbel", "Laplace"});
  // Narrow enough for a variance of the average.
  rows.push_back({"Laplace", "Gumbel",
                  every_pair({{0, 0.5}, {1.5, 0.3}, {-2, 0.7}, {0.5, 0.9}},
                             {{0, 2.5}, {1.5, 2}, {-2, 2.9}, {0.5, 2.2}})});
  rows.push_back({"VonMises", "VonMises"});
  rows.push_back({"Pareto", "Exponential"});
  rows.push_back({"Pareto", "Gamma"});
  rows.push_back(
      {"Pareto", "Laplace", every_pair({{1, 5}, {2, 6.5}, {0.5, 9}, {3, 20}}, beside_0)});
}

}  // namespace evident::testing
