#pragma once

#include <evident/autodiff/functions/constants.hpp>

// What the formulas of location-scale families start with.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// (x - loc) / scale, of numbers, lanes or dual numbers. Where that is infinite it has no
/// derivative: what follows is constant there, and 0 times an infinite slope would be NaN.
template <class X, class Loc, class Scale>
auto standardised(const X& x, const Loc& loc, const Scale& scale) {
  using parts::kInfinity;
  const auto z = (x - loc) / scale;
  return where(z == kInfinity, kInfinity, where(z == -kInfinity, -kInfinity, z));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
