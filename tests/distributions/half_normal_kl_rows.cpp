#include "kl_table.hpp"

namespace evident::testing {

void add_half_normal_kl_rows(std::vector<KlRow>& rows) {
  const std::vector<Parameters> scales = {{1}, {0.3}, {7}, {2.2}};
  for (const char* q : {"Beta", "ContinuousBernoulli"}) rows.push_back({q, "HalfNormal"});
  // As is seen of a Kumaraswamy by quadrature, and of the others with enough moments.
  rows.push_back({"Kumaraswamy", "HalfNormal",
                  every_pair({{2, 3}, {5, 1.5}, {0.7, 0.8}, {1.5, 30}, {12, 0.9}}, scales)});
  rows.push_back({"InverseGamma", "HalfNormal",
                  every_pair({{9, 2}, {12, 0.5}, {30, 10}, {100, 300}}, scales)});
  rows.push_back({"LogNormal", "HalfNormal",
                  every_pair({{0, 0.4}, {1.5, 0.3}, {-2, 0.2}, {0.5, 0.5}}, scales)});
  rows.push_back(
      {"Pareto", "HalfNormal", every_pair({{1, 5.5}, {2, 6.5}, {0.5, 9}, {3, 20}}, scales)});
  rows.push_back({"Weibull", "HalfNormal"});
  // Inside and not.
  rows.push_back(
      {"Uniform", "HalfNormal", every_pair({{1, 2}, {-1.5, 0.3}, {0.1, 7}, {10, 12.5}}, scales)});
  rows.push_back(
      {"TruncatedNormal", "HalfNormal",
       every_pair({{0, 1, -1, 1.5}, {1.5, 0.3, 1, 3}, {0, 1, 2, 3.5}, {-7.5, 1, 0.5, 1}}, scales)});
  rows.push_back(
      {"HalfNormal", "TruncatedNormal",
       every_pair(
           scales,
           {{0, 1, -1, kInf}, {1.5, 0.3, -3, 9}, {-9, 2, -0.5, kInf}, {3, 4, -kInf, kInf}})});
  // Not where a kink meets the end of a support.
  rows.push_back(
      {"HalfNormal", "Laplace", every_pair(scales, {{0.3, 1}, {1.5, 0.3}, {-2, 7}, {0.7, 2.2}})});
  rows.push_back({"HalfNormal", "Gumbel"});
  rows.push_back({"HalfNormal", "Weibull"});
}

}  // namespace evident::testing
