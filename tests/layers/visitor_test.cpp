#include <doctest/doctest.h>

#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/layers/activations.hpp>
#include <evident/layers/batch_norm.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/sequential.hpp>
#include <evident/layers/summary.hpp>
#include <evident/layers/weights.hpp>
#include <evident/optim/adam.hpp>

#include "../temporary_directory.hpp"

using namespace evident;

namespace {

struct Model {
  Sequential encoder;
  Linear head;
  Var scale = Var::parameter(scalar(2));

  explicit Model(Rng& rng) : encoder(Linear(rng, 3, 4), BatchNorm(4), Tanh()), head(rng, 4, 2) {}

  Var operator()(const Var& x, Rng* noise = nullptr) const {
    return head(encoder(x, noise)) * scale;
  }
  template <class V>
  void visit(V& v) {
    v("encoder", encoder);
    v("head", head);
    v("scale", scale);
  }
};

// The decoder's weight is the encoder's, under another name.
struct Tied {
  Linear encoder, decoder;

  explicit Tied(Rng& rng) : encoder(rng, 3, 3), decoder(rng, 3, 3) {
    decoder.weight = encoder.weight;
  }
  template <class V>
  void visit(V& v) {
    v("encoder", encoder);
    v("decoder", decoder);
  }
};

using Names = std::vector<std::string>;

Names names_of(const std::vector<NamedParameter>& list) {
  Names names;
  for (const NamedParameter& p : list) names.push_back(p.name);
  return names;
}

const Names kAll = {"encoder.0.weight",
                    "encoder.0.bias",
                    "encoder.1.gain",
                    "encoder.1.bias",
                    "encoder.1.running_mean",
                    "encoder.1.running_variance",
                    "head.weight",
                    "head.bias",
                    "scale"};

Var loss_of(const Model& model, Rng& rng) {
  return sum(square(model(standard_normal({5, 3}, rng), &rng)));
}

}  // namespace

TEST_CASE("visitor: parameters are what is trained, state is what a file holds") {
  Rng rng(1, "visitor");
  const Model model(rng);
  CHECK(names_of(state(model)) == kAll);
  CHECK(names_of(parameters(model)) == Names{"encoder.0.weight", "encoder.0.bias", "encoder.1.gain",
                                             "encoder.1.bias", "head.weight", "head.bias",
                                             "scale"});
  CHECK(count_parameters(model) == 12 + 4 + 4 + 4 + 8 + 2 + 1);
  CHECK(count_state(model) == count_parameters(model) + 4 + 4);
}

TEST_CASE("freeze: a part is no longer trained, but is still saved; every copy sees it") {
  Rng rng(2, "visitor");
  const Model model(rng);
  const Model copy = model;
  freeze(model.encoder);
  freeze(copy.scale);
  const Names left = {"head.weight", "head.bias"};
  CHECK(names_of(parameters(model)) == left);
  CHECK(names_of(parameters(copy)) == left);
  CHECK(names_of(state(model)) == kAll);
  CHECK(count_parameters(model) == 10);
  unfreeze(copy);
  CHECK(count_parameters(model) == 35);
  for (const char* buffer : {"encoder.1.running_mean", "encoder.1.running_variance"}) {
    for (const NamedParameter& p : state(model)) {
      if (p.name == buffer) CHECK_FALSE(p.parameter.needs_gradient());
    }
  }
}

TEST_CASE(
    "freeze: a frozen parameter gets no gradient, loses the one it had, and is not recorded") {
  Rng rng(3, "visitor");
  const Model model(rng);
  {
    Tape tape;
    tape.backward(loss_of(model, rng));
  }
  CHECK(model.head.weight.has_gradient());
  freeze(model);
  CHECK_FALSE(model.head.weight.has_gradient());
  Tape tape;
  loss_of(model, rng);
  CHECK(tape.size() == 0);
  unfreeze(model.head);
  const Var loss = loss_of(model, rng);
  tape.backward(loss);
  CHECK(model.head.weight.has_gradient());
  CHECK(model.head.bias.has_gradient());
  CHECK_FALSE(model.scale.has_gradient());
}

TEST_CASE(
    "freeze: an optimiser made before says which parameter it waits for, one made after steps") {
  Rng rng(4, "visitor");
  const Model model(rng);
  Adam before(parameters(model));
  freeze(model.encoder);
  Adam after(parameters(model));
  const Array head = model.head.weight.value();
  {
    Tape tape;
    tape.backward(loss_of(model, rng));
  }
  CHECK_THROWS_WITH_AS(before.step(), doctest::Contains("\"encoder.0.weight\" has no gradient"),
                       Error);
  CHECK(model.head.weight.value() == head);
  after.step();
  CHECK(model.head.weight.value() != head);
}

