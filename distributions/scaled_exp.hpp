#pragma once

#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/real.hpp>
#include <limits>

// Products of a scale and an exponential.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// scale * e^power for scale > 0, also where e^power alone is no number of the type, or one
/// without all of its digits. Without a derivative where it is infinite.
template <class S, class X, class R = Promoted<S, X>>
R scaled_exp(const S& scale, const X& power) {
  using parts::kInfinity;
  const X whole = exp(power);
  const auto ordinary =
      whole >= static_cast<double>(std::numeric_limits<real>::min()) && whole < kInfinity;
  R result = scale * where(ordinary, whole, X(1.0));
  if (xsimd::all(ordinary.bits)) return result;
  // In four steps, of which none goes beyond the product.
  const X part = exp(0.25 * power);
  const R product = scale * part * part * part * part;
  const R apart = where(part == 0.0, R(0.0), where(product == kInfinity, R(kInfinity), product));
  return where(ordinary, result, apart);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
