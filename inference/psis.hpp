#pragma once

#include <cstddef>
#include <evident/autodiff/array.hpp>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What `psis` made of log importance weights.
struct Psis {
  /// In the order and on the scale of those given, shape (S): the largest ones are replaced by the
  /// quantiles of the Pareto distribution fitted to them, and none is larger than the largest was.
  Array log_weights;
  /// The shape of the weights' tail: moments below 1/k_hat exist. -inf where the largest weights
  /// are equal to half the digits of `real`, so that there is no tail; +inf where none can be
  /// fitted.
  double k_hat;
  /// The k_hat up to which estimates from so many draws can be trusted: min(1 - 1/log10(S), 0.7).
  double k_threshold;
  /// 1 / sum w^2 with the smoothed weights, normalised.
  double effective_sample_size;
  std::size_t tail;  ///< how many weights were smoothed; 0 if none
  /// What k_hat means: begins with "good", "usable" or "do not trust".
  std::string advice;
};

/// Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao and Gabry 2024, Journal of
/// Machine Learning Research 25): makes importance weights w = p(z) / q(z) stable and says whether
/// they can be used, and with them whether q is near p.
///
///     const Psis smoothed = psis(log_weights);   // log p(x, z) - log q(z) for draws z of q
///
/// The largest ceil(min(S/5, 3 sqrt(S))) weights are fitted by a generalised Pareto distribution
/// (`fit_pareto_tail`). Log weights have the shape (S) and an arbitrary constant; -inf is a weight
/// of 0. Fewer than 5 weights in the tail, S < 21, are left as they are, with a k_hat of +inf.
/// Errors: another shape; none; a log weight that is NaN or +inf, which is named; no weight above
/// 0.
Psis psis(const Array& log_weights);

/// The generalised Pareto distribution of what exceeds a threshold, with the density
/// (1 + k x / sigma)^(-1/k - 1) / sigma.
struct ParetoTail {
  double k, sigma;

  /// The quantile sigma ((1 - p)^-k - 1) / k.
  double quantile(double p) const;
};

/// Fits a generalised Pareto distribution to excesses, shape (n), positive, in any order: an
/// average over a posterior of -k/sigma (Zhang and Stephens 2009, "A new and efficient estimation
/// method for the generalized Pareto distribution"), with k then drawn towards 1/2 as if ten
/// excesses had said so: (n k + 5) / (n + 10), as in Vehtari et al. 2024. k is +inf where so many
/// excesses are 0 that nothing can be fitted. Errors: another shape; none; excesses that are
/// negative or not finite.
ParetoTail fit_pareto_tail(const Array& excesses);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
