#include <doctest/doctest.h>

#include <cstring>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/inference/elbo.hpp>
#include <evident/models/vae.hpp>
#include <evident/optim/adam.hpp>

#include "../thread_count.hpp"

using namespace evident;

namespace {

VaeOptions tiny_options() {
  VaeOptions options;
  options.pixels = 16;
  options.hidden = {8};
  options.latent = 2;
  return options;
}

// Rows of 16 pixels, each one of four stripes with a few pixels flipped.
Array patterns(std::size_t count, Rng& rng) {
  Array x = uniform({count, 16}, rng);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < 16; ++k) {
      real& pixel = x.data()[i * 16 + k];
      const bool on = (k / 4 == i % 4) != (static_cast<double>(pixel) < 0.03);
      pixel = static_cast<real>(on ? 1 : 0);
    }
  }
  return x;
}

Array coin_flips(const Shape& shape, Rng& rng) { return bernoulli_mask(shape, 0.5, 1, rng); }

void train_step(Rng& rng, const Vae& vae, Adam& adam, const Array& x) {
  Tape tape;
  const Elbo e = elbo(rng, vae, x);
  tape.backward(-e.value / static_cast<double>(rows(x)));
  adam.step();
}

using evident::testing::Threads;

std::vector<Array> weights_after_steps(std::size_t thread_count, int steps) {
  const Threads scope(thread_count);
  Rng rng(101, "threads");
  const Vae vae(rng);
  Adam adam(parameters(vae));
  for (int i = 0; i < steps; ++i) train_step(rng, vae, adam, coin_flips({64, 784}, rng));
  std::vector<Array> weights;
  for (const NamedParameter& p : parameters(vae)) weights.push_back(p.parameter.value());
  return weights;
}

}  // namespace

TEST_CASE("vae: the defaults are two layers of 500, ELU, dropout 0.1") {
  const VaeOptions options;
  CHECK(options.pixels == 784);
  CHECK(options.latent == 20);
  CHECK(options.hidden == std::vector<std::size_t>{500, 500});
  CHECK(options.activation == "elu");
  CHECK(options.dropout == 0.1);
  CHECK_FALSE(options.grey);
  Rng rng(102, "vae");
  std::size_t count = 0;
  for (const NamedParameter& p : parameters(Vae(rng))) count += p.parameter.size();
  const std::size_t encoder = 784 * 500 + 500 + 500 * 500 + 500 + 500 * 40 + 40;
  const std::size_t decoder = 20 * 500 + 500 + 500 * 500 + 500 + 500 * 784 + 784;
  CHECK(count == encoder + decoder);
}

TEST_CASE("vae: names and shapes") {
  Rng rng(103, "vae");
  VaeOptions options = tiny_options();
  options.hidden = {8, 6};
  const Vae vae(rng, options);
  const std::vector<std::pair<std::string, Shape>> expected = {
      {"encoder.0.weight", {16, 8}}, {"encoder.0.bias", {8}},       {"encoder.3.weight", {8, 6}},
      {"encoder.3.bias", {6}},       {"encoder.6.weight", {6, 4}},  {"encoder.6.bias", {4}},
      {"decoder.0.weight", {2, 6}},  {"decoder.0.bias", {6}},       {"decoder.3.weight", {6, 8}},
      {"decoder.3.bias", {8}},       {"decoder.6.weight", {8, 16}}, {"decoder.6.bias", {16}}};
  const auto got = parameters(vae);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i].name == expected[i].first);
    CHECK(got[i].parameter.shape() == expected[i].second);
  }
  const Array x = coin_flips({5, 16}, rng);
  CHECK(vae.encode(x).shape() == Shape{5, 2});
  CHECK(vae.decode(zeros({5, 2})).shape() == Shape{5, 16});
  CHECK(vae.reconstruct(x).shape() == Shape{5, 16});
}

TEST_CASE("vae: the ELBO is a KL and a log-likelihood per datapoint, batches of 1 and 0 included") {
  Rng rng(104, "vae");
  const Vae vae(rng, tiny_options());
  for (const std::size_t n : {1, 7, 0}) {
    const Elbo e = elbo(rng, vae, coin_flips({n, 16}, rng));
    REQUIRE(e.sites.size() == 2);
    CHECK(e.sites[0].estimator == Estimator::kAnalyticKl);
    for (const SiteTerm& site : e.sites) CHECK(site.term.shape() == Shape{n});
    CHECK(e.kl.item() >= 0);
    CHECK(e.log_likelihood.item() <= 0);
  }
  CHECK(log_evidence(rng, 10, vae, coin_flips({3, 16}, rng)).shape() == Shape{3});
}

TEST_CASE("vae: reconstruction and coding use no noise") {
  Rng rng(105, "vae");
  const Vae vae(rng, tiny_options());
  const Array x = coin_flips({5, 16}, rng);
  CHECK(vae.reconstruct(x).value() == vae.reconstruct(x).value());
  CHECK(vae.reconstruct(x).value() == vae.decode(vae.encode(x)).value());
  const Array p = vae.decode(standard_normal({50, 2}, rng)).value();
  for (const real value : p) REQUIRE((value > 0 && value < 1));
}

