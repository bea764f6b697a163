#include <doctest/doctest.h>

#include "densities.hpp"

#include <cmath>
#include <evident/inference/adaptation.hpp>
#include <evident/inference/hmc.hpp>
#include <evident/inference/nuts.hpp>
#include <vector>

using namespace evident;
using namespace evident::testing;
using evident::detail::DualAveraging;
using evident::detail::Hamiltonian;
using evident::detail::HmcTransition;
using evident::detail::NoiseStream;
using evident::detail::NutsTransition;
using evident::detail::PhasePoint;
using evident::detail::reasonable_step_size;
using evident::detail::RunningCovariance;
using evident::detail::Transition;
using evident::detail::Vector;
using evident::detail::warmup_windows;

TEST_CASE("adaptation: dual averaging by hand") {
  DualAveraging averaging(0.8, 0.5);
  CHECK_EQ(averaging.settled(), 0.5);
  // s = (0.8 - 0.6) / 11, log step = log 5 - s / 0.05.
  const double first = std::log(5.0) - 0.2 / 11 / 0.05;
  CHECK_EQ(averaging.update(0.6), doctest::Approx(std::exp(first)).epsilon(1e-14));
  CHECK_EQ(averaging.settled(), doctest::Approx(std::exp(first)).epsilon(1e-14));
  // s = 11/12 s - 0.2 / 12 with acceptance 1.
  const double error = 11.0 / 12 * 0.2 / 11 - 0.2 / 12;
  const double second = std::log(5.0) - error * std::sqrt(2.0) / 0.05;
  CHECK_EQ(averaging.update(1), doctest::Approx(std::exp(second)).epsilon(1e-14));
  const double weight = std::pow(2.0, -0.75);
  CHECK_EQ(averaging.settled(),
           doctest::Approx(std::exp(weight * second + (1 - weight) * first)).epsilon(1e-14));
}

TEST_CASE("adaptation: dual averaging finds the step of a known acceptance") {
  for (const double target : {0.5, 0.8, 0.95}) {
    DualAveraging averaging(target, 1);
    double step = 1;
    for (int i = 0; i < 5000; ++i) step = averaging.update(std::exp(-step));
    CHECK_EQ(std::exp(-averaging.settled()), doctest::Approx(target).epsilon(0.005));
  }
}

// Given time, the samplers' acceptance is what was asked for.
TEST_CASE("adaptation: a long one reaches the target acceptance") {
  constexpr int kDraws = 4000;
  for (const bool nuts : {false, true}) {
    for (const double target : {0.65, 0.8, 0.9}) {
      CAPTURE(nuts);
      CAPTURE(target);
      Hamiltonian hamiltonian(standard_normal_density(), 20, false);
      NoiseStream noise(Rng(31, "target"));
      NutsTransition doubling(hamiltonian, noise, 10);
      HmcTransition fixed(hamiltonian, noise, 1.5, 1024);
      Transition& transition = nuts ? static_cast<Transition&>(doubling) : fixed;
      PhasePoint point(20);
      hamiltonian.evaluate(point.state);
      double step = 0.5;
      DualAveraging averaging(target, step);
      for (int i = 0; i < kDraws; ++i) {
        step = averaging.update(transition.advance(point, step).acceptance);
      }
      double reached = 0;
      for (int i = 0; i < kDraws; ++i) {
        reached += transition.advance(point, averaging.settled()).acceptance / kDraws;
      }
      CHECK_LT(std::abs(reached - target), 0.03);
    }
  }
}

TEST_CASE("adaptation: the windows of a warm-up") {
  struct Row {
    std::size_t warmup, begin;
    std::vector<std::size_t> ends;
  };
  const std::vector<Row> rows = {
      {0, 0, {}},
      {19, 19, {}},
      {20, 3, {18}},
      {100, 15, {90}},
      {149, 22, {135}},
      {150, 75, {100}},
      {200, 75, {100, 150}},
      {500, 75, {100, 150, 250, 450}},
      {1000, 75, {100, 150, 250, 450, 950}},
      {2000, 75, {100, 150, 250, 450, 850, 1950}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.warmup);
    const auto windows = warmup_windows(row.warmup);
    CHECK_EQ(windows.begin, row.begin);
    CHECK_EQ(windows.ends, row.ends);
  }
  for (std::size_t warmup = 20; warmup < 3000; ++warmup) {
    const auto windows = warmup_windows(warmup);
    std::size_t last = windows.begin;
    for (const std::size_t end : windows.ends) {
      REQUIRE_GT(end, last);
      last = end;
    }
    REQUIRE_LE(last, warmup);
  }
}

TEST_CASE("adaptation: running covariances are those of all draws together") {
  constexpr std::size_t kDraws = 37, kSize = 3;
  NoiseStream noise(Rng(32, "covariance"));
  RunningCovariance dense(kSize, true), diagonal(kSize, false);
  for (int round = 0; round < 2; ++round) {  // the second after a restart
    std::vector<Vector> draws;
    for (std::size_t i = 0; i < kDraws; ++i) {
      const double x = noise.normal(), y = noise.normal(), z = noise.normal();
      draws.push_back({1000 + x, 2 * x + y, 0.1 * z - y});
      dense.add(draws.back());
      diagonal.add(draws.back());
    }
    const Vector all = dense.regularised(), variances = diagonal.regularised();
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t j = 0; j < kSize; ++j) {
        double means[2] = {0, 0}, sum = 0;
        for (const Vector& x : draws) {
          means[0] += x[i] / kDraws;
          means[1] += x[j] / kDraws;
        }
        for (const Vector& x : draws) sum += (x[i] - means[0]) * (x[j] - means[1]);
        double expected = sum / (kDraws - 1) * kDraws / (kDraws + 5);
        if (i == j) expected += 1e-3 * 5 / (kDraws + 5);
        CHECK_LT(std::abs(all[i * kSize + j] - expected), 1e-11);
        if (i == j) CHECK_LT(std::abs(variances[i] - expected), 1e-11);
      }
    }
    dense.restart();
    diagonal.restart();
  }
  // Without draws there is the prior alone.
  CHECK_EQ(diagonal.regularised(), Vector(kSize, 1e-3));
}

TEST_CASE("adaptation: the first step size fits the scale of the target") {
  for (const double scale : {1e-3, 1.0, 1e3}) {
    CAPTURE(scale);
    const LogDensity density = [scale](const Array& x, Array& gradient) {
      gradient(0) = to_real(-x(0) / scale / scale);
      return -0.5 * x(0) * x(0) / scale / scale;
    };
    Hamiltonian hamiltonian(density, 1, false);
    NoiseStream noise(Rng(33, "step"));
    detail::State start(1);
    start.position[0] = 0.5 * scale;
    hamiltonian.evaluate(start);
    const double step = reasonable_step_size("nuts", hamiltonian, noise, start, 1);
    // At 2 the leapfrog of an oscillator is unstable; far below, everything is accepted.
    CHECK_GT(step / scale, 0.1);
    CHECK_LT(step / scale, 5);
  }
}
