#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/inference/elbo.hpp>
#include <evident/layers/batch_norm.hpp>
#include <evident/layers/layer_norm.hpp>
#include <evident/layers/linear.hpp>
#include <evident/layers/rms_norm.hpp>
#include <evident/layers/sequential.hpp>
#include <evident/layers/weights.hpp>
#include <evident/optim/adam.hpp>

#include "../temporary_directory.hpp"

using namespace evident;
using evident::testing::TemporaryDirectory;

namespace {

bool same_bits(const Array& a, const Array& b) {
  return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.size() * sizeof(real)) == 0;
}

double at(const Var& x, std::size_t i) { return static_cast<double>(x.value().data()[i]); }

// A small autoencoder with normalisation in both networks.
struct NormalisedVae {
  Sequential encoder, decoder;

  explicit NormalisedVae(Rng& rng)
      : encoder(
            Linear(rng, 16, 8), BatchNorm(8), [](const Var& x) { return tanh(x); },
            Linear(rng, 8, 4)),
        decoder(
            Linear(rng, 2, 8), LayerNorm(8), [](const Var& x) { return tanh(x); }, BatchNorm(8),
            Linear(rng, 8, 16)) {}

  void model(Trace& t, const Var& x) const {
    const Var z = t.sample("z", to_event(Normal(zeros({rows(x), 2}), 1), 1));
    t.observe("x", to_event(Bernoulli::from_logits(decoder(z, t.noise("decoder"))), 1), x);
  }
  void guide(Trace& t, const Var& x) const {
    const auto [loc, raw] = split(encoder(x, t.noise("encoder")), 2);
    t.sample("z", to_event(Normal(loc, softplus(raw) + 1e-6), 1));
  }
  template <class V>
  void visit(V& v) {
    v("encoder", encoder);
    v("decoder", decoder);
  }
};

}  // namespace

TEST_CASE("LayerNorm: every example has mean 0 and variance 1, wherever it lies") {
  Rng rng(1, "norm");
  for (const double loc : {0.0, 1000.0}) {
    const Var x = loc + 3.0 * Var(standard_normal({4, 1100}, rng));
    const Var y = LayerNorm(1100)(x);
    const Var average = mean(y, {-1});
    const Var variance = mean(square(y), {-1});
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(std::abs(at(average, i)) < 1e-6);
      CHECK(std::abs(at(variance, i) - 1) < 1e-5);
    }
  }
}

TEST_CASE("LayerNorm: an example that does not vary is the bias; one may have no elements") {
  LayerNorm norm(5);
  norm.bias.mutable_value().fill(2);
  CHECK(norm(full({3, 5}, 7)).value() == full({3, 5}, 2));
  CHECK(LayerNorm(0)(zeros({3, 0})).shape() == Shape{3, 0});
}

TEST_CASE("LayerNorm: a value depends on its own row alone, not on where that is") {
  Rng rng(2, "norm");
  const LayerNorm norm(21);
  const Array x = standard_normal({300, 21}, rng);
  const Array all = norm(x).value();
  for (const std::size_t row : {0, 1, 255, 299}) {
    Array one = uninitialised({21});
    std::copy_n(x.data() + row * 21, 21, one.data());
    CHECK(std::memcmp(norm(one).value().data(), all.data() + row * 21, 21 * sizeof(real)) == 0);
  }
}

TEST_CASE("LayerNorm: a gradient is added to what is there already") {
  Rng rng(3, "norm");
  LayerNorm norm(19);
  const Array start = standard_normal({2, 19}, rng);
  const Array weights = standard_normal({2, 19}, rng);
  const auto gradient = [&](bool twice) {
    const Var x = Var::parameter(start);
    Tape tape;
    Var loss = sum(norm(x) * Var(weights));
    if (twice) loss = sum(norm(x) * Var(weights)) + loss;
    tape.backward(loss);
    return x.gradient();
  };
  CHECK(gradient(true) == (gradient(false) + gradient(false)));
}

