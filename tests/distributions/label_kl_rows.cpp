#include <evident/autodiff/shapes.hpp>

#include "kl_table.hpp"

namespace evident::testing {
namespace {

// One vector.
std::vector<Var> as_vector(const std::vector<Var>& weights) { return {stack(weights)}; }

// A number and a vector.
std::vector<Var> count_and_vector(const std::vector<Var>& parameters) {
  return {parameters[0], stack({parameters.begin() + 1, parameters.end()})};
}

}  // namespace

void add_label_kl_rows(std::vector<KlRow>& rows) {
  const std::vector<Parameters> weights = {{0.5, 0.2, 0.3}, {1, 4, 2}, {0.1, 0.8, 0.1}, {3, 1, 9}};
  const std::vector<Parameters> scores = {{0.5, -2, 1}, {0, 0, 0}, {-1, 3, 0.5}, {2, 1, -0.5}};
  for (const bool q_logits : {false, true}) {
    for (const bool p_logits : {false, true}) {
      KlRow row{"Categorical", "Categorical"};
      if (q_logits) row.make_q = "Categorical::from_logits";
      if (p_logits) row.make_p = "Categorical::from_logits";
      row.arguments = as_vector;
      row.at = every_pair(q_logits ? scores : weights, p_logits ? scores : weights);
      rows.push_back(row);
    }
  }
  KlRow labels{"OneHotCategorical", "OneHotCategorical", every_pair(weights, weights)};
  labels.arguments = as_vector;
  rows.push_back(labels);
  // The last with another total than the others.
  const std::vector<Parameters> of_five = {
      {5, 0.5, 0.2, 0.3}, {5, 1, 4, 2}, {5, 0.1, 0.8, 0.1}, {4, 3, 1, 9}};
  KlRow counts{"Multinomial", "Multinomial", every_pair(of_five, of_five)};
  counts.arguments = count_and_vector;
  rows.push_back(counts);
}

}  // namespace evident::testing
