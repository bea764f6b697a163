#pragma once

#include <evident/optim/optimiser.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The settings of `Sgd`.
struct SgdOptions {
  Schedule learning_rate = 1e-2;
  double momentum = 0;           ///< how much of the last velocity stays
  bool nesterov = false;         ///< whether a step looks ahead along the new velocity
  double weight_decay = 0;       ///< times the value, added to the gradient
  double max_norm = kUnclipped;  ///< of all gradients as one vector
};

/// Stochastic gradient descent (Robbins and Monro 1951), with momentum as in Sutskever et al. 2013
/// but for the learning rate, which is outside it: v = momentum v + g, x -= learning_rate v, or
/// with Nesterov's x -= learning_rate (g + momentum v).
class Sgd final : public Optimiser {
 public:
  /// Errors: no parameters; a setting out of range; `nesterov` without momentum.
  explicit Sgd(std::vector<NamedParameter> parameters, const SgdOptions& options = {});

 private:
  void update(double rate) override;

  SgdOptions options_;
  State velocity_;  // where there is momentum
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
