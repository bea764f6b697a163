#include "kl_table.hpp"

namespace evident::testing {

void add_normal_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Normal", "Normal"});
  rows.push_back({"LogNormal", "LogNormal"});
  rows.push_back({"HalfNormal", "HalfNormal"});
  // Around the other, beside it, and across.
  rows.push_back({"TruncatedNormal", "TruncatedNormal",
                  every_pair({{0, 1, -1, 1.5}, {1.5, 0.3, 1, 3}, {0, 1, 2, 3.5}, {1, 2, -9, -5}},
                             {{0, 1, -2, 4}, {1, 2, -10, 5}, {3, 0.5, 0.5, 20}, {0, 2, -10, -2}})});
  rows.push_back({"TruncatedNormal", "Normal"});
  rows.push_back({"Chi2", "Normal"});
  rows.push_back({"HalfNormal", "Normal"});
  rows.push_back({"InverseGamma", "Normal",
                  every_pair({{9, 2}, {12, 0.5}, {30, 10}, {100, 300}},
                             {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.5, 2.2}})});
  rows.push_back({"Logistic", "Normal"});
  rows.push_back({"LogNormal", "Normal"});
  rows.push_back({"Weibull", "Normal"});
  rows.push_back({"Exponential", "Normal"});
  rows.push_back({"Gamma", "Normal"});
  rows.push_back({"Gumbel", "Normal"});
  rows.push_back({"Laplace", "Normal"});
  rows.push_back({"Pareto", "Normal"});
  rows.push_back({"StudentT", "Normal",
                  every_pair({{9, 0, 1}, {12, 1.5, 0.3}, {10, -2, 7}, {30, 0.1, 0.1}},
                             {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.5, 2.2}})});
  rows.push_back({"Uniform", "Normal"});
}

}  // namespace evident::testing
