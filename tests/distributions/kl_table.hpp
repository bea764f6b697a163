#pragma once

#include <evident/distributions/kl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "distribution_table.hpp"

namespace evident::testing {

using ParameterPair = std::pair<Parameters, Parameters>;

/// A pair of distributions that `kl` knows.
struct KlRow {
  std::string q, p;  // the types that the rule is for
  /// Parameters to compare them at; empty: the ordinary ones of q with each of those of p.
  std::vector<ParameterPair> at = {};
  KlMethod method = KlMethod::kClosedForm;
  /// Whether log q - log p has a variance under q, without which its mean has no standard error.
  bool has_variance = true;
  /// Whether the integral is a number, or infinite because p excludes outcomes of q; false where it
  /// is infinite because it diverges, which quadrature cannot see.
  bool converges = true;
  /// Whether it has derivatives where it is finite.
  bool differentiable = true;
  /// What the distributions are made by, where it is not the type's own name.
  std::string make_q = "", make_p = "";

  /// What the distributions are made of, from parameters: some are elements of a vector.
  std::vector<Var> (*arguments)(const std::vector<Var>& parameters) =
      [](const std::vector<Var>& parameters) { return parameters; };

  DistributionPointer q_at(const std::vector<Var>& p) const { return row_q().make(arguments(p)); }
  DistributionPointer p_at(const std::vector<Var>& p) const { return row_p().make(arguments(p)); }
  DistributionPointer q_at(const Parameters& p) const {
    return q_at(std::vector<Var>(p.begin(), p.end()));
  }
  DistributionPointer p_at(const Parameters& p) const {
    return p_at(std::vector<Var>(p.begin(), p.end()));
  }
  const DistributionRow& row_q() const { return distribution_row(make_q.empty() ? q : make_q); }
  const DistributionRow& row_p() const { return distribution_row(make_p.empty() ? p : make_p); }
  std::string name() const { return row_q().reference + " against " + row_p().reference; }
  std::vector<ParameterPair> parameters() const;
};

/// Each of these for q with each of those for p.
std::vector<ParameterPair> every_pair(const std::vector<Parameters>& of_q,
                                      const std::vector<Parameters>& of_p);

/// Every rule of the library but Independent's, which sums another.
const std::vector<KlRow>& kl_table();

// The rows, by the files that hold them.
void add_bernoulli_kl_rows(std::vector<KlRow>& rows);
void add_bounded_kl_rows(std::vector<KlRow>& rows);
void add_count_kl_rows(std::vector<KlRow>& rows);
void add_gamma_kl_rows(std::vector<KlRow>& rows);
void add_half_normal_kl_rows(std::vector<KlRow>& rows);
void add_heavy_tail_kl_rows(std::vector<KlRow>& rows);
void add_infinite_kl_rows(std::vector<KlRow>& rows);
void add_label_kl_rows(std::vector<KlRow>& rows);
void add_moment_kl_rows(std::vector<KlRow>& rows);
void add_normal_kl_rows(std::vector<KlRow>& rows);
void add_shaped_kl_rows(std::vector<KlRow>& rows);
void add_tails_kl_rows(std::vector<KlRow>& rows);
void add_truncated_normal_kl_rows(std::vector<KlRow>& rows);
void add_uniform_moment_kl_rows(std::vector<KlRow>& rows);
void add_unit_interval_kl_rows(std::vector<KlRow>& rows);
void add_unit_moment_kl_rows(std::vector<KlRow>& rows);

}  // namespace evident::testing
