#include "kl_table.hpp"

namespace evident::testing {

void add_normal_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Normal", "Normal"});
  rows.push_back({"LogNormal", "LogNormal"});
  rows.push_back({"HalfNormal", "HalfNormal"});
  rows.push_back({"Beta", "Normal"});
  rows.push_back({"Exponential", "Normal"});
  rows.push_back({"Gamma", "Normal"});
  rows.push_back({"Gumbel", "Normal"});
  rows.push_back({"Laplace", "Normal"});
  rows.push_back({"Pareto", "Normal"});
  // Draws show the fourth moment that a standard error is made of where df is well above 4.
  rows.push_back({"StudentT", "Normal",
                  every_pair({{9, 0, 1}, {12, 1.5, 0.3}, {30, -2, 7}, {100, 0.1, 0.1}},
                             {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.5, 2.2}})});
  rows.push_back({"Uniform", "Normal"});
}

}  // namespace evident::testing
