#include <fmt/format.h>

#include <evident/autodiff/products.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/gaussian_pieces.hpp>
#include <evident/distributions/low_rank_multivariate_normal.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::as_columns;
using detail::without_columns;

void check_lengths(const Shape& loc, const Shape& factor, const Shape& diag) {
  if (loc.empty() || factor.size() < 2 || diag.empty()) return;  // check_parameters says it
  const std::size_t n = loc.back();
  if (factor[factor.size() - 2] == n && diag.back() == n) return;
  throw ShapeError(fmt::format(
      "LowRankMultivariateNormal: the parameters do not fit: for vectors of {} elements cov_factor "
      "must have shape (..., {}, r) and cov_diag (..., {})\n  {:<16} {}\n  {:<16} {}\n  {:<16} {}",
      n, n, n, "loc", to_string(loc), "cov_factor", to_string(factor), "cov_diag",
      to_string(diag)));
}

}  // namespace

LowRankMultivariateNormal::LowRankMultivariateNormal(Var loc, Var cov_factor, Var cov_diag)
    : loc_(std::move(loc)),
      cov_factor_(std::move(cov_factor)),
      cov_diag_(std::move(cov_diag)),
      deviation_(0),
      scaled_(0),
      capacitance_(0) {
  check_lengths(loc_.shape(), cov_factor_.shape(), cov_diag_.shape());
  check_parameters();
  deviation_ = as_columns(sqrt(cov_diag_));
  scaled_ = cov_factor_ / deviation_;
  const std::size_t r = cov_factor_.shape().back();
  capacitance_ = cholesky(matmul(transpose(scaled_), scaled_) + detail::identity_matrix(r));
}

std::vector<Parameter> LowRankMultivariateNormal::parameters() const {
  return {{"loc", loc_, constraints::real(), 1},
          {"cov_factor", cov_factor_, constraints::real(), 2},
          {"cov_diag", cov_diag_, constraints::positive(), 1}};
}

Var LowRankMultivariateNormal::covariance() const {
  return matmul(cov_factor_, transpose(cov_factor_)) + detail::diagonal_matrix(cov_diag_);
}

Var LowRankMultivariateNormal::scale_tril() const { return cholesky(covariance()); }

Var LowRankMultivariateNormal::precision_factor() const {
  return triangular_solve(capacitance_, transpose(scaled_ / deviation_));
}

Var LowRankMultivariateNormal::squares(const Var& columns) const {
  const Var e = columns / deviation_;
  const Var half = triangular_solve(capacitance_, matmul(transpose(scaled_), e));
  const Var u = triangular_solve(capacitance_, half, Transpose::kYes);
  return detail::sum_of_squares(e - matmul(scaled_, u)) + detail::sum_of_squares(u);
}

Var LowRankMultivariateNormal::half_log_det() const {
  return detail::half_log_det(capacitance_) + 0.5 * sum(log(cov_diag_), {-1});
}

Var LowRankMultivariateNormal::log_prob_at(const Var& x) const {
  return detail::with_infinities(x, [&](const Var& x) {
    return detail::gaussian_log_density(squares(as_columns(x - loc_)), half_log_det(),
                                        x.shape().back(), "LowRankMultivariateNormal::log_prob");
  });
}

Array LowRankMultivariateNormal::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array LowRankMultivariateNormal::noise(Rng& rng, const Shape& sample_shape) const {
  const std::size_t r = cov_factor_.shape().back();
  return standard_normal(joined(joined(sample_shape, batch_shape()), {r + event_shape().back()}),
                         rng);
}

Var LowRankMultivariateNormal::from_noise(const Array& noise) const {
  const auto [factors, own] = split(Var(noise), cov_factor_.shape().back());
  const Var common = without_columns(matmul(cov_factor_, as_columns(factors)));
  return loc_ + common + sqrt(cov_diag_) * own;
}

Var LowRankMultivariateNormal::mean() const {
  return broadcast_to(loc_, joined(batch_shape(), event_shape()));
}

Var LowRankMultivariateNormal::variance() const {
  return broadcast_to(sum(square(cov_factor_), {-1}) + cov_diag_,
                      joined(batch_shape(), event_shape()));
}

Var LowRankMultivariateNormal::entropy() const {
  return detail::gaussian_entropy(half_log_det(), event_shape().back(), batch_shape());
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
