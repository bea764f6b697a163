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
  rows.push_back({"Uniform", "Beta",
                  every_pair({{0.1, 0.9}, {0.3, 0.4}, {0.01, 0.2}, {-0.5, 0.7}},
                             {{2, 3}, {5, 1.5}, {0.5, 0.7}, {10, 30}})});
  rows.push_back({"Uniform", "Gumbel"});
  rows.push_back({"Uniform", "Laplace"});
  rows.push_back(
      {"Uniform", "Pareto", every_pair(mixed, {{1, 5}, {0.05, 0.5}, {0.5, 2}, {3, 20}})});

  rows.push_back({"Beta", "Beta"});
  rows.push_back({"Beta", "Exponential"});
  rows.push_back({"Beta", "Gamma"});
  // Left of, in and right of the interval.
  rows.push_back({"Beta", "Laplace",
                  every_pair({{2, 3}, {5, 1.5}, {0.5, 0.7}, {10, 30}},
                             {{0.3, 1}, {0.8, 0.1}, {-2, 7}, {1.5, 2.2}})});
  rows.push_back({"Beta", "Uniform",
                  every_pair({{2, 3}, {5, 1.5}, {0.5, 0.7}, {10, 30}},
                             {{-1, 2}, {-0.5, 1.2}, {0.2, 3}, {-7, 0.5}})});
}

}  // namespace evident::testing
