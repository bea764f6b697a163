#include <doctest/doctest.h>

#include <evident/autodiff/threads.hpp>
#include <evident/inference/elbo.hpp>
#include <evident/models/vae.hpp>
#include <evident/optim/adam.hpp>
#include <thread>

using namespace evident;

namespace {

// The weights of a small autoencoder after a few steps, everything drawn from one seed.
std::vector<Array> trained(std::uint64_t seed, std::size_t steps) {
  Rng rng(seed, "two models");
  VaeOptions options;
  options.pixels = 60;
  options.latent = 3;
  options.hidden = {300, 40};  // wide enough for products of several tiles
  Vae vae(rng, options);
  Adam adam(parameters(vae));
  const Var x = bernoulli_mask({64, options.pixels}, 0.4, 1, rng);
  for (std::size_t step = 0; step < steps; ++step) {
    Tape tape;
    const Elbo e = elbo(rng, vae, x);
    tape.backward(-e.value / rows(x));
    adam.step();
  }
  std::vector<Array> weights;
  for (const NamedParameter& p : parameters(vae)) weights.push_back(p.parameter.value());
  return weights;
}

}  // namespace

TEST_CASE("two models trained in two threads have the bits of one after the other") {
  constexpr std::size_t kSteps = 12;
  const std::size_t before = threads();
  set_threads(2);
  const std::vector<Array> first = trained(1, kSteps);
  const std::vector<Array> second = trained(2, kSteps);
  for (int repeat = 0; repeat < 3; ++repeat) {
    std::vector<Array> first_beside, second_beside;
    std::thread other([&] { second_beside = trained(2, kSteps); });
    first_beside = trained(1, kSteps);
    other.join();
    CHECK(first_beside == first);
    CHECK(second_beside == second);
  }
  CHECK(first != second);
  set_threads(before);
}