TEST_CASE("freeze: between a computation and its way back it is refused") {
  Rng rng(5, "visitor");
  const Model model(rng);
  for (const bool frozen : {true, false}) {
    frozen ? unfreeze(model.head) : freeze(model.head);
    Tape tape;
    const Var loss = loss_of(model, rng);
    frozen ? freeze(model.head) : unfreeze(model.head);
    CHECK_THROWS_WITH_AS(tape.backward(loss), doctest::Contains("changed in place"), Error);
  }
  // What is frozen already does not change.
  freeze(model.head);
  Tape tape;
  const Var loss = loss_of(model, rng);
  freeze(model.head);
  CHECK_NOTHROW(tape.backward(loss));
}

TEST_CASE("set_needs_gradient: leaves and constants only") {
  Var x(vector({1, 2}));
  x.set_needs_gradient(true);
  Tape tape;
  Var y = x * 2.0;
  CHECK_THROWS_WITH_AS(y.set_needs_gradient(false),
                       doctest::Contains("Var::set_needs_gradient: this is the result of "), Error);
  tape.backward(sum(y));
  CHECK(x.gradient() == vector({2, 2}));
  x.set_needs_gradient(false);
  CHECK_THROWS_WITH_AS(x.gradient(), doctest::Contains("or frozen"), Error);
}

TEST_CASE("clone: what is trained, frozen or a buffer stays so, on its own") {
  Rng rng(6, "visitor");
  const Model model(rng);
  freeze(model.head);
  const Model copy = clone(model);
  CHECK(names_of(parameters(copy)) == names_of(parameters(model)));
  CHECK(names_of(state(copy)) == kAll);
  CHECK(summary(copy) == summary(model));
  unfreeze(copy);
  CHECK(count_parameters(copy) == 35);
  CHECK(count_parameters(model) == 25);
  copy.encoder(standard_normal({6, 3}, rng), &rng);
  const auto mine = state(copy);
  const auto other = state(model);
  CHECK(other[4].parameter.value() == zeros({4}));
  CHECK(mine[4].parameter.value() != zeros({4}));
}

TEST_CASE("a parameter under two names is one: listed, counted, cloned, saved and loaded as one") {
  Rng rng(7, "visitor");
  const Tied model(rng);
  const Names names = {"encoder.weight", "encoder.bias", "decoder.bias"};
  CHECK(names_of(parameters(model)) == names);
  CHECK(names_of(state(model)) == names);
  CHECK(count_parameters(model) == 15);
  const Tied copy = clone(model);
  CHECK(&copy.encoder.weight.node() == &copy.decoder.weight.node());
  CHECK(&copy.encoder.weight.node() != &model.encoder.weight.node());
  const evident::testing::TemporaryDirectory directory;
  const auto file = directory.path() / "tied.safetensors";
  save_weights(file, state(model));
  Rng another(8, "visitor");
  const Tied loaded(another);
  load_weights(file, state(loaded));
  CHECK(loaded.decoder.weight.value() == model.encoder.weight.value());
}

TEST_CASE("frozen parameters and buffers are loaded, and stay what they are") {
  Rng rng(9, "visitor");
  const Model model(rng);
  model(standard_normal({6, 3}, rng), &rng);
  const evident::testing::TemporaryDirectory directory;
  const auto file = directory.path() / "model.safetensors";
  save_weights(file, state(model));
  const Model loaded(rng);
  freeze(loaded.encoder);
  for (int time = 0; time < 2; ++time) {  // and once more over what is there
    load_weights(file, state(loaded));
    const auto from = state(model);
    const auto to = state(loaded);
    for (std::size_t i = 0; i < from.size(); ++i) {
      CHECK(to[i].parameter.value() == from[i].parameter.value());
    }
    CHECK(names_of(parameters(loaded)) == Names{"head.weight", "head.bias", "scale"});
  }
}

TEST_CASE("summary: a table of what a model holds") {
  Rng rng(10, "visitor");
  const Model model(rng);
  freeze(model.head.bias);
  CHECK(summary(model) ==
        "name                        shape   elements  kind\n"
        "encoder.0.weight            (3, 4)        12  trained\n"
        "encoder.0.bias              (4)            4  trained\n"
        "encoder.1.gain              (4)            4  trained\n"
        "encoder.1.bias              (4)            4  trained\n"
        "encoder.1.running_mean      (4)            4  buffer\n"
        "encoder.1.running_variance  (4)            4  buffer\n"
        "head.weight                 (4, 2)         8  trained\n"
        "head.bias                   (2)            2  frozen\n"
        "scale                       ()             1  trained\n"
        "total                                     43  33 trained, 2 frozen, 8 in buffers\n");
  CHECK(summary(Tied(rng)) ==
        "name            shape   elements  kind\n"
        "encoder.weight  (3, 3)         9  trained\n"
        "encoder.bias    (3)            3  trained\n"
        "decoder.bias    (3)            3  trained\n"
        "total                         15  15 trained, 0 frozen, 0 in buffers\n");
  CHECK(summary(Sequential()) ==
        "name   shape  elements  kind\n"
        "total                0  0 trained, 0 frozen, 0 in buffers\n");
}
