#pragma once

#include <evident/autodiff/var.hpp>
#include <functional>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

#ifdef EVIDENT_F64

/// What `check_gradients` found.
struct GradientCheck {
  bool passed;           ///< whether every partial derivative agrees
  double largest_error;  ///< the largest |difference| / (absolute + relative |derivative|)
  std::string message;   ///< the first disagreement: input, element, both values; empty if passed
};

/// How far a derivative may be from its central difference.
struct GradientTolerance {
  double relative = 1e-6;
  double absolute = 1e-8;
};

/// Compares the gradients that the tape finds for `f` with central differences, for every element
/// of every input. An output of any shape is contracted with fixed weights first. The inputs become
/// leaves, those whose entry in `differentiate` is false constants (empty: all are leaves).
/// In double precision only: differences of floats say little.
GradientCheck check_gradients(const std::function<Var(const std::vector<Var>&)>& f,
                              const std::vector<Array>& inputs,
                              const std::vector<bool>& differentiate = {},
                              const GradientTolerance& tolerance = {});

#endif

}  // namespace EVIDENT_PRECISION
}  // namespace evident
