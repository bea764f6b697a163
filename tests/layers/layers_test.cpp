#include <doctest/doctest.h>

#include <algorithm>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/layers/weights.hpp>
#include <set>

#include "../patterns.hpp"
#include "../sources.hpp"
#include "layer_table.hpp"

using namespace evident;
using evident::testing::headers;
using evident::testing::layer_table;
using evident::testing::LayerRow;
using evident::testing::lines_of;
using evident::testing::Match;
using evident::testing::matches;

namespace {

struct Autoencoder {
  Sequential encoder, decoder;
  Linear head;
  Dropout noise{0.5};

  explicit Autoencoder(Rng& rng)
      : encoder(mlp(rng, {3, 4, 2})), decoder(mlp(rng, {2, 3})), head(rng, 3, 1) {}

  template <class V>
  void visit(V& v) {
    v("encoder", encoder);
    v("noise", noise);
    v("decoder", decoder);
    v("head", head);
  }
};

template <class Model>
std::vector<std::string> names_of(const Model& model) {
  std::vector<std::string> names;
  for (const NamedParameter& p : parameters(model)) names.push_back(p.name);
  return names;
}

std::vector<std::string> buffers_of(const Sequential& model) {
  std::vector<std::string> names;
  Visitor visitor([](const std::string&, Var&) {},
                  [&](const std::string& name, Var&) { names.push_back(name); });
  Sequential shared = model;
  shared.visit(visitor);
  return names;
}

Array input_of(const LayerRow& row) {
  Rng rng(3, "input");
  Array x = standard_normal(row.input, rng);
  // 0, 2, 3, 1, ...: in no order, and some of them again.
  for (std::size_t i = 0; row.takes_indices && i < x.size(); ++i) {
    x.data()[i] = static_cast<real>(i * (i + 3) / 2 % 4);
  }
  return x;
}

// The layers that a header declares: types that are called with a Var. A template whose instances
// have names of their own, `using Relu = Activation<relu>`, stands for those.
std::set<std::string> declared_layers() {
  std::set<std::string> result;
  std::set<std::string> stand_ins;
  const char* type = R"(^(?:struct|class) (\w+)[^;]*\{$)";
  const char* alias = R"(^using (\w+) = (\w+)<.*>;)";
  for (const auto& file : headers("layers")) {
    std::string current;
    for (const std::string& line : lines_of(file)) {
      for (const Match& m : matches(line, alias)) {
        result.insert(m[1]);
        stand_ins.insert(m[2]);
      }
      for (const Match& m : matches(line, type)) current = m[1];
      if (line == "};") current.clear();
      if (!current.empty() && line.find("operator()(const Var& ") != std::string::npos) {
        result.insert(current);
      }
    }
  }
  for (const std::string& name : stand_ins) result.erase(name);
  return result;
}

}  // namespace

TEST_CASE("layers: shapes, the number of parameters and their names") {
  for (const LayerRow& row : layer_table()) {
    CAPTURE(row.name);
    Rng rng(1, "layers");
    const Sequential layer = row.make(rng);
    CHECK(layer(input_of(row)).shape() == row.output);
    CHECK(names_of(layer) == row.names);
    CHECK(buffers_of(layer) == row.buffers);
    std::size_t count = 0;
    for (const NamedParameter& p : parameters(layer)) {
      count += p.parameter.size();
      CHECK(p.parameter.needs_gradient());
    }
    CHECK(count == row.parameter_count);
    CHECK(count_parameters(layer) == count);
    CHECK(state(layer).size() == row.names.size() + row.buffers.size());
    // Dropout keeps shapes, whatever it drops.
    Rng noise(2, "noise");
    CHECK(layer(input_of(row), &noise).shape() == row.output);
  }
}

TEST_CASE("layers: a copy shares its parameters, a second one of the same seed has equal ones") {
  for (const LayerRow& row : layer_table()) {
    CAPTURE(row.name);
    Rng rng(1, "layers");
    const Sequential layer = row.make(rng);
    const Sequential copy = layer;
    Rng again(1, "layers");
    const Sequential second = row.make(again);
    const auto of_layer = state(layer);
    const auto of_copy = state(copy);
    const auto of_second = state(second);
    REQUIRE(of_copy.size() == of_layer.size());
    for (std::size_t i = 0; i < of_layer.size(); ++i) {
      CHECK(&of_layer[i].parameter.value() == &of_copy[i].parameter.value());
      CHECK(&of_layer[i].parameter.value() != &of_second[i].parameter.value());
      CHECK(of_layer[i].parameter.value() == of_second[i].parameter.value());
    }
    CHECK(layer(input_of(row)).value() == copy(input_of(row)).value());
  }
}