TEST_CASE("LayerNorm: errors") {
  CHECK_THROWS_WITH_AS(LayerNorm(4)(ones({5, 3})),
                       "LayerNorm: input (5, 3) does not fit gain (4): the last axes must be (4)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(LayerNorm({2, 3})(ones({3})), doctest::Contains("last axes must be (2, 3)"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(LayerNorm(Shape{}), doctest::Contains("LayerNorm: got shape ()"),
                       ShapeError);
}

TEST_CASE("BatchNorm: with a generator every feature has mean 0 and variance 1 over the batch") {
  Rng rng(4, "norm");
  const Array offsets = standard_normal({3}, rng);
  const Var x = Var(standard_normal({6, 50, 3}, rng)) * 2.0 + 10.0 * Var(offsets);
  const Var y = BatchNorm(3)(x, &rng);
  const Var average = mean(y, {0, 1});
  const Var variance = mean(square(y), {0, 1});
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(std::abs(at(average, j)) < 1e-5);
    CHECK(std::abs(at(variance, j) - 1) < 1e-4);
  }
}

TEST_CASE("BatchNorm: running averages move as 0.9 old + 0.1 new, the variance unbiased") {
  Rng rng(5, "norm");
  const BatchNorm norm(2);
  double expected_mean = 0, expected_variance = 1;
  for (int step = 0; step < 5; ++step) {
    const Array x = standard_normal({7, 2}, rng);
    double total = 0, squares = 0;
    for (std::size_t i = 0; i < 7; ++i) total += static_cast<double>(x.data()[2 * i]) / 7;
    for (std::size_t i = 0; i < 7; ++i) {
      squares += std::pow(static_cast<double>(x.data()[2 * i]) - total, 2) / 6;
    }
    expected_mean = 0.9 * expected_mean + 0.1 * total;
    expected_variance = 0.9 * expected_variance + 0.1 * squares;
    norm(x, &rng);
    CHECK(at(norm.running_mean, 0) == doctest::Approx(expected_mean).epsilon(1e-5));
    CHECK(at(norm.running_variance, 0) == doctest::Approx(expected_variance).epsilon(1e-5));
  }
}

TEST_CASE("BatchNorm: without a generator the running averages are constants and stay") {
  Rng rng(6, "norm");
  const BatchNorm norm(3);
  for (int step = 0; step < 3; ++step) norm(standard_normal({8, 3}, rng), &rng);
  const Array mean_before = norm.running_mean.value();
  const Array variance_before = norm.running_variance.value();
  const Array x = standard_normal({1, 3}, rng);
  const Array y = norm(x).value();
  for (std::size_t j = 0; j < 3; ++j) {
    const double expected = (static_cast<double>(x.data()[j]) - at(norm.running_mean, j)) /
                            std::sqrt(at(norm.running_variance, j) + 1e-5);
    CHECK(static_cast<double>(y.data()[j]) == doctest::Approx(expected).epsilon(1e-5));
  }
  CHECK(norm.running_mean.value() == mean_before);
  CHECK(norm.running_variance.value() == variance_before);
}

TEST_CASE("BatchNorm: a tape that has used the running averages can be walked after they moved") {
  Rng rng(7, "norm");
  const BatchNorm norm(3);
  const Var x = Var::parameter(standard_normal({4, 3}, rng));
  Tape tape;
  const Var plain = sum(norm(x));
  norm(x, &rng);
  CHECK_NOTHROW(tape.backward(plain));
}

TEST_CASE("BatchNorm: errors") {
  Rng rng(8, "norm");
  BatchNorm norm(3);
  CHECK_THROWS_WITH_AS(
      norm(ones({5, 4})),
      "BatchNorm: input (5, 4) does not fit gain (3): the last dimension must be 3", ShapeError);
  CHECK_THROWS_WITH_AS(norm(1.0), doctest::Contains("BatchNorm: input () does not fit"),
                       ShapeError);
  for (const Shape& shape : {Shape{1, 3}, Shape{3}, Shape{0, 3}, Shape{1, 1, 3}}) {
    CHECK_THROWS_WITH_AS(norm(ones(shape), &rng), doctest::Contains("which has no variance"),
                         ShapeError);
    CHECK(norm(ones(shape)).shape() == shape);
  }
  CHECK(norm.running_mean.value() == zeros({3}));
  for (const double momentum : {-0.1, 1.1, std::nan("")}) {
    norm.momentum = momentum;
    CHECK_THROWS_WITH_AS(norm(ones({2, 3}), &rng),
                         doctest::Contains("BatchNorm: momentum must be in [0, 1]"), Error);
  }
}

