#pragma once

#include <evident/autodiff/shapes.hpp>
#include <evident/layers/activations.hpp>
#include <evident/layers/batch_norm.hpp>
#include <evident/layers/bilinear.hpp>
#include <evident/layers/dropout.hpp>
#include <evident/layers/embedding.hpp>
#include <evident/layers/layer_norm.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/mlp.hpp>
#include <evident/layers/residual.hpp>
#include <evident/layers/rms_norm.hpp>
#include <functional>
#include <string>
#include <vector>

namespace evident::testing {

/// One layer: how it is made, and what it does to shapes and parameters.
struct LayerRow {
  std::string name;  // of the type, or what makes it
  std::function<Sequential(Rng&)> make;
  Shape input;
  Shape output;
  std::size_t parameter_count;          // numbers, not tensors
  std::vector<std::string> names = {};  // of the parameters
  std::vector<std::string> buffers = {};
  bool takes_indices = false;  // whole numbers from 0 to 3, in which there is no gradient
};

/// A Bilinear of the two parts of its input: the first axes and the others.
struct BilinearOfParts {
  Bilinear layer;
  Var operator()(const Var& x) const {
    const auto [first, second] = split(x, layer.weight.shape()[0]);
    return layer(first, second);
  }
  template <class V>
  void visit(V& v) {
    v("layer", layer);
  }
};

/// Every layer of the library; `layers_test.cpp` runs the same tests on each.
inline const std::vector<LayerRow>& layer_table() {
  static const std::vector<LayerRow> rows = {
      {"Linear",
       [](Rng& rng) { return Sequential(Linear(rng, 3, 4)); },
       {5, 3},
       {5, 4},
       16,
       {"0.weight", "0.bias"}},
      {"Linear",
       [](Rng& rng) { return Sequential(Linear(rng, 3, 4)); },
       {3},
       {4},
       16,
       {"0.weight", "0.bias"}},
      {"Linear",
       [](Rng& rng) { return Sequential(Linear(rng, 3, 4)); },
       {2, 5, 3},
       {2, 5, 4},
       16,
       {"0.weight", "0.bias"}},
      {"Linear",
       [](Rng& rng) { return Sequential(Linear(rng, 3, 4)); },
       {0, 3},
       {0, 4},
       16,
       {"0.weight", "0.bias"}},
      {"Elu", [](Rng&) { return Sequential(Elu()); }, {2, 3}, {2, 3}, 0},
      {"Gelu", [](Rng&) { return Sequential(Gelu()); }, {2, 3}, {2, 3}, 0},
      {"Silu", [](Rng&) { return Sequential(Silu()); }, {2, 3}, {2, 3}, 0},
      {"Relu", [](Rng&) { return Sequential(Relu()); }, {2, 3}, {2, 3}, 0},
      {"Sigmoid", [](Rng&) { return Sequential(Sigmoid()); }, {2, 3}, {2, 3}, 0},
      {"Softplus", [](Rng&) { return Sequential(Softplus()); }, {2, 3}, {2, 3}, 0},
      {"Tanh", [](Rng&) { return Sequential(Tanh()); }, {2, 3}, {2, 3}, 0},
      {"Dropout", [](Rng&) { return Sequential(Dropout(0.25)); }, {7, 3}, {7, 3}, 0},
      {"LayerNorm",
       [](Rng&) { return Sequential(LayerNorm(3)); },
       {5, 3},
       {5, 3},
       6,
       {"0.gain", "0.bias"}},
      {"LayerNorm",
       [](Rng&) {
         return Sequential(LayerNorm({3, 4}));
       },
       {2, 2, 3, 4},
       {2, 2, 3, 4},
       24,
       {"0.gain", "0.bias"}},
      {"LayerNorm",
       [](Rng&) { return Sequential(LayerNorm(37)); },
       {37},
       {37},
       74,
       {"0.gain", "0.bias"}},
      {"LayerNorm",
       [](Rng&) { return Sequential(LayerNorm(3)); },
       {0, 3},
       {0, 3},
       6,
       {"0.gain", "0.bias"}},
      {"RmsNorm", [](Rng&) { return Sequential(RmsNorm(3)); }, {2, 5, 3}, {2, 5, 3}, 3, {"0.gain"}},
      {"BatchNorm",
       [](Rng&) { return Sequential(BatchNorm(3)); },
       {5, 3},
       {5, 3},
       6,
       {"0.gain", "0.bias"},
       {"0.running_mean", "0.running_variance"}},
      {"BatchNorm",
       [](Rng&) { return Sequential(BatchNorm(20)); },
       {2, 4, 20},
       {2, 4, 20},
       40,
       {"0.gain", "0.bias"},
       {"0.running_mean", "0.running_variance"}},
      {"Bilinear",
       [](Rng& rng) { return Sequential(BilinearOfParts{Bilinear(rng, 3, 2, 4)}); },
       {5, 5},
       {5, 4},
       28,
       {"0.layer.weight", "0.layer.bias"}},
      {"Bilinear",
       [](Rng& rng) { return Sequential(BilinearOfParts{Bilinear(rng, 2, 3, 4)}); },
       {5},
       {4},
       28,
       {"0.layer.weight", "0.layer.bias"}},
      {"Embedding",
       [](Rng& rng) { return Sequential(Embedding(rng, 4, 5)); },
       {6},
       {6, 5},
       20,
       {"0.weight"},
       {},
       true},
      {"Embedding",
       [](Rng& rng) { return Sequential(Embedding(rng, 7, 2), Linear(rng, 2, 3)); },
       {2, 4},
       {2, 4, 3},
       23,
       {"0.weight", "1.weight", "1.bias"},
       {},
       true},
      {"Residual",
       [](Rng& rng) { return Sequential(residual(Linear(rng, 3, 3))); },
       {5, 3},
       {5, 3},
       12,
       {"0.layer.weight", "0.layer.bias"}},
      {"Residual",
       [](Rng& rng) {
         return Sequential(residual(Sequential(BatchNorm(3), Dropout(0.25), Linear(rng, 3, 3))));
       },
       {5, 3},
       {5, 3},
       18,
       {"0.layer.0.gain", "0.layer.0.bias", "0.layer.2.weight", "0.layer.2.bias"},
       {"0.layer.0.running_mean", "0.layer.0.running_variance"}},
      {"Sequential", [](Rng&) { return Sequential(); }, {2, 3}, {2, 3}, 0},
      {"Sequential",
       [](Rng& rng) {
         return Sequential(Linear(rng, 3, 2), Tanh(), Sequential(Elu(), Linear(rng, 2, 5)));
       },
       {4, 3},
       {4, 5},
       23,
       {"0.weight", "0.bias", "2.1.weight", "2.1.bias"}},
      {"mlp",
       [](Rng& rng) {
         return mlp(rng, {3, 4});
       },
       {5, 3},
       {5, 4},
       16,
       {"0.weight", "0.bias"}},
      {"mlp",
       [](Rng& rng) {
         return mlp(rng, {3, 4, 2}, {"tanh"});
       },
       {5, 3},
       {5, 2},
       26,
       {"0.weight", "0.bias", "2.weight", "2.bias"}},
      {"mlp",
       [](Rng& rng) {
         return mlp(rng, {3, 4, 4, 2}, {"softplus", 0.2});
       },
       {5, 3},
       {5, 2},
       46,
       {"0.weight", "0.bias", "3.weight", "3.bias", "6.weight", "6.bias"}},
  };
  return rows;
}

}  // namespace evident::testing
