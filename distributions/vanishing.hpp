#pragma once

// What the formulas of distribution functions end with.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// A tail, of lanes or dual numbers, without a derivative where it is 0: that would be 0 times the
/// slope of its argument, which is infinite at infinity and for very small scales, and NaN.
template <class X>
X vanishing(const X& tail) {
  return where(tail == 0.0, 0.0, tail);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
