#include <evident/distributions/normal.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_normal_rows(DistributionRows& rows) {
  rows.push_back({"Normal", "Normal", made_of<Normal>, {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.5, 2.2}}});
}

}  // namespace evident::testing
