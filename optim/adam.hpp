#pragma once

#include <evident/layers/visitor.hpp>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The settings of `Adam`.
struct AdamOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9;    ///< decay of the mean of gradients
  double beta2 = 0.999;  ///< decay of the mean of squared gradients
  double epsilon = 1e-8;
};

/// Adam (Kingma and Ba 2015): steps scaled by running means of the gradient and its square,
/// corrected for their start at 0.
class Adam {
 public:
  /// Errors: no parameters; a setting out of range.
  explicit Adam(std::vector<NamedParameter> parameters, const AdamOptions& options = {});

  /// Applies the gradients that `backward` has left in the parameters, in one fused pass, and
  /// clears them. Errors: a parameter without a gradient, which it names; nothing is changed then.
  void step();

  /// How many steps have been taken.
  std::size_t steps() const { return steps_; }

 private:
  struct Slice {
    std::size_t parameter, first, last;
  };

  std::vector<NamedParameter> parameters_;
  AdamOptions options_;
  std::vector<Array> mean_, square_;
  std::vector<Slice> slices_;  // what one thread takes at a time
  std::size_t steps_ = 0;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
