#include "kl_table.hpp"

namespace evident::testing {

void add_heavy_tail_kl_rows(std::vector<KlRow>& rows) {
  // Not where a kink meets the end of a support.
  rows.push_back(
      {"Chi2", "Laplace",
       every_pair({{3}, {1}, {4.5}, {100}}, {{0.3, 1}, {1.5, 0.3}, {-2, 7}, {0.7, 2.2}})});
  rows.push_back({"Weibull", "Chi2"});
  rows.push_back({"Logistic", "Laplace"});
  // Narrow enough for a variance of the average.
  rows.push_back({"Logistic", "Gumbel",
                  every_pair({{0, 0.5}, {1.5, 0.3}, {-2, 0.7}, {0.5, 0.9}},
                             {{0, 2.5}, {1.5, 2}, {-2, 2.9}, {0.5, 2.2}})});
  rows.push_back({"HalfCauchy", "LogNormal"});
  KlRow powers{"HalfCauchy", "Weibull",
               every_pair({{1}, {0.3}, {7}, {2.2}}, {{1, 0.4}, {2, 0.3}, {0.5, 0.2}, {7, 0.1}})};
  rows.push_back(powers);
}

}  // namespace evident::testing
