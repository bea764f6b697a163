#pragma once

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// gain x / sqrt(mean x^2 + epsilon), the mean over the last axis: (..., n) stays (..., n) (Zhang
/// and Sennrich 2019).
struct RmsNorm {
  Var gain;  ///< (n)
  double epsilon = 1e-5;

  /// Gains of 1.
  explicit RmsNorm(std::size_t n) : gain(Var::parameter(ones({n}))) {}

  /// Errors: a last axis of `x` other than `n`.
  Var operator()(const Var& x, Rng* = nullptr) const {
    if (x.dimension() == 0 || x.shape().back() != gain.size()) {
      throw ShapeError("RmsNorm: input " + to_string(x.shape()) + " does not fit gain " +
                       to_string(gain.shape()) + ": the last dimension must be " +
                       std::to_string(gain.size()));
    }
    return elementwise([](auto x, auto mean_square, auto gain,
                          auto epsilon) { return gain * x * rsqrt(mean_square + epsilon); },
                       x, mean(square(x), {-1}, Keep::kYes), gain, epsilon, "RmsNorm");
  }

  template <class V>
  void visit(V& v) {
    v("gain", gain);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