TEST_CASE("vae: the code is the mean of q(z | x), whose scale is positive") {
  Rng rng(113, "vae");
  const Vae vae(rng, tiny_options());
  const Array x = coin_flips({5, 16}, rng);
  Trace t({});
  vae.guide(t, x);
  const Distribution& q = *t.find("z")->distribution;
  CHECK(q.mean().value() == vae.encode(x).value());
  CHECK(q.event_shape() == Shape{2});
  const Var output = vae.encoder(x);
  const Var scale = softplus(split(output, 2)[1]) + 1e-6;
  CHECK(q.variance().value() == square(scale).value());
}

TEST_CASE("vae: both networks drop in training, neither in evaluation") {
  Rng rng(112, "vae");
  VaeOptions options = tiny_options();
  options.dropout = 0.5;
  const Vae vae(rng, options);
  const Array x = coin_flips({5, 16}, rng);
  ElboOptions fixed;
  fixed.site_noise = {{"z", ones({5, 2})}};
  const auto differs = [&](auto part) {
    return part(elbo(fixed, rng, vae, x)).item() != part(elbo(fixed, rng, vae, x)).item();
  };
  const auto kl = [](const Elbo& e) { return e.kl; };
  const auto log_likelihood = [](const Elbo& e) { return e.log_likelihood; };
  CHECK(differs(kl));
  // With a silent encoder, what still differs is the decoder.
  parameters(vae)[2].parameter.mutable_value().fill(0);
  CHECK_FALSE(differs(kl));
  CHECK(differs(log_likelihood));
  fixed.layer_noise = false;
  CHECK_FALSE(differs(log_likelihood));
}

TEST_CASE("vae: grey pixels only where they were asked for") {
  Rng rng(106, "vae");
  VaeOptions options = tiny_options();
  const Vae binary(rng, options);
  options.grey = true;
  const Vae grey(rng, options);
  const Array x = uniform({3, 16}, rng);
  CHECK_THROWS_WITH_AS(elbo(rng, binary, x), doctest::Contains("binarise grey values"), Error);
  CHECK(elbo(rng, grey, x).value.item() < 0);
  CHECK_THROWS_AS(elbo(rng, grey, (Var(x) + 1.0).value()), Error);
  CHECK_THROWS_WITH_AS(elbo(rng, binary, zeros({3, 17})), doctest::Contains("linear: "),
                       ShapeError);
}

#ifdef EVIDENT_F64
TEST_CASE("vae: the gradient of minus the ELBO in every parameter") {
  for (const bool dropout : {false, true}) {
    Rng rng(107, "vae");
    VaeOptions options = tiny_options();
    options.hidden = {8, 5};
    options.dropout = dropout ? 0.2 : 0;
    const Vae vae(rng, options);
    const Array x = patterns(6, rng);
    ElboOptions fixed;
    fixed.site_noise = {{"z", standard_normal({6, 2}, rng)}};
    std::vector<Array> values;
    for (const NamedParameter& p : parameters(vae)) values.push_back(p.parameter.value());
    const auto check = check_gradients(
        [&](const std::vector<Var>& in) {
          Vae changed = vae;
          std::size_t i = 0;
          Visitor replace([&](const std::string&, Var& parameter) { parameter = in[i++]; });
          changed.visit(replace);
          Rng same(108, "dropout");
          return -elbo(fixed, same, changed, x).value;
        },
        values);
    CHECK_MESSAGE(check.passed, check.message);
  }
}
#endif

TEST_CASE("vae: learns four patterns") {
  Rng rng(109, "vae");
  VaeOptions options = tiny_options();
  options.hidden = {32};
  options.dropout = 0;
  const Vae vae(rng, options);
  const Array x = patterns(64, rng);
  const auto bound = [&] {
    double total = 0;
    for (int i = 0; i < 10; ++i) total += evaluate_elbo(rng, vae, x).value.item() / 64 / 10;
    return total;
  };
  const double before = bound();
  Adam adam(parameters(vae), {0.01});
  for (int step = 0; step < 200; ++step) train_step(rng, vae, adam, x);
  const double after = bound();
  // From 16 fair coins, 11 nats, to little more than the choice of a pattern and its flips.
  CHECK(before < -11);
  CHECK(after > -7);
  Rng other(110, "evidence");
  CHECK(mean(Var(log_evidence(other, 100, vae, x))).item() > after);
}

TEST_CASE("vae: the same bits for any number of threads") {
  const std::vector<Array> one = weights_after_steps(1, 3);
  const std::vector<Array> two = weights_after_steps(2, 3);
  const std::vector<Array> three = weights_after_steps(3, 3);
  REQUIRE(one.size() == 12);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(std::memcmp(one[i].data(), two[i].data(), one[i].size() * sizeof(real)) == 0);
    CHECK(std::memcmp(one[i].data(), three[i].data(), one[i].size() * sizeof(real)) == 0);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("vae: after the first step of each batch shape no memory is asked of the system") {
  const Threads scope(2);
  Rng rng(111, "memory");
  const Vae vae(rng);
  Adam adam(parameters(vae));
  const Array large = coin_flips({64, 784}, rng);
  const Array last = coin_flips({37, 784}, rng);
  train_step(rng, vae, adam, large);
  train_step(rng, vae, adam, last);
  const std::uint64_t before = memory_statistics().system_allocations;
  for (int i = 0; i < 3; ++i) {
    train_step(rng, vae, adam, large);
    train_step(rng, vae, adam, last);
  }
  CHECK(memory_statistics().system_allocations == before);
}
#endif
