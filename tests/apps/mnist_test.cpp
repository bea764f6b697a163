// The figures that a VAE of this size reaches on MNIST, if the data are there: EVIDENT_MNIST names
// their directory.

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "run_program.hpp"

using evident::testing::Outcome;
using evident::testing::run_program;
using evident::testing::TemporaryDirectory;
using nlohmann::json;

// A VAE of 784-400-20, ReLU, Adam 1e-3, batch 128, ten epochs on grey pixels: 105.8 in PyTorch.
TEST_CASE("ten epochs on MNIST reach the published bound") {
  const char* data = std::getenv("EVIDENT_MNIST");
  if (data == nullptr) {
    MESSAGE("skipped: EVIDENT_MNIST does not name a directory with the files of MNIST");
    return;
  }
  const TemporaryDirectory place;
  double sum = 0;
  double sum_at_mean = 0;
  for (const std::string seed : {"1", "2", "3"}) {
    const std::string run = (place.path() / seed).string();
    const Outcome trained =
        run_program(place.path(),
                    "train --hidden 400 --activation relu --dropout 0 --latent 20 --batch 128 "
                    "--lr 1e-3 --epochs 10 --binarize none --json --seed " +
                        seed + " --data " + data + " --out " + run);
    REQUIRE_MESSAGE(trained.code == 0, trained.err);
    const Outcome evaluated =
        run_program(place.path(), std::string("evaluate --json --samples 1 --repeats 1 --data ") +
                                      data + " --weights " + run + " --seed " + seed);
    REQUIRE_MESSAGE(evaluated.code == 0, evaluated.err);
    const double bound = -json::parse(trained.out)["test_elbo"].get<double>();
    const double at_mean = -json::parse(evaluated.out)["formula_at_z_mean"]["mean"].get<double>();
    std::printf("seed %s: minus the test bound %.3f nats; the formula at z = mean %.3f\n",
                seed.c_str(), bound, at_mean);
    sum += bound;
    sum_at_mean += at_mean;
  }
  std::printf("means: minus the test bound %.3f nats; the formula at z = mean %.3f\n", sum / 3,
              sum_at_mean / 3);
  CHECK(sum / 3 <= 106.5);
  CHECK(sum_at_mean / 3 > 97);
  CHECK(sum_at_mean / 3 < 98.5);
}
