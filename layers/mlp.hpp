#pragma once

#include <evident/layers/sequential.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What stands between the linear layers of `mlp`.
struct MlpOptions {
  std::string activation = "elu";  ///< one of `activation_names()`
  double dropout = 0;              ///< the fraction dropped after every activation
};

/// The activations that `mlp` knows by name.
std::vector<std::string> activation_names();

/// A multilayer perceptron: Linear layers between `widths` (input first, output last), each but the
/// last followed by the activation and, if wanted, Dropout.
/// Errors: fewer than two widths, an activation of an unknown name.
Sequential mlp(Rng& rng, const std::vector<std::size_t>& widths, const MlpOptions& options = {});

}  // namespace EVIDENT_PRECISION
}  // namespace evident
