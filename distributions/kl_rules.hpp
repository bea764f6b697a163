#pragma once

#include <evident/distributions/kl.hpp>

// The library's own rules, by family: each function registers those of one file. What calls them is
// one explicit list in kl.cpp, for a static library would drop registrars.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

void add_bernoulli_kl();
void add_bounded_kl();
void add_count_kl();
void add_count_moment_kl();
void add_dirichlet_kl();
void add_gamma_kl();
void add_half_normal_kl();
void add_heavy_tail_kl();
void add_infinite_kl();
void add_label_kl();
void add_moment_kl();
void add_multivariate_kl();
void add_normal_kl();
void add_shaped_kl();
void add_tails_kl();
void add_truncated_normal_kl();
void add_uniform_moment_kl();
void add_unit_interval_kl();
void add_unit_moment_kl();

// The value where [q_low, q_high] lies in [p_low, p_high], else infinity.
Var where_nested(const Var& value, const Var& q_low, const Var& q_high, const Var& p_low,
                 const Var& p_high, const char* name);

// The divergence of every pair that is infinite whatever the parameters.
Var infinite_kl(const Distribution& q, const Distribution& p);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
