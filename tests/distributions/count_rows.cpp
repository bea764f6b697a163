#include <evident/distributions/binomial.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_count_rows(DistributionRows& rows) {
  rows.push_back(
      {"Binomial", "Binomial", made_of<Binomial>, {{10, 0.45}, {7, 0.3}, {20, 0.9}, {100, 0.25}}});
  rows.push_back({"Binomial",
                  "Binomial::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<Binomial>(Binomial::from_logits(p[0], p[1]));
                  },
                  {{10, 0.2}, {7, -0.8}, {20, 2.2}, {100, -1.1}}});
  rows.push_back({"Poisson", "Poisson", made_of<Poisson>, {{1}, {0.3}, {7.5}, {30}}});
  rows.push_back({"ZeroInflatedPoisson",
                  "ZeroInflatedPoisson",
                  made_of<ZeroInflatedPoisson>,
                  {{0.3, 1}, {0.5, 2}, {0.1, 7.5}, {0.9, 30}}});
  rows.push_back({"Geometric", "Geometric", made_of<Geometric>, {{0.5}, {0.3}, {0.9}, {0.04}}});
  rows.push_back({"NegativeBinomial",
                  "NegativeBinomial",
                  made_of<NegativeBinomial>,
                  {{5, 0.45}, {3, 0.3}, {2.5, 0.75}, {0.5, 0.9}}});
  rows.push_back({"NegativeBinomial",
                  "NegativeBinomial::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<NegativeBinomial>(
                        NegativeBinomial::from_logits(p[0], p[1]));
                  },
                  {{5, 0.2}, {3, -0.8}, {2.5, 1.1}, {0.5, 2.2}}});
  rows.push_back({"DiscreteUniform",
                  "DiscreteUniform",
                  made_of<DiscreteUniform>,
                  {{0, 9}, {1, 6}, {-5, 5}, {10, 17}}});
}

}  // namespace evident::testing
