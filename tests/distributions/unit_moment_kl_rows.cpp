#include "kl_table.hpp"

namespace evident::testing {

void add_unit_moment_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Beta", "LogNormal"});
  rows.push_back({"Beta", "Weibull"});
  // Of 1/X enough moments.
  rows.push_back({"Beta", "InverseGamma",
                  every_pair({{5, 3}, {7, 1.5}, {35, 0.7}, {10, 30}},
                             {{2, 3}, {0.5, 1}, {7.5, 0.1}, {9, 2}})});
  // As is seen by quadrature.
  const std::vector<Parameters> seen = {{2, 3}, {5, 1.5}, {0.7, 0.8}, {1.5, 30}, {12, 0.9}};
  for (const char* p : {"Chi2", "Gamma", "LogNormal", "Weibull"}) {
    rows.push_back({"Kumaraswamy", p, every_pair(seen, distribution_row(p).ordinary)});
  }
}

}  // namespace evident::testing
