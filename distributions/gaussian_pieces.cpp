#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/gaussian_pieces.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

using parts::kHalfLogTwoPi;
using parts::kInfinity;

}  // namespace

Array identity_matrix(std::size_t n) {
  Array result = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) result.data()[i * (n + 1)] = 1;
  return result;
}

Var as_columns(const Var& x) { return reshape(x, joined(x.shape(), {1})); }

Var without_columns(const Var& x) {
  return reshape(x, Shape(x.shape().begin(), x.shape().end() - 1));
}

Var diagonal_matrix(const Var& x) {
  const std::size_t n = x.shape().back();
  const Shape batch(x.shape().begin(), x.shape().end() - 1);
  return reshape(x, joined(batch, {1, n})) * identity_matrix(n);
}

Var sum_of_squares(const Var& x) { return sum(square(x), {-2, -1}); }

Var half_log_det(const Var& factor) { return sum(log(diagonal(factor)), {-1}); }

Var gaussian_log_density(const Var& squares, const Var& half_log_det, std::size_t n,
                         const char* name) {
  return elementwise([](auto squares, auto half_log_det,
                        auto rest) { return -0.5 * squares - half_log_det - rest; },
                     squares, half_log_det, static_cast<double>(n) * kHalfLogTwoPi, name);
}

Var gaussian_entropy(const Var& half_log_det, std::size_t n, const Shape& batch) {
  return half_log_det + full(batch, static_cast<double>(n) * (0.5 + kHalfLogTwoPi));
}

Var infinite_vectors(const Var& x) {
  // NaN stays NaN in the sum.
  const Var infinite =
      sum(elementwise([](auto x) { return where(x == kInfinity || x == -kInfinity, 1.0, 0.0 * x); },
                      stop_gradient(x), "infinite_vectors"),
          {-1});
  return elementwise([](auto count) { return where(count > 0.0, 1.0, 0.0); }, infinite,
                     "infinite_vectors");
}

bool any_nan(const Array& x) {
  return std::any_of(x.begin(), x.end(), [](real value) { return std::isnan(value); });
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
