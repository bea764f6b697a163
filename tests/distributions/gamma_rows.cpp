#include <cmath>
#include <evident/autodiff/special/incomplete_gamma.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/inverse_gamma.hpp>

#include "distribution_table.hpp"

namespace evident::testing {
namespace {

// log P(a, e^v): far below 1 it is that of the first term of the power series.
double log_gammainc_of_log(double a, double v) {
  return v < -50 ? a * v - std::lgamma(a + 1) : special::log_gammainc(a, std::exp(v));
}

}  // namespace

void add_gamma_rows(DistributionRows& rows) {
  rows.push_back({"Gamma", "Gamma", made_of<Gamma>, {{2, 3}, {0.5, 1}, {7.5, 0.1}, {100, 10}}});
  rows.back().log_cdf_of_log = [](const std::vector<Array>& at, double y) {
    return log_gammainc_of_log(at[0](), y + std::log(static_cast<double>(at[1]())));
  };
  rows.push_back({"Chi2", "Chi2", made_of<Chi2>, {{3}, {1}, {4.5}, {100}}});
  rows.back().log_cdf_of_log = [](const std::vector<Array>& at, double y) {
    return log_gammainc_of_log(0.5 * at[0](), y - std::log(2.0));
  };
  rows.push_back({"InverseGamma",
                  "InverseGamma",
                  made_of<InverseGamma>,
                  {{3, 2}, {5, 1}, {2.5, 0.25}, {100, 20}}});
  rows.back().fourth_moment = [](const std::vector<Array>& at) { return at[0]() > 4; };
}

}  // namespace evident::testing
