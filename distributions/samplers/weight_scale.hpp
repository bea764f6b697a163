#pragma once

#include <cmath>
#include <cstddef>
#include <evident/autodiff/real.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// A power of two, times which k finite weights have a finite sum.
inline double weight_scale(std::size_t k) {
  return std::ldexp(0.5, -std::ilogb(static_cast<double>(k)));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
