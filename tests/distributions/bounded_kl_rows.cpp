#include "kl_table.hpp"

namespace evident::testing {

void add_bounded_kl_rows(std::vector<KlRow>& rows) {
  // Inside, across and outside, but nowhere on a border, where there is no derivative.
  const std::vector<Parameters> mixed = {{0.1, 1}, {-1.5, 0.3}, {2, 7}, {10, 12.5}};
  rows.push_back(
      {"Uniform", "Uniform", every_pair(mixed, {{-2, 8}, {-3, 20}, {-1, 1.5}, {1, 13}})});
  rows.push_back({"Uniform", "Exponential", every_pair(mixed, {{1}, {0.3}, {7}, {2.2}})});
  rows.push_back(
      {"Uniform", "Gamma", every_pair(mixed, {{2, 3}, {0.5, 1}, {7.5, 0.1}, {100, 10}})});
  // Equal or not.
  KlRow point{"Delta", "Delta", every_pair({{0}, {1.5}, {-2}, {1e30}}, {{0}, {1.5}, {-2}, {3}})};
  point.differentiable = false;
  rows.push_back(point);
  rows.push_back({"Uniform", "Gumbel"});
  rows.push_back({"Uniform", "Laplace"});
  rows.push_back(
      {"Uniform", "Pareto", every_pair(mixed, {{1, 5}, {0.05, 0.5}, {0.5, 2}, {3, 20}})});
}

}  // namespace evident::testing
