#include <cmath>
#include <evident/autodiff/special/incomplete_beta.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/von_mises.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_beta_rows(DistributionRows& rows) {
  rows.push_back({"Beta", "Beta", made_of<Beta>, {{2, 3}, {5, 1.5}, {0.5, 0.7}, {10, 30}}});
  rows.back().log_cdf_of_log = [](const std::vector<Array>& at, double y) {
    const auto a = static_cast<double>(at[0]()), b = static_cast<double>(at[1]());
    if (y > -700) return special::log_betainc(a, b, std::exp(y), -std::expm1(y));
    // x^a / (a B(a, b)), where x itself underflows.
    return a * y - std::log(a) - (std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b));
  };
  rows.push_back({"StudentT",
                  "StudentT",
                  made_of<StudentT>,
                  {{3, 0, 1}, {5, 1.5, 0.3}, {10, -2, 7}, {2.5, 0.1, 0.1}}});
  rows.back().fourth_moment = [](const std::vector<Array>& at) { return at[0]() > 8; };
  rows.push_back(
      {"VonMises", "VonMises", made_of<VonMises>, {{0, 1}, {1, 2}, {-2, 0.5}, {0.1, 10}}});
  // The variance of an angle is not that of a number.
  rows.back().fourth_moment = [](const std::vector<Array>&) { return false; };
}

}  // namespace evident::testing
