#include "kl_table.hpp"

namespace evident::testing {

void add_truncated_normal_kl_rows(std::vector<KlRow>& rows) {
  // Of the ends of p some exclude outcomes of q, and none is at an end of q.
  const std::vector<Parameters> ends = {
      {0, 1, -kInf, kInf}, {2, 0.7, -1, 2}, {0.5, 3, -0.5, kInf}, {-5, 2, -kInf, kInf}};
  for (const char* q : {"Gumbel", "Laplace", "Logistic", "Chi2", "Exponential", "Gamma", "Weibull",
                        "Beta", "ContinuousBernoulli"}) {
    rows.push_back({q, "TruncatedNormal", every_pair(distribution_row(q).ordinary, ends)});
  }
  const auto add = [&](const char* q, const std::vector<Parameters>& of_q) {
    rows.push_back({q, "TruncatedNormal", every_pair(of_q, ends)});
  };
  // Of enough moments.
  add("StudentT", {{9, 0, 1}, {12, 1.5, 0.3}, {10, -2, 7}, {30, 0.1, 0.1}});
  add("InverseGamma", {{9, 2}, {12, 0.5}, {30, 10}, {100, 300}});
  add("LogNormal", {{0, 0.4}, {1.5, 0.3}, {-2, 0.2}, {0.5, 0.5}});
  add("Pareto", {{1, 5.5}, {2, 6.5}, {0.5, 9}, {3, 20}});
  // As is seen by quadrature.
  add("Kumaraswamy", {{2, 3}, {5, 1.5}, {0.7, 0.8}, {1.5, 30}});
  for (const char* q : {"Cauchy", "HalfCauchy"}) {
    KlRow row{q, "TruncatedNormal"};
    row.method = KlMethod::kInfinite;
    row.has_variance = row.converges = false;
    rows.push_back(row);
  }

  // Around 0, in a tail on either side, and without an end.
  const std::vector<Parameters> cut = {{0, 1, -1, 1.5},  {1.5, 0.3, 1, 3},  {0, 1, 5, 13.5},
                                       {1, 2, -19, -15}, {-7.5, 1, 0.1, 1}, {0.5, 1, 0.2, kInf}};
  rows.push_back({"TruncatedNormal", "Exponential", every_pair(cut, {{1}, {0.3}, {7}, {2.2}})});
  // Among the locs some are outside, and none is at an end.
  rows.push_back({"TruncatedNormal", "Laplace",
                  every_pair(cut, {{0.3, 1}, {1.7, 0.3}, {-16, 7}, {5.3, 2.2}, {0.11, 0.5}})});
  rows.push_back(
      {"TruncatedNormal", "Gumbel", every_pair(cut, {{0, 1}, {1.5, 2}, {-2, 7}, {0.5, 2.2}})});
}

}  // namespace evident::testing
