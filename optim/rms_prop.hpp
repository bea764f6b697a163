#pragma once

#include <evident/optim/optimiser.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The settings of `RmsProp`.
struct RmsPropOptions {
  Schedule learning_rate = 1e-2;
  double alpha = 0.99;  ///< decay of the mean of squared gradients
  double epsilon = 1e-8;
  double momentum = 0;           ///< how much of the last velocity stays
  bool centered = false;         ///< whether to divide by the deviation about the mean of gradients
  double max_norm = kUnclipped;  ///< of all gradients as one vector
};

/// RMSProp (Tieleman and Hinton 2012): gradients divided by the root of a running mean of their
/// squares, and centered as in Graves (2013) by their running standard deviation. As in PyTorch,
/// epsilon is added to the root, and momentum gathers the divided gradients:
/// v = momentum v + g / (root + epsilon), x -= learning_rate v.
class RmsProp final : public Optimiser {
 public:
  /// Errors: no parameters; a setting out of range.
  explicit RmsProp(std::vector<NamedParameter> parameters, const RmsPropOptions& options = {});

 private:
  void update(double rate) override;

  RmsPropOptions options_;
  State square_ = add_state("square");
  State mean_;      // where centered
  State velocity_;  // where there is momentum
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
