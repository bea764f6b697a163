#include "kl_table.hpp"

namespace evident::testing {

void add_infinite_kl_rows(std::vector<KlRow>& rows) {
  const std::vector<std::string> whole_line = {"Cauchy",   "Gumbel", "Laplace",
                                               "Logistic", "Normal", "StudentT"};
  const std::vector<std::string> half_line = {"Chi2",       "Exponential", "Gamma",
                                              "HalfCauchy", "HalfNormal",  "InverseGamma",
                                              "LogNormal",  "Weibull"};
  const std::vector<std::string> unit_interval = {"Beta", "ContinuousBernoulli", "Kumaraswamy"};
  const std::vector<std::string> above = {"Pareto"}, bounded = {"Uniform"};
  const auto add = [&](const auto& every_q, const auto& every_p, bool converges) {
    for (const std::string& q : every_q) {
      for (const std::string& p : every_p) {
        KlRow row{q, p};
        row.method = KlMethod::kInfinite;
        row.has_variance = row.converges = converges;
        rows.push_back(row);
      }
    }
  };
  // Pairs of which p excludes outcomes of q.
  for (const auto& p : {half_line, above, bounded, unit_interval}) add(whole_line, p, true);
  for (const auto& p : {above, bounded, unit_interval}) add(half_line, p, true);
  for (const auto& p : {bounded, unit_interval}) add(above, p, true);
  add(unit_interval, above, true);
  add(std::vector<std::string>{"VonMises"}, unit_interval, true);
  // Pairs whose integral diverges.
  add(std::vector<std::string>{"Exponential", "HalfCauchy", "HalfNormal"},
      std::vector<std::string>{"InverseGamma"}, false);
  add(std::vector<std::string>{"Cauchy"},
      std::vector<std::string>{"Gumbel", "Laplace", "Logistic", "Normal"}, false);
  add(std::vector<std::string>{"HalfCauchy"},
      std::vector<std::string>{"Chi2", "Exponential", "Gamma", "Gumbel", "HalfNormal", "Laplace",
                               "Logistic", "Normal"},
      false);
  add(std::vector<std::string>{"StudentT"}, std::vector<std::string>{"Gumbel"}, false);
}

}  // namespace evident::testing
