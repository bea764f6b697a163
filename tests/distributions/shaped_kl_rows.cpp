#include "kl_table.hpp"

namespace evident::testing {

void add_shaped_kl_rows(std::vector<KlRow>& rows) {
  // Inside, across and outside, but nowhere on a border, where there is no derivative.
  const std::vector<Parameters> around_zero = {
      {0, 1, -1, 1.5}, {1.5, 0.3, 1, 3}, {0, 2, -3, -1}, {-7.5, 1, 0, 1}};
  const std::vector<Parameters> wide = {{0, 1, -4, 7},
                                        {2, 0.7, -3.5, 2},
                                        {9, 2, -1.5, 8},
                                        {0.5, 3, -kInf, kInf},
                                        {-5, 2, -0.5, kInf}};
  rows.push_back({"TruncatedNormal", "TruncatedNormal", every_pair(around_zero, wide)});
  rows.push_back({"TruncatedNormal", "Normal"});
  rows.push_back({"TruncatedNormal", "Uniform",
                  every_pair(around_zero, {{-3.5, 8}, {-1.5, 2}, {0.5, 9}, {-0.5, 1.25}})});
  rows.push_back({"Uniform", "TruncatedNormal",
                  every_pair({{0.1, 1}, {-1.5, 0.3}, {2, 7}, {-0.25, 2.5}}, wide)});
  rows.push_back(
      {"Normal", "TruncatedNormal",
       every_pair(
           {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.1, 0.1}},
           {{0, 1, -kInf, kInf}, {2, 0.7, -1, 2}, {0.5, 3, -kInf, kInf}, {-5, 2, -0.5, kInf}})});

  // The mode at 0 or at 1, and nearly uniform.
  const std::string by_logits = "ContinuousBernoulli::from_logits";
  const std::string grey = "ContinuousBernoulli";
  rows.push_back({grey, grey});
  rows.push_back({grey, grey});
  rows.back().make_q = rows.back().make_p = by_logits;
  rows.push_back({grey, grey});
  rows.back().make_p = by_logits;
  rows.push_back({grey, "Exponential"});
  rows.push_back({grey, "Normal"});
  const std::vector<Parameters> around_unit = {{-2, 8}, {-0.5, 1.5}, {0.5, 3}, {-1, 0.75}};
  rows.push_back({grey, "Uniform", every_pair({{0.3}, {0.7}, {0.01}, {0.9}}, around_unit)});
  const std::vector<Parameters> inside_unit = {{0.1, 0.9}, {0.25, 0.3}, {-1, 0.5}, {0.7, 1.2}};
  rows.push_back({"Uniform", grey, every_pair(inside_unit, {{0.3}, {0.7}, {0.01}, {0.9}})});
  rows.push_back({"Uniform", grey, every_pair(inside_unit, {{0.1}, {-1.9}, {-30}, {12}})});
  rows.back().make_p = by_logits;
  rows.push_back({"Beta", grey});
  rows.push_back({"Beta", grey});
  rows.back().make_p = by_logits;

  // Equal ones are compared with the reference's parameters.
  rows.push_back({"Delta", "Delta", every_pair({{0}, {1.5}, {-2}, {7}}, {{1}, {2}, {-3}, {1e30}})});

  // At b = 0.6 the mass within rounding of 1 is more than quadrature in x may leave out.
  const std::vector<Parameters> seen = {{2, 3}, {5, 1.5}, {0.7, 0.8}, {1.5, 30}, {12, 0.9}};
  const auto ordinary = [](const char* p) { return distribution_row(p).ordinary; };
  rows.push_back({"Kumaraswamy", "Beta", every_pair(seen, ordinary("Beta"))});
  rows.back().method = KlMethod::kQuadrature;
  rows.push_back({"Kumaraswamy", "Kumaraswamy", every_pair(seen, ordinary("Kumaraswamy"))});
  rows.back().method = KlMethod::kQuadrature;
  rows.push_back({"Kumaraswamy", "Exponential", every_pair(seen, ordinary("Exponential"))});
  rows.push_back({"Kumaraswamy", "Normal", every_pair(seen, ordinary("Normal"))});
  rows.push_back({"Kumaraswamy", "Uniform", every_pair(seen, around_unit)});
}

}  // namespace evident::testing
