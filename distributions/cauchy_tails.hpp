#pragma once

#include <evident/autodiff/functions.hpp>

// What the formulas of Cauchy and HalfCauchy share, on lanes and dual numbers.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// log atan(a / b) for 0 <= a <= b, of quotients below the smallest number too.
template <class A, class B>
auto log_arc(const A& a, const B& b) {
  constexpr double kTiny = 1e-10;  // below it the angle is its tangent to rounding
  const auto q = a / b;
  return where(q < kTiny, log(a) - log(b), log(atan(q)));
}

/// -log scale - log(1 + (size / scale)^2) for size >= 0, where squares are out of range too.
template <class Size, class Scale, class LogScale>
auto log_cauchy(const Size& size, const Scale& scale, const LogScale& log_scale) {
  const auto far = size > scale;
  const auto q = where(far, scale, size) / where(far, size, scale);
  return where(far, log_scale - 2.0 * log(size), -log_scale) - log1p(square(q));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
