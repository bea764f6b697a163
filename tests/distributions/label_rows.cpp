#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/one_hot_categorical.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_label_rows(DistributionRows& rows) {
  rows.push_back({"Categorical", "Categorical", made_of<Categorical>, {}});
  rows.push_back({"Categorical",
                  "Categorical::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<Categorical>(Categorical::from_logits(p[0]));
                  },
                  {}});
  rows.push_back({"OneHotCategorical", "OneHotCategorical", made_of<OneHotCategorical>, {}});
  rows.push_back({"OneHotCategorical",
                  "OneHotCategorical::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<OneHotCategorical>(
                        OneHotCategorical::from_logits(p[0]));
                  },
                  {}});
  rows.push_back({"Multinomial", "Multinomial", made_of<Multinomial>, {}});
  rows.push_back({"Multinomial",
                  "Multinomial::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<Multinomial>(Multinomial::from_logits(p[0], p[1]));
                  },
                  {}});
}

}  // namespace evident::testing
