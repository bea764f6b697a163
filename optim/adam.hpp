#pragma once

#include <evident/optim/optimiser.hpp>
#include <functional>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The settings of `Adam`.
struct AdamOptions {
  Schedule learning_rate = 1e-3;
  double beta1 = 0.9;    ///< decay of the mean of gradients
  double beta2 = 0.999;  ///< decay of the mean of squared gradients
  double epsilon = 1e-8;
  double max_norm = kUnclipped;  ///< of all gradients as one vector
};

/// Adam (Kingma and Ba 2015): steps scaled by running means of the gradient and its square,
/// corrected for their start at 0.
class Adam final : public Optimiser {
 public:
  /// Errors: no parameters; a setting out of range.
  explicit Adam(std::vector<NamedParameter> parameters, const AdamOptions& options = {});

 private:
  void update(double rate) override;

  AdamOptions options_;
  State mean_ = add_state("mean"), square_ = add_state("square");
};

/// The settings of `AdamW`.
struct AdamWOptions {
  Schedule learning_rate = 1e-3;
  double beta1 = 0.9;    ///< decay of the mean of gradients
  double beta2 = 0.999;  ///< decay of the mean of squared gradients
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
  /// Which parameters decay, by name; all of them if it is empty.
  std::function<bool(const std::string& name)> decays = {};
  double max_norm = kUnclipped;  ///< of all gradients as one vector
};

/// AdamW (Loshchilov and Hutter 2019): Adam, and beside its steps parameters shrink by the factor
/// 1 - learning_rate * weight_decay.
class AdamW final : public Optimiser {
 public:
  /// Errors: no parameters; a setting out of range.
  explicit AdamW(std::vector<NamedParameter> parameters, const AdamWOptions& options = {});

 private:
  void update(double rate) override;

  AdamWOptions options_;
  std::vector<double> weight_decay_;  // of every parameter
  State mean_ = add_state("mean"), square_ = add_state("square");
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