TEST_CASE("layers: a clone has equal parameters and buffers of its own") {
  for (const LayerRow& row : layer_table()) {
    CAPTURE(row.name);
    Rng rng(1, "layers");
    const Sequential layer = row.make(rng);
    const Sequential copy = clone(layer);
    CHECK(names_of(copy) == row.names);
    CHECK(buffers_of(copy) == row.buffers);
    const auto of_layer = state(layer);
    auto of_clone = state(copy);
    REQUIRE(of_clone.size() == of_layer.size());
    for (std::size_t i = 0; i < of_layer.size(); ++i) {
      CHECK(of_clone[i].name == of_layer[i].name);
      CHECK(of_clone[i].parameter.needs_gradient() == of_layer[i].parameter.needs_gradient());
      CHECK(of_clone[i].parameter.value() == of_layer[i].parameter.value());
      of_clone[i].parameter.mutable_value() += 1;
      CHECK(of_clone[i].parameter.value() != of_layer[i].parameter.value());
    }
  }
}

TEST_CASE("layers: weights come back bit for bit from a file") {
  const evident::testing::TemporaryDirectory directory;
  const auto file = directory.path() / "weights.safetensors";
  for (const LayerRow& row : layer_table()) {
    CAPTURE(row.name);
    Rng rng(1, "layers");
    const Sequential layer = row.make(rng);
    Rng noise(2, "noise");
    layer(input_of(row), &noise);  // moves what is to be saved with the weights
    save_weights(file, state(layer), {{"kind", row.name}});
    Rng other(2, "layers");
    const Sequential loaded = row.make(other);
    CHECK(load_weights(file, state(loaded)).at("kind") == row.name);
    const auto from = state(layer);
    const auto to = state(loaded);
    for (std::size_t i = 0; i < from.size(); ++i) {
      CHECK(to[i].parameter.value() == from[i].parameter.value());
    }
    CHECK(loaded(input_of(row)).value() == layer(input_of(row)).value());
  }
}

TEST_CASE("layers: every parameter gets a gradient") {
  for (const LayerRow& row : layer_table()) {
    if (row.parameter_count == 0 || size_of(row.input) == 0) continue;
    CAPTURE(row.name);
    Rng rng(1, "layers");
    const Sequential layer = row.make(rng);
    Tape tape;
    tape.backward(sum(square(layer(input_of(row)))));
    for (const NamedParameter& p : parameters(layer)) {
      CAPTURE(p.name);
      CHECK(p.parameter.has_gradient());
      CHECK(p.parameter.gradient().shape() == p.parameter.shape());
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("layers: gradients in the input and in every parameter, with and without noise") {
  for (const LayerRow& row : layer_table()) {
    for (const bool noisy : {false, true}) {
      CAPTURE(row.name);
      Rng rng(1, "layers");
      const Sequential layer = row.make(rng);
      std::vector<Array> inputs = {input_of(row)};
      std::vector<bool> differentiate(1 + parameters(layer).size(), true);
      differentiate[0] = !row.takes_indices;
      auto named = parameters(layer);
      for (const NamedParameter& p : named) inputs.push_back(p.parameter.value());
      const GradientCheck check = check_gradients(
          [&](const std::vector<Var>& in) {
            // Leaves of the check's own take the place of the layer's parameters.
            Sequential changed = layer;
            std::size_t i = 0;
            Visitor replace([&](const std::string&, Var& parameter) { parameter = in[++i]; });
            changed.visit(replace);
            Rng noise(2, "noise");
            return changed(in[0], noisy ? &noise : nullptr);
          },
          inputs, differentiate);
      CHECK_MESSAGE(check.passed, row.name << ": " << check.message);
    }
  }
}
#endif

TEST_CASE("layers: a model's parameters are named by their path, in the order of visit") {
  Rng rng(1);
  const Autoencoder model(rng);
  CHECK(names_of(model) == std::vector<std::string>{"encoder.0.weight", "encoder.0.bias",
                                                    "encoder.2.weight", "encoder.2.bias",
                                                    "decoder.0.weight", "decoder.0.bias",
                                                    "head.weight", "head.bias"});
}

TEST_CASE("layers: Sequential takes plain functions and assigns") {
  Sequential twice([](const Var& x) { return x + x; });
  CHECK(twice.size() == 1);
  CHECK(twice(3.0).item() == 6);
  twice.add([](const Var& x, Rng* noise) { return noise == nullptr ? x : x + 100.0; });
  CHECK(twice(3.0).item() == 6);
  Rng rng(1);
  CHECK(twice(3.0, &rng).item() == 106);
  Sequential other;
  other = twice;
  twice.add(Tanh());
  CHECK(other.size() == 2);
  CHECK(twice.size() == 3);
}

TEST_CASE("layers: every layer of the library has a row") {
  const std::set<std::string> declared = declared_layers();
  CHECK(declared.count("Linear") == 1);
  CHECK(declared.count("Sequential") == 1);
  CHECK(declared.count("Softplus") == 1);
  CHECK(declared.count("Residual") == 1);
  CHECK(declared.count("Activation") == 0);
  for (const std::string& name : declared) {
    CAPTURE(name);
    CHECK(std::any_of(layer_table().begin(), layer_table().end(),
                      [&](const LayerRow& row) { return row.name == name; }));
  }
}
