#include "kl_table.hpp"

namespace evident::testing {

void add_infinite_kl_rows(std::vector<KlRow>& rows) {
  // Pairs of which p excludes outcomes of q.
  const std::pair<const char*, const char*> excluded[] = {
      {"Normal", "Exponential"},    {"Normal", "Gamma"},         {"Normal", "Chi2"},
      {"Normal", "InverseGamma"},   {"Normal", "HalfNormal"},    {"Normal", "HalfCauchy"},
      {"Normal", "LogNormal"},      {"Normal", "Weibull"},       {"Normal", "Pareto"},
      {"Normal", "Uniform"},        {"Laplace", "Exponential"},  {"Laplace", "Gamma"},
      {"Laplace", "Chi2"},          {"Laplace", "InverseGamma"}, {"Laplace", "HalfNormal"},
      {"Laplace", "HalfCauchy"},    {"Laplace", "LogNormal"},    {"Laplace", "Weibull"},
      {"Laplace", "Pareto"},        {"Laplace", "Uniform"},      {"Gumbel", "Exponential"},
      {"Gumbel", "Gamma"},          {"Gumbel", "Chi2"},          {"Gumbel", "InverseGamma"},
      {"Gumbel", "HalfNormal"},     {"Gumbel", "HalfCauchy"},    {"Gumbel", "LogNormal"},
      {"Gumbel", "Weibull"},        {"Gumbel", "Pareto"},        {"Gumbel", "Uniform"},
      {"Logistic", "Exponential"},  {"Logistic", "Gamma"},       {"Logistic", "Chi2"},
      {"Logistic", "InverseGamma"}, {"Logistic", "HalfNormal"},  {"Logistic", "HalfCauchy"},
      {"Logistic", "LogNormal"},    {"Logistic", "Weibull"},     {"Logistic", "Pareto"},
      {"Logistic", "Uniform"},      {"Cauchy", "Exponential"},   {"Cauchy", "Gamma"},
      {"Cauchy", "Chi2"},           {"Cauchy", "InverseGamma"},  {"Cauchy", "HalfNormal"},
      {"Cauchy", "HalfCauchy"},     {"Cauchy", "LogNormal"},     {"Cauchy", "Weibull"},
      {"Cauchy", "Pareto"},         {"Cauchy", "Uniform"},       {"Exponential", "Pareto"},
      {"Exponential", "Uniform"},   {"Gamma", "Pareto"},         {"Gamma", "Uniform"},
      {"Chi2", "Pareto"},           {"Chi2", "Uniform"},         {"InverseGamma", "Pareto"},
      {"InverseGamma", "Uniform"},  {"HalfNormal", "Pareto"},    {"HalfNormal", "Uniform"},
      {"HalfCauchy", "Pareto"},     {"HalfCauchy", "Uniform"},   {"LogNormal", "Pareto"},
      {"LogNormal", "Uniform"},     {"Weibull", "Pareto"},       {"Weibull", "Uniform"},
      {"Pareto", "Uniform"},
  };
  // Pairs whose integral diverges.
  const std::pair<const char*, const char*> divergent[] = {
      {"Cauchy", "Normal"},         {"Cauchy", "Laplace"},         {"Cauchy", "Gumbel"},
      {"Cauchy", "Logistic"},       {"HalfCauchy", "Normal"},      {"HalfCauchy", "Laplace"},
      {"HalfCauchy", "HalfNormal"}, {"HalfCauchy", "Exponential"}, {"HalfCauchy", "Gamma"},
      {"HalfCauchy", "Gumbel"},     {"HalfCauchy", "Logistic"},    {"HalfCauchy", "Chi2"},
  };
  for (const auto& [q, p] : excluded) {
    KlRow row{q, p};
    row.method = KlMethod::kInfinite;
    rows.push_back(row);
  }
  const char* beyond_unit[] = {"Normal",     "Laplace",   "Gumbel",       "Logistic",
                               "Cauchy",     "StudentT",  "VonMises",     "Exponential",
                               "Gamma",      "Chi2",      "InverseGamma", "HalfNormal",
                               "HalfCauchy", "LogNormal", "Weibull",      "Pareto"};
  for (const char* within : {"ContinuousBernoulli", "Kumaraswamy"}) {
    for (const char* other : beyond_unit) {
      rows.push_back({other, within});
      rows.back().method = KlMethod::kInfinite;
    }
    rows.push_back({within, "Pareto"});
    rows.back().method = KlMethod::kInfinite;
  }
  for (const auto& [q, p] : divergent) {
    KlRow row{q, p};
    row.method = KlMethod::kInfinite;
    row.has_variance = row.converges = false;
    rows.push_back(row);
  }
}

}  // namespace evident::testing
