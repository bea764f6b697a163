#pragma once

#include <evident/layers/sequential.hpp>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// An activation: one of `activation_names()`, or any callable of one Var, such as `relu`, a lambda
/// or a layer.
class ActivationChoice {
 public:
  /// By name. Errors: an unknown one.
  ActivationChoice(const std::string& name);
  ActivationChoice(const char* name) : ActivationChoice(std::string(name)) {}
  /// A function of Evident's.
  ActivationChoice(Var (*function)(const Var&)) : add_(adding(function)) {}
  /// Anything else that is called with a Var.
  template <class F, class = std::enable_if_t<std::is_invocable_r_v<Var, const F&, const Var&>>>
  ActivationChoice(F callable) : add_(adding(std::move(callable))) {}

  /// Appends it to `layers`.
  void add_to(Sequential& layers) const { add_(layers); }

 private:
  using Add = std::function<void(Sequential&)>;

  template <class F>
  static Add adding(F callable) {
    return [f = std::move(callable)](Sequential& layers) { layers.add(f); };
  }

  Add add_;
};

/// What stands between the linear layers of `mlp`.
struct MlpOptions {
  ActivationChoice activation = "elu";
  double dropout = 0;  ///< the fraction dropped after every activation
};

/// The activations that have names.
std::vector<std::string> activation_names();

/// A multilayer perceptron: Linear layers between `widths` (input first, output last), each but the
/// last followed by the activation and, if wanted, Dropout.
///
///     mlp(rng, {784, 500, 20}, {"elu", 0.1});
///     mlp(rng, {784, 500, 20}, {[](const Var& x) { return x * sigmoid(x); }});
///
/// Errors: fewer than two widths, an activation of an unknown name.
Sequential mlp(Rng& rng, const std::vector<std::size_t>& widths, const MlpOptions& options = {});

}  // namespace EVIDENT_PRECISION
}  // namespace evident
