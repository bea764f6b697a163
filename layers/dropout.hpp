#pragma once

#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Sets a fraction of the elements to 0 and scales the others up by 1 / (1 - rate), so that the
/// mean stays (Srivastava et al. 2014). Handed a generator it drops; without one it changes
/// nothing: there is no mode to switch.
struct Dropout {
  double rate;  ///< the fraction that is dropped, in [0, 1)

  /// Errors: a rate outside [0, 1).
  explicit Dropout(double rate);

  /// `x` with elements dropped, or `x` itself without a generator.
  Var operator()(const Var& x, Rng* noise = nullptr) const;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
