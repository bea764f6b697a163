#include "kl_table.hpp"

namespace evident::testing {

void add_shaped_kl_rows(std::vector<KlRow>& rows) {
  // Inside, across and outside, but nowhere on a border, where there is no derivative.
  const std::vector<Parameters> around_zero = {
      {0, 1, -1, 1.5}, {1.5, 0.3, 1, 3}, {0, 2, -3, -1}, {-7.5, 1, 0, 1}};
  const std::vector<Parameters> wide = {{0, 1, -4, 7.25},
                                        {2, 0.7, -3.5, 2},
                                        {9, 2, -1.75, 8},
                                        {0.5, 3, -kInf, kInf},
                                        {-5, 2, -0.5, kInf}};
  rows.push_back({"TruncatedNormal", "TruncatedNormal", every_pair(around_zero, wide)});
  rows.push_back({"TruncatedNormal", "Uniform",
                  every_pair(around_zero, {{-3.5, 8}, {-1.5, 2}, {0.5, 9}, {-0.5, 1.25}})});
  rows.push_back({"Uniform", "TruncatedNormal",
                  every_pair({{0.1, 1}, {-1.5, 0.3}, {2, 7}, {-0.25, 2.5}}, wide)});
  rows.push_back(
      {"Normal", "TruncatedNormal",
       every_pair(
           {{0, 1}, {1.5, 0.3}, {-2, 7}, {0.1, 0.1}},
           {{0, 1, -kInf, kInf}, {2, 0.7, -1, 2}, {0.5, 3, -kInf, kInf}, {-5, 2, -0.5, kInf}})});

  // Nearly uniform, and with its mass at either end.
  const std::string by_logits = "ContinuousBernoulli::from_logits";
  const std::string grey = "ContinuousBernoulli";
  rows.push_back({grey, grey});
  rows.back().make_q = rows.back().make_p = by_logits;
  rows.push_back({grey, grey});
  rows.back().make_p = by_logits;
  rows.push_back(
      {"Uniform", grey,
       every_pair({{0.1, 0.9}, {0.25, 0.3}, {-1, 0.5}, {0.7, 1.2}}, {{0.1}, {-1.9}, {-30}, {12}})});
  rows.back().make_p = by_logits;
  rows.push_back({"Beta", grey});
  rows.back().make_p = by_logits;

  // Of larger densities near 1 quadrature in x would miss what is within rounding of it.
  const std::vector<Parameters> seen = {{2, 3}, {5, 1.5}, {0.7, 0.8}, {1.5, 30}, {12, 0.9}};
  const auto against = [&](const char* p, const std::vector<Parameters>& of_p) {
    rows.push_back({"Kumaraswamy", p, every_pair(seen, of_p)});
  };
  against("Beta", distribution_row("Beta").ordinary);
  rows.back().method = KlMethod::kQuadrature;
  against("Kumaraswamy", distribution_row("Kumaraswamy").ordinary);
  rows.back().method = KlMethod::kQuadrature;
  against("Exponential", distribution_row("Exponential").ordinary);
  against("Normal", distribution_row("Normal").ordinary);
  against("Uniform", {{-2, 8}, {-0.5, 1.5}, {0.5, 3}, {-1, 0.75}});
}

}  // namespace evident::testing
