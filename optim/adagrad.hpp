#pragma once

#include <evident/optim/optimiser.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The settings of `Adagrad`.
struct AdagradOptions {
  Schedule learning_rate = 1e-2;
  double learning_rate_decay = 0;  ///< the rate of step k is divided by 1 + k times this
  double initial_sum = 0;          ///< what the sum of squared gradients starts from
  double epsilon = 1e-10;
  double max_norm = kUnclipped;  ///< of all gradients as one vector
};

/// Adagrad (Duchi et al. 2011): gradients divided by the root of the sum of their squares so far.
class Adagrad final : public Optimiser {
 public:
  /// Errors: no parameters; a setting out of range.
  explicit Adagrad(std::vector<NamedParameter> parameters, const AdagradOptions& options = {});

 private:
  double rate_at(std::size_t step) const override;
  void update(double rate) override;

  AdagradOptions options_;
  State sum_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
