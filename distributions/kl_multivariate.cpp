#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/distributions/gaussian_pieces.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/low_rank_multivariate_normal.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::as_columns;

// (trace - n + shift) / 2 + half the log determinant of p's covariance less that of q's, where
// `trace` is that of inv(S_p) S_q and `shift` the squared distance of the means in units of p.
Var between(const Var& trace, std::size_t n, const Var& shift, const Var& p_half_log_det,
            const Var& q_half_log_det, const char* name) {
  return elementwise([](auto trace, auto n, auto shift, auto p_half,
                        auto q_half) { return 0.5 * ((trace - n) + shift) + (p_half - q_half); },
                     trace, static_cast<double>(n), shift, p_half_log_det, q_half_log_det, name);
}

// The same from R = inv(L_p) L_q, lower-triangular, and the difference of the means in units of p:
// each squared element of the diagonal less 1 and its logarithm, which keeps its digits near 1.
Var between_factors(const Var& ratio, const Var& shift, const char* name) {
  const Var diagonals = square(diagonal(ratio));
  const Var on =
      sum(elementwise([](auto x) { return detail::excess_over_log(x); }, diagonals, name), {-1});
  const Var mask = 1.0 - Var(detail::identity_matrix(ratio.shape().back()));
  const Var off = detail::sum_of_squares(ratio * mask);
  return elementwise([](auto on, auto off, auto shift) { return 0.5 * (on + off + shift); }, on,
                     off, shift, name);
}

Var full_full(const MultivariateNormal& q, const MultivariateNormal& p) {
  const Var& scale = p.scale_tril();
  return between_factors(
      triangular_solve(scale, q.scale_tril()),
      detail::sum_of_squares(triangular_solve(scale, as_columns(q.loc() - p.loc()))),
      "kl(MultivariateNormal, MultivariateNormal)");
}

Var full_low_rank(const MultivariateNormal& q, const LowRankMultivariateNormal& p) {
  return between(p.squares(q.scale_tril()), q.event_shape().back(),
                 p.squares(as_columns(q.loc() - p.loc())), p.half_log_det(),
                 detail::half_log_det(q.scale_tril()),
                 "kl(MultivariateNormal, LowRankMultivariateNormal)");
}

Var low_rank_full(const LowRankMultivariateNormal& q, const MultivariateNormal& p) {
  const Var& scale = p.scale_tril();
  const auto squares = [&](const Var& columns) {
    return detail::sum_of_squares(triangular_solve(scale, columns));
  };
  const Var own = detail::diagonal_matrix(sqrt(q.cov_diag()));
  return between(squares(q.cov_factor()) + squares(own), q.event_shape().back(),
                 squares(as_columns(q.loc() - p.loc())), detail::half_log_det(scale),
                 q.half_log_det(), "kl(LowRankMultivariateNormal, MultivariateNormal)");
}

Var low_rank_low_rank(const LowRankMultivariateNormal& q, const LowRankMultivariateNormal& p) {
  // The diagonal of inv(S_p) is 1 / d less the sums of squares of its factor's columns.
  const Var inverse = 1.0 / p.cov_diag() - sum(square(p.precision_factor()), {-2});
  return between(p.squares(q.cov_factor()) + sum(q.cov_diag() * inverse, {-1}),
                 q.event_shape().back(), p.squares(as_columns(q.loc() - p.loc())), p.half_log_det(),
                 q.half_log_det(), "kl(LowRankMultivariateNormal, LowRankMultivariateNormal)");
}

// Whether it is vectors of independent normal numbers.
bool is_normal_vector(const Independent& d) {
  return d.axes() == 1 && dynamic_cast<const Normal*>(&d.base()) != nullptr;
}

// Its means, or its standard deviations, with the event's axis whole.
Var whole(const Var& x, const Distribution& d) { return x + zeros(d.event_shape()); }

Var independent_full(const Independent& q, const MultivariateNormal& p) {
  const auto& normal = static_cast<const Normal&>(q.base());
  const Var& scale = p.scale_tril();
  return between_factors(
      triangular_solve(scale, detail::diagonal_matrix(whole(normal.scale(), q))),
      detail::sum_of_squares(triangular_solve(scale, as_columns(normal.loc() - p.loc()))),
      "kl(to_event(Normal, 1), MultivariateNormal)");
}

Var full_independent(const MultivariateNormal& q, const Independent& p) {
  const auto& normal = static_cast<const Normal&>(p.base());
  const Var scale = whole(normal.scale(), p);
  return between_factors(q.scale_tril() / as_columns(scale),
                         sum(square((q.loc() - normal.loc()) / scale), {-1}),
                         "kl(MultivariateNormal, to_event(Normal, 1))");
}

}  // namespace

void detail::add_multivariate_kl() {
  KlRule<MultivariateNormal, MultivariateNormal>{full_full};
  KlRule<MultivariateNormal, LowRankMultivariateNormal>{full_low_rank};
  KlRule<LowRankMultivariateNormal, MultivariateNormal>{low_rank_full};
  KlRule<LowRankMultivariateNormal, LowRankMultivariateNormal>{low_rank_low_rank};
  KlRule<Independent, MultivariateNormal>(
      independent_full, KlMethod::kClosedForm,
      [](const Independent& q, const MultivariateNormal&) { return is_normal_vector(q); });
  KlRule<MultivariateNormal, Independent>(
      full_independent, KlMethod::kClosedForm,
      [](const MultivariateNormal&, const Independent& p) { return is_normal_vector(p); });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