TEST_CASE("BatchNorm: the same bits for any number of threads") {
  const auto run = [](std::size_t count) {
    const std::size_t before = threads();
    set_threads(count);
    Rng rng(9, "norm");
    const BatchNorm norm(130);
    const LayerNorm second(130);
    const Var x = Var::parameter(standard_normal({700, 130}, rng));
    Tape tape;
    tape.backward(sum(square(second(tanh(norm(x, &rng)))) * Var(uniform({700, 130}, rng))));
    set_threads(before);
    return std::vector<Array>{x.gradient(), norm.gain.gradient(), second.gain.gradient(),
                              norm.running_variance.value()};
  };
  const auto one = run(1);
  const auto three = run(3);
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(same_bits(one[i], three[i]));
}

TEST_CASE("BatchNorm: a model trained by its ELBO is judged by the same bits after save and load") {
  Rng rng(10, "norm");
  const NormalisedVae vae(rng);
  Adam adam(parameters(vae), {0.01});
  const Array x = bernoulli_mask({24, 16}, 0.3, 1, rng);
  const auto bound = [&](const NormalisedVae& model) {
    Rng same(11, "judge");
    return evaluate_elbo(same, model, x).value.item();
  };
  const double at_first = bound(vae);
  for (int step = 0; step < 60; ++step) {
    Tape tape;
    tape.backward(-elbo(rng, vae, x).value / rows(x));
    adam.step();
  }
  const double trained = bound(vae);
  CHECK(trained > at_first);
  CHECK(bound(vae) == trained);  // judging moves nothing
  const TemporaryDirectory directory;
  const auto file = directory.path() / "vae.safetensors";
  save_weights(file, state(vae));
  Rng other(12, "norm");
  const NormalisedVae loaded(other);
  CHECK(bound(loaded) != trained);
  load_weights(file, state(loaded));
  CHECK(bound(loaded) == trained);
  CHECK(same_bits(loaded.decoder(ones({3, 2})).value(), vae.decoder(ones({3, 2})).value()));
  // The weights alone are not the model.
  CHECK_THROWS_AS(load_weights(file, parameters(loaded)), WeightsError);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("LayerNorm, BatchNorm: no memory is asked of the system after the first step") {
  Rng rng(13, "norm");
  const BatchNorm norm(130);
  const LayerNorm second(130);
  const Array x = standard_normal({700, 130}, rng);
  const auto step = [&] {
    Tape tape;
    tape.backward(sum(square(second(tanh(norm(x, &rng))))));
    for (NamedParameter& p : parameters(norm)) p.parameter.clear_gradient();
    for (NamedParameter& p : parameters(second)) p.parameter.clear_gradient();
  };
  step();
  const std::uint64_t before = memory_statistics().system_allocations;
  for (int i = 0; i < 3; ++i) step();
  CHECK(memory_statistics().system_allocations == before);
}
#endif

TEST_CASE("RmsNorm: rows of mean square 1, and a misfit that says what fits") {
  const RmsNorm norm(4);
  const Array y = norm(matrix({{3, -3, 3, 3}, {1, 2, 3, 4}, {0, 0, 0, 0}})).value();
  for (std::size_t row = 0; row < 2; ++row) {
    double squares = 0;
    for (std::size_t i = 0; i < 4; ++i) squares += y(row, i) * y(row, i);
    CHECK(squares / 4 == doctest::Approx(1).epsilon(1e-5));
  }
  CHECK(y(2, 0) == 0);
  CHECK(y(1, 1) / y(1, 0) == doctest::Approx(2));
  CHECK_THROWS_WITH_AS(norm(ones({2, 3})),
                       "RmsNorm: input (2, 3) does not fit gain (4): the last dimension must be 4",
                       ShapeError);
}
