#pragma once

#include <evident/layers/activations.hpp>
#include <evident/layers/dropout.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/mlp.hpp>
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
      {"Relu", [](Rng&) { return Sequential(Relu()); }, {2, 3}, {2, 3}, 0},
      {"Sigmoid", [](Rng&) { return Sequential(Sigmoid()); }, {2, 3}, {2, 3}, 0},
      {"Softplus", [](Rng&) { return Sequential(Softplus()); }, {2, 3}, {2, 3}, 0},
      {"Tanh", [](Rng&) { return Sequential(Tanh()); }, {2, 3}, {2, 3}, 0},
      {"Dropout", [](Rng&) { return Sequential(Dropout(0.25)); }, {7, 3}, {7, 3}, 0},
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
