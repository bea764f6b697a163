#include "kl_table.hpp"

namespace evident::testing {

void add_uniform_moment_kl_rows(std::vector<KlRow>& rows) {
  // Within the positive numbers, near and far, and one that is not.
  const std::vector<Parameters> positive = {{1, 2}, {-1.5, 0.3}, {0.1, 7}, {10, 10.5}, {1e-3, 3}};
  for (const char* p : {"HalfCauchy", "InverseGamma", "LogNormal", "Weibull"}) {
    rows.push_back({"Uniform", p, every_pair(positive, distribution_row(p).ordinary)});
  }
  rows.push_back({"Uniform", "Cauchy"});
  // Within a turn.
  rows.push_back({"Uniform", "VonMises",
                  every_pair({{0, 1}, {-1.5, 0.3}, {-2, 4}, {10, 12.5}},
                             distribution_row("VonMises").ordinary)});
}

}  // namespace evident::testing
