#pragma once

#include <evident/autodiff/rng.hpp>
#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Brings every example to mean 0 and variance 1 over its last axes, then scales and shifts each
/// element: gain (x - mean) / sqrt(variance + epsilon) + bias (Ba et al. 2016).
struct LayerNorm {
  Var gain;               ///< of the shape that is normalised; ones at first
  Var bias;               ///< of the same shape; zeros at first
  double epsilon = 1e-5;  ///< keeps examples that do not vary finite

  /// Over the last axis, of this length.
  explicit LayerNorm(std::size_t size) : LayerNorm(Shape{size}) {}
  /// Over the last axes, of these lengths. Errors: no axes.
  explicit LayerNorm(const Shape& shape);

  /// (..., shape) in the same shape. Errors: last axes of `x` of other lengths.
  Var operator()(const Var& x, Rng* = nullptr) const;

  template <class V>
  void visit(V& v) {
    v("gain", gain);
    v("bias", bias);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
