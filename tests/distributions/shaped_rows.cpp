#include <cmath>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/truncated_normal.hpp>

#include "distribution_table.hpp"

namespace evident::testing {
namespace {

double of(const std::vector<Array>& at, std::size_t k) { return static_cast<double>(at[k]()); }

// log(1 - exp(-hazard)).
double log_failure(double log_hazard) {
  if (log_hazard < -30) return log_hazard;
  return std::log(-std::expm1(-std::exp(log_hazard)));
}

double log_cdf_of_log_kumaraswamy(const std::vector<Array>& at, double y) {
  const double power = of(at, 0) * y;  // of x^a
  const double log_rest = power < -30 ? power : std::log(-std::log(-std::expm1(power)));
  return log_failure(std::log(of(at, 1)) + log_rest);
}

}  // namespace

void add_shaped_rows(DistributionRows& rows) {
  rows.push_back({"ContinuousBernoulli",
                  "ContinuousBernoulli",
                  made_of<ContinuousBernoulli>,
                  {{0.3}, {0.7}, {0.01}, {0.9}, {0.45}}});
  rows.push_back({"ContinuousBernoulli",
                  "ContinuousBernoulli::from_logits",
                  [](const std::vector<Var>& p) -> DistributionPointer {
                    return std::make_shared<ContinuousBernoulli>(
                        ContinuousBernoulli::from_logits(p[0]));
                  },
                  {{0.1}, {-1.9}, {2.1}, {-30}, {12}}});
  rows.push_back({"Delta", "Delta", made_of<Delta>, {}});
  rows.push_back({"Kumaraswamy",
                  "Kumaraswamy",
                  made_of<Kumaraswamy>,
                  {{2, 3}, {5, 1.5}, {0.7, 0.8}, {1.5, 30}, {12, 0.6}},
                  // A small power makes outcomes that matter too rare to be seen.
                  [](const std::vector<Array>& at) { return of(at, 0) > 0.05; },
                  log_cdf_of_log_kumaraswamy});
  rows.push_back(
      {"TruncatedNormal",
       "TruncatedNormal",
       made_of<TruncatedNormal>,
       {{0, 1, -1, 1.5}, {1.5, 0.3, 1, 3}, {0, 1, 2, 3.5}, {1, 2, -9, -5}, {0.5, 1, 3, 6}}});
}

}  // namespace evident::testing
