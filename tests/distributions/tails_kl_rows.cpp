#include "kl_table.hpp"

namespace evident::testing {

void add_tails_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Laplace", "Laplace"});
  rows.push_back({"Gumbel", "Gumbel"});
  rows.push_back({"Cauchy", "Cauchy"});
  rows.push_back({"HalfCauchy", "HalfCauchy"});
  rows.push_back({"Pareto", "Pareto"});
  rows.push_back({"Normal", "Laplace"});
  rows.push_back({"Normal", "Gumbel"});
  rows.push_back({"Exponential", "Laplace"});
  rows.push_back({"Exponential", "Gumbel"});
  rows.push_back({"Gamma", "Laplace"});
  rows.push_back({"Gamma", "Gumbel"});
  rows.push_back({"Pareto", "Exponential"});
  rows.push_back({"Pareto", "Gamma"});
  rows.push_back({"Pareto", "Laplace"});
}

}  // namespace evident::testing
