#include "reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/layers/batch_norm.hpp>
#include <evident/layers/bilinear.hpp>
#include <evident/layers/embedding.hpp>
#include <evident/layers/layer_norm.hpp>

using namespace evident;
using evident::testing::layer_references;
using evident::testing::LayerReference;
using evident::testing::Tensor;

namespace {

Array array_of(const Tensor& tensor) {
  return reshaped(vector(tensor.values), Shape(tensor.shape.begin(), tensor.shape.end()));
}

// Largest difference, in units of 1 + the largest value.
double error_in(const Array& got, const Tensor& expected) {
  REQUIRE(got.shape() == array_of(expected).shape());
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(expected.values[i]));
    difference =
        std::max(difference, std::abs(static_cast<double>(got.data()[i]) - expected.values[i]));
  }
  return difference / (1 + largest);
}

// A layer with the row's parameters and buffers, applied to its inputs.
Var apply(const LayerReference& row, const std::vector<Var>& in, const std::vector<Var>& buffers) {
  Rng rng(1, "reference");
  if (row.layer == "LayerNorm") {
    LayerNorm layer(in[1].shape());
    layer.gain = in[1], layer.bias = in[2];
    return layer(in[0]);
  }
  if (row.layer == "Bilinear") {
    Bilinear layer(rng, 1, 1, 1);
    layer.weight = in[2], layer.bias = in[3];
    return layer(in[0], in[1]);
  }
  if (row.layer == "Embedding") {
    Embedding layer(rng, 1, 1);
    layer.weight = in[1];
    return layer(in[0]);
  }
  BatchNorm layer(in[1].size());
  layer.gain = in[1], layer.bias = in[2];
  layer.running_mean = buffers[0], layer.running_variance = buffers[1];
  return layer(in[0], row.layer == "BatchNorm" ? &rng : nullptr);
}

}  // namespace

TEST_CASE("layers: values, gradients and running averages are PyTorch's") {
  constexpr double kTolerance = sizeof(real) == 8 ? 1e-13 : 2e-6;
  for (const LayerReference& row : layer_references()) {
    CAPTURE(row.layer);
    CAPTURE(row.inputs[0].shape.size());
    const bool takes_indices = row.layer == "Embedding";
    std::vector<Var> inputs;
    std::vector<Var> buffers;
    for (const Tensor& input : row.inputs) {
      const bool constant = takes_indices && inputs.empty();
      inputs.push_back(constant ? Var(array_of(input)) : Var::parameter(array_of(input)));
    }
    for (const Tensor& buffer : row.buffers) buffers.emplace_back(array_of(buffer));
    Tape tape;
    const Var value = apply(row, inputs, buffers);
    CHECK(error_in(value.value(), row.value) < kTolerance);
    tape.backward(sum(value * Var(array_of(row.weights))));
    for (std::size_t i = 0; i < row.gradients.size(); ++i) {
      CAPTURE(i);
      CHECK(error_in(inputs[i + (takes_indices ? 1 : 0)].gradient(), row.gradients[i]) <
            kTolerance);
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      CHECK(error_in(buffers[i].value(), row.buffers_after[i]) < kTolerance);
      CHECK_FALSE(buffers[i].has_gradient());
    }
  }
}
