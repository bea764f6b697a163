#include <cmath>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/uniform.hpp>

#include "distribution_table.hpp"

namespace evident::testing {

void add_located_rows(DistributionRows& rows) {
  const std::vector<Parameters> located = {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.5, 2.2}};
  const std::vector<Parameters> positive = {{1}, {0.3}, {7}, {2.2}};
  const auto none = [](const std::vector<Array>&) { return false; };
  rows.push_back({"Cauchy", "Cauchy", made_of<Cauchy>, located, none});
  rows.push_back({"Exponential", "Exponential", made_of<Exponential>, positive});
  rows.back().log_cdf_of_log = [](const std::vector<Array>& at, double y) {
    return std::log(-std::expm1(-static_cast<double>(at[0]()) * std::exp(y)));
  };
  rows.push_back({"Gumbel", "Gumbel", made_of<Gumbel>, located});
  rows.push_back({"HalfCauchy", "HalfCauchy", made_of<HalfCauchy>, positive, none});
  rows.push_back({"HalfNormal", "HalfNormal", made_of<HalfNormal>, positive});
  rows.push_back({"Laplace", "Laplace", made_of<Laplace>, located});
  rows.push_back(
      {"LogNormal", "LogNormal", made_of<LogNormal>, {{0, 1}, {1.5, 0.3}, {-2, 0.7}, {0.5, 0.9}}});
  rows.back().fourth_moment = [](const std::vector<Array>& at) { return at[1]() <= 1; };
  rows.back().log_cdf_of_log = [](const std::vector<Array>& at, double y) {
    const auto loc = static_cast<double>(at[0]()), scale = static_cast<double>(at[1]());
    return std::log(0.5 * std::erfc((loc - y) / (scale * std::sqrt(2.0))));
  };
  rows.push_back({"Logistic", "Logistic", made_of<Logistic>, located});
  rows.push_back(
      {"Uniform", "Uniform", made_of<Uniform>, {{0, 1}, {-1.5, 0.3}, {-2, 7}, {10, 12.5}}});
}

}  // namespace evident::testing
