#include <cmath>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/weibull.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_weibull_rows(DistributionRows& rows) {
  rows.push_back({"Pareto", "Pareto", made_of<Pareto>, {{1, 5}, {2, 6.5}, {0.5, 9}, {3, 20}}});
  rows.back().fourth_moment = [](const std::vector<Array>& at) { return at[1]() > 4; };
  rows.push_back({"Weibull", "Weibull", made_of<Weibull>, {{1, 2}, {2, 0.9}, {0.5, 3.5}, {7, 1}}});
  rows.back().log_cdf_of_log = [](const std::vector<Array>& at, double y) {
    const auto scale = static_cast<double>(at[0]()), shape = static_cast<double>(at[1]());
    return std::log(-std::expm1(-std::exp(shape * (y - std::log(scale)))));
  };
}

}  // namespace evident::testing
