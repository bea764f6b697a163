#include "kl_table.hpp"

namespace evident::testing {

void add_gamma_kl_rows(std::vector<KlRow>& rows) {
  rows.push_back({"Chi2", "Gumbel"});
  rows.push_back({"Beta", "Chi2"});
  rows.push_back({"Pareto", "Chi2"});
  rows.push_back({"Uniform", "Chi2",
                  every_pair({{0.1, 1}, {0.5, 3}, {-1, 2}, {2, 20}}, {{1}, {2.5}, {7}, {30}})});
  rows.push_back({"Exponential", "Exponential"});
  rows.push_back({"Exponential", "Gamma"});
  rows.push_back({"Exponential", "Chi2"});
  rows.push_back({"Gamma", "Gamma"});
  rows.push_back({"Gamma", "Exponential"});
  rows.push_back({"Gamma", "Chi2"});
  rows.push_back({"Chi2", "Chi2"});
  rows.push_back({"Chi2", "Gamma"});
  rows.push_back({"Chi2", "Exponential"});
  rows.push_back({"InverseGamma", "InverseGamma"});
  rows.push_back({"Weibull", "Weibull"});
  rows.push_back({"Exponential", "Weibull"});
  rows.push_back({"Weibull", "Exponential"});
  rows.push_back({"Weibull", "Gamma"});
}

}  // namespace evident::testing
