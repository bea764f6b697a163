#include "kl_table.hpp"

namespace evident::testing {

void add_unit_interval_kl_rows(std::vector<KlRow>& rows) {
  const std::vector<Parameters> betas = {{2, 3}, {5, 1.5}, {0.5, 0.7}, {10, 30}};
  // Inside of [0, 1], and across its ends.
  const std::vector<Parameters> mixed = {{0.1, 0.9}, {0.25, 0.3}, {-0.5, 0.5}, {0.4, 1.5}};
  // Around [0, 1], and not.
  const std::vector<Parameters> around = {{-2, 8}, {-0.25, 1.5}, {-1, 0.5}, {0.5, 3}};
  rows.push_back({"Beta", "Beta"});
  rows.push_back({"Beta", "ContinuousBernoulli"});
  rows.push_back({"Beta", "Exponential"});
  rows.push_back({"Beta", "Gamma"});
  rows.push_back(
      {"Beta", "Laplace", every_pair(betas, {{0.3, 1}, {0.9, 0.3}, {-2, 7}, {1.7, 2.2}})});
  rows.push_back({"Beta", "Normal"});
  rows.push_back({"Beta", "Uniform", every_pair(betas, around)});
  rows.push_back({"Uniform", "Beta", every_pair(mixed, betas)});

  const std::vector<Parameters> continuous = {{0.3}, {0.7}, {0.01}, {0.9}};
  rows.push_back({"ContinuousBernoulli", "ContinuousBernoulli"});
  rows.push_back({"ContinuousBernoulli", "Exponential"});
  rows.push_back({"ContinuousBernoulli", "Normal"});
  rows.push_back({"ContinuousBernoulli", "Uniform", every_pair(continuous, around)});
  rows.push_back({"Uniform", "ContinuousBernoulli", every_pair(mixed, continuous)});

  // With a density that is finite at 1: differences of x from there round.
  KlRow integrated{"Kumaraswamy", "Beta",
                   every_pair({{2, 3}, {5, 1.5}, {0.7, 1.2}, {1.5, 30}}, betas)};
  integrated.method = KlMethod::kQuadrature;
  rows.push_back(integrated);
}

}  // namespace evident::testing
