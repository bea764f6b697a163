#include <fmt/format.h>

#include <algorithm>
#include <evident/layers/activations.hpp>
#include <evident/layers/dropout.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/mlp.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

struct NamedActivation {
  const char* name;
  void (*add)(Sequential& layers);
};

constexpr NamedActivation kActivations[] = {
    {"elu", [](Sequential& layers) { layers.add(Elu()); }},
    {"gelu", [](Sequential& layers) { layers.add(Gelu()); }},
    {"relu", [](Sequential& layers) { layers.add(Relu()); }},
    {"sigmoid", [](Sequential& layers) { layers.add(Sigmoid()); }},
    {"silu", [](Sequential& layers) { layers.add(Silu()); }},
    {"softplus", [](Sequential& layers) { layers.add(Softplus()); }},
    {"tanh", [](Sequential& layers) { layers.add(Tanh()); }},
};

}  // namespace

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const NamedActivation& activation : kActivations) names.emplace_back(activation.name);
  return names;
}

ActivationChoice::ActivationChoice(const std::string& name) {
  const auto* known = std::find_if(std::begin(kActivations), std::end(kActivations),
                                   [&](const NamedActivation& a) { return a.name == name; });
  if (known == std::end(kActivations)) {
    throw Error(fmt::format("mlp: there is no activation \"{}\": expected one of {}", name,
                            fmt::join(activation_names(), ", ")));
  }
  add_ = known->add;
}

Sequential mlp(Rng& rng, const std::vector<std::size_t>& widths, const MlpOptions& options) {
  if (widths.size() < 2) {
    throw Error(fmt::format("mlp: got {} widths, expected the input's and the output's at least",
                            widths.size()));
  }
  Sequential layers;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    layers.add(Linear(rng, widths[i], widths[i + 1]));
    if (i + 2 == widths.size()) break;
    options.activation.add_to(layers);
    if (options.dropout != 0) layers.add(Dropout(options.dropout));
  }
  return layers;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
