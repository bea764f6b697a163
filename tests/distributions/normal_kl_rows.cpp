#include "kl_table.hpp"

namespace evident::testing {

void add_normal_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Normal", "Normal"});
  rows.push_back({"LogNormal", "LogNormal"});
  rows.push_back({"HalfNormal", "HalfNormal"});
  rows.push_back({"Exponential", "Normal"});
  rows.push_back({"Gamma", "Normal"});
  rows.push_back({"Gumbel", "Normal"});
  rows.push_back({"Laplace", "Normal"});
  rows.push_back({"Pareto", "Normal"});
  rows.push_back({"Uniform", "Normal"});
}

}  // namespace evident::testing
