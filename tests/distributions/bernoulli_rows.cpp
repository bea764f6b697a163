#include <evident/distributions/bernoulli.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_bernoulli_rows(DistributionRows& rows) {
  rows.push_back({"Bernoulli", "Bernoulli", made_of<Bernoulli>, {{0.4}, {0.3}, {0.9}, {0.02}}});
  rows.push_back({"Bernoulli",
                  "Bernoulli::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<Bernoulli>(Bernoulli::from_logits(p[0]));
                  },
                  {{0.1}, {0.3}, {-2}, {5}}});
}

}  // namespace evident::testing
