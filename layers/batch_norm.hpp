#pragma once

#include <evident/autodiff/rng.hpp>
#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Brings every feature to mean 0 and variance 1 over the batch, then scales and shifts it:
/// gain (x - mean) / sqrt(variance + epsilon) + bias (Ioffe and Szegedy 2015). Features are the
/// last axis; all the others are the batch.
///
/// Handed a generator, as Dropout is in training, it uses the mean and variance of the batch at
/// hand, which is what makes its output noisy, and moves its running averages by them; it draws
/// nothing. Without one it uses the running averages, as constants: there is no mode to switch.
/// Copies share the averages, so that only one thread at a time may train with them.
struct BatchNorm {
  Var gain;               ///< (size), ones at first
  Var bias;               ///< (size), zeros at first
  Var running_mean;       ///< a buffer: (size), zeros at first
  Var running_variance;   ///< a buffer: (size), ones at first; of unbiased variances
  double momentum = 0.1;  ///< the share of a new batch in the running averages
  double epsilon = 1e-5;  ///< keeps features that do not vary finite

  /// For this many features.
  explicit BatchNorm(std::size_t size);

  /// (..., size) in the same shape. Errors: a last axis of `x` of another length; with a generator
  /// fewer than two rows, which have no variance, and a momentum outside [0, 1].
  Var operator()(const Var& x, Rng* noise = nullptr) const;

  template <class V>
  void visit(V& v) {
    v("gain", gain);
    v("bias", bias);
    v.buffer("running_mean", running_mean);
    v.buffer("running_variance", running_variance);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
