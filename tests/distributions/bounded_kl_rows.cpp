#include "kl_table.hpp"

namespace evident::testing {

void add_bounded_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Uniform", "Uniform"});
  rows.push_back({"Uniform", "Exponential"});
  rows.push_back({"Uniform", "Gamma"});
  rows.push_back({"Uniform", "Gumbel"});
  rows.push_back({"Uniform", "Laplace"});
  rows.push_back({"Uniform", "Pareto"});
}

}  // namespace evident::testing
