#pragma once

#include <cmath>

namespace evident {
namespace special {

/// The u in [low, high], which may be infinite, at which a rising function is 0: Newton's steps,
/// and halves where they leave what is known to hold the root. `f(u)` returns value and derivative.
template <class F>
double safeguarded_newton(F f, double u, double low, double high) {
  for (int i = 0; i < 200; ++i) {
    const auto [value, slope] = f(u);
    if (value == 0 || std::isnan(value)) return u;
    (value < 0 ? low : high) = u;
    double next = u - value / slope;
    if (!(next > low && next < high)) {
      if (std::abs(next - u) <= 4e-16 * std::abs(u)) return u;
      const bool open = std::isinf(low) || std::isinf(high);
      const double far = 2 * std::abs(u) + 1;
      next = !open ? low + 0.5 * (high - low) : value < 0 ? u + far : u - far;
    }
    if (std::abs(next - u) <= 2e-16 * std::abs(u)) return next;
    u = next;
  }
  return u;
}

}  // namespace special
}  // namespace evident
