#include <doctest/doctest.h>

#include "densities.hpp"

#include <cmath>
#include <evident/inference/hamiltonian.hpp>
#include <evident/inference/hmc.hpp>
#include <evident/inference/nuts.hpp>
#include <vector>

using namespace evident;
using namespace evident::testing;
using evident::detail::Arc;
using evident::detail::Hamiltonian;
using evident::detail::InverseMass;
using evident::detail::leads_apart;
using evident::detail::NoiseStream;
using evident::detail::NutsTransition;
using evident::detail::PhasePoint;
using evident::detail::TransitionReport;
using evident::detail::Vector;

namespace {

// Energies that are not quadratic: x^4 / 4 + (x - y)^2 / 2 + (y - z)^4 / 8.
LogDensity quartic_density() {
  return [](const Array& at, Array& gradient) {
    const double x = at(0), y = at(1), z = at(2), d = y - z;
    gradient(0) = to_real(-x * x * x - (x - y));
    gradient(1) = to_real((x - y) - d * d * d / 2);
    gradient(2) = to_real(d * d * d / 2);
    return -x * x * x * x / 4 - (x - y) * (x - y) / 2 - d * d * d * d / 8;
  };
}

PhasePoint start_of(Hamiltonian& hamiltonian, const Vector& position, NoiseStream& noise) {
  PhasePoint point(hamiltonian.dimension());
  point.state.position = position;
  hamiltonian.evaluate(point.state);
  hamiltonian.draw_momentum(point, noise);
  return point;
}

// An arc in one dimension, whose mass is 1.
Arc arc_of(double first, double last, double sum) {
  Arc arc(1);
  arc.first = {{first}, {first}};
  arc.last = {{last}, {last}};
  arc.momentum_sum = {sum};
  return arc;
}

const Vector kDense = {2, 0.5, -0.2, 0.5, 1, 0.3, -0.2, 0.3, 0.7};

}  // namespace

// In float the forces are rounded to float, and these do not depend on the way alone.
#ifdef EVIDENT_F64
TEST_CASE("leapfrog: the way back leads to the start") {
  for (const bool dense : {false, true}) {
    Hamiltonian hamiltonian(quartic_density(), 3, dense);
    hamiltonian.inverse_mass().set(dense ? kDense : Vector{2, 0.5, 1});
    NoiseStream noise(Rng(21, "leapfrog"));
    PhasePoint point = start_of(hamiltonian, {0.5, -1, 2}, noise);
    const PhasePoint start = point;
    for (int step = 0; step < 100; ++step) hamiltonian.leapfrog(point, 0.1);
    CHECK_GT(std::abs(point.state.position[0] - start.state.position[0]), 0.01);
    for (int step = 0; step < 100; ++step) hamiltonian.leapfrog(point, -0.1);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK_LT(std::abs(point.state.position[i] - start.state.position[i]), 1e-11);
      CHECK_LT(std::abs(point.momentum[i] - start.momentum[i]), 1e-11);
    }
  }
}

TEST_CASE("leapfrog: the error of the energy is of second order, and does not grow") {
  const auto largest_error = [](double step, int steps) {
    Hamiltonian hamiltonian(quartic_density(), 3, true);
    hamiltonian.inverse_mass().set(kDense);
    NoiseStream noise(Rng(22, "energy"));
    PhasePoint point = start_of(hamiltonian, {0.5, -1, 2}, noise);
    const double start = point.energy;
    double error = 0;
    for (int i = 0; i < steps; ++i) {
      hamiltonian.leapfrog(point, step);
      error = std::max(error, std::abs(point.energy - start));
    }
    return error;
  };
  const double coarse = largest_error(0.02, 1000), fine = largest_error(0.01, 2000);
  CHECK_GT(coarse / fine, 3.8);
  CHECK_LT(coarse / fine, 4.2);
  CHECK_LT(largest_error(0.02, 20000), 3 * coarse);  // of 20 times the time
}

TEST_CASE("leapfrog: volume in phase space is conserved") {
  Hamiltonian hamiltonian(quartic_density(), 3, true);
  hamiltonian.inverse_mass().set(kDense);
  NoiseStream noise(Rng(23, "volume"));
  const PhasePoint start = start_of(hamiltonian, {0.5, -1, 2}, noise);
  const auto after = [&](std::size_t coordinate, double shift) {
    PhasePoint point = start;
    (coordinate < 3 ? point.state.position[coordinate] : point.momentum[coordinate - 3]) += shift;
    hamiltonian.evaluate(point.state);
    for (int step = 0; step < 5; ++step) hamiltonian.leapfrog(point, 0.2);
    Vector result = point.state.position;
    result.insert(result.end(), point.momentum.begin(), point.momentum.end());
    return result;
  };
  constexpr std::size_t kSize = 6;
  std::vector<Vector> jacobian;
  for (std::size_t i = 0; i < kSize; ++i) {
    const Vector above = after(i, 1e-5), below = after(i, -1e-5);
    jacobian.emplace_back();
    for (std::size_t j = 0; j < kSize; ++j) jacobian[i].push_back((above[j] - below[j]) / 2e-5);
  }
  double determinant = 1;
  for (std::size_t i = 0; i < kSize; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i; r < kSize; ++r) {
      if (std::abs(jacobian[r][i]) > std::abs(jacobian[pivot][i])) pivot = r;
    }
    if (pivot != i) determinant = -determinant;
    std::swap(jacobian[i], jacobian[pivot]);
    determinant *= jacobian[i][i];
    for (std::size_t r = i + 1; r < kSize; ++r) {
      const double factor = jacobian[r][i] / jacobian[i][i];
      for (std::size_t c = i; c < kSize; ++c) jacobian[r][c] -= factor * jacobian[i][c];
    }
  }
  CHECK_LT(std::abs(determinant - 1), 1e-7);
}
#endif

TEST_CASE("mass: momenta have the covariance M, velocities are M^-1 p") {
  constexpr int kDraws = 20000;
  for (const bool dense : {false, true}) {
    InverseMass inverse(3, dense);
    const Vector values = dense ? kDense : Vector{2, 0.5, 1};
    inverse.set(values);
    NoiseStream noise(Rng(24, "mass"));
    Vector momentum(3), velocity(3);
    // M^-1 p p' is the identity in the mean, and M^-1 p has the covariance M^-1.
    std::vector<Vector> product(3, Vector(3)), covariance(3, Vector(3));
    for (int draw = 0; draw < kDraws; ++draw) {
      inverse.draw_momentum(noise, momentum);
      inverse.velocity(momentum, velocity);
      for (std::size_t i = 0; i < 3; ++i) {
        double expected = 0;
        for (std::size_t j = 0; j < 3; ++j) {
          if (dense || i == j) expected += values[dense ? 3 * i + j : i] * momentum[j];
          product[i][j] += velocity[i] * momentum[j] / kDraws;
          covariance[i][j] += velocity[i] * velocity[j] / kDraws;
        }
        CHECK_LT(std::abs(velocity[i] - expected), 1e-14 * (1 + std::abs(expected)));
      }
    }
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        const auto inverse_at = [&](std::size_t a, std::size_t b) {
          return dense ? values[3 * a + b] : (a == b ? values[a] : 0.0);
        };
        // Var(a b) = Var a Var b + Cov(a, b)^2 of normals.
        const double variance = inverse_at(i, i) * inverse_at(j, j) + std::pow(inverse_at(i, j), 2);
        CHECK_LT(std::abs(covariance[i][j] - inverse_at(i, j)), 5 * std::sqrt(variance / kDraws));
        CHECK_LT(std::abs(product[i][j] - (i == j)), 0.2);
      }
    }
  }
  InverseMass inverse(2, true);
  CHECK_THROWS_WITH_AS(inverse.set({1, 2, 2, 1}), doctest::Contains("not positive definite at row"),
                       Error);
}

TEST_CASE("U-turn: arcs by hand") {
  struct Row {
    const char* what;
    Arc arc, next;
    bool apart;
  };
  const std::vector<Row> rows = {
      {"straight on", arc_of(1, 1, 4), arc_of(1, 1, 4), true},
      {"straight on, backwards in time", arc_of(-1, -1, -4), arc_of(-1, -1, -4), true},
      {"there and back", arc_of(1, 0.5, 3), arc_of(-0.5, -1, -3.5), false},
      {"the last end looks back", arc_of(1, 1, 4), arc_of(0.5, -0.1, 1), false},
      {"the first end looked back", arc_of(-0.1, 0.5, 1), arc_of(1, 1, 4), false},
      {"the whole leads on, the first arc with the next point does not", arc_of(1, 1, 1),
       arc_of(-2, 1, 5), false},
      {"the whole leads on, the last point with the next arc does not", arc_of(1, -2, 5),
       arc_of(1, 1, 1), false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.what));
    CHECK_EQ(leads_apart(row.arc, row.next), row.apart);
  }
}

// In many dimensions momentum and position are orthogonal and equally long, and the orbit of an
// oscillator is a circle, which a step of 2 sin(angle / 2) follows by `angle`. N points in a row
// have turned where sum_k cos(k angle) < 0.
TEST_CASE("U-turn: trajectories of an oscillator stop about half way round") {
  struct Row {
    double degrees;
    std::size_t depth;
  };
  // 8 points span 126 degrees, 16 have turned. At 52 degrees, 4 points span 156, and 8 have gone
  // once round, which only the first 4 with the fifth betray.
  for (const Row& row : {Row{18, 4}, Row{52, 3}}) {
    CAPTURE(row.degrees);
    constexpr std::size_t kSize = 2000;
    Hamiltonian hamiltonian(standard_normal_density(), kSize, false);
    NoiseStream noise(Rng(25, "circle"));
    Vector position(kSize);
    for (double& x : position) x = noise.normal();
    PhasePoint point = start_of(hamiltonian, position, noise);
    const double step = 2 * std::sin(row.degrees / 360 * 3.14159265358979323846);
    NutsTransition transition(hamiltonian, noise, 10);
    for (int draw = 0; draw < 50; ++draw) {
      const TransitionReport report = transition.advance(point, step);
      CHECK_EQ(report.depth, row.depth);
      CHECK_EQ(report.steps, (std::size_t{1} << row.depth) - 1);
      CHECK_FALSE(report.divergent);
    }
    // Not deeper than is allowed.
    NutsTransition shallow(hamiltonian, noise, 2);
    CHECK_EQ(shallow.advance(point, step).depth, 2);
    CHECK_EQ(shallow.advance(point, step).steps, 3);
  }
}

TEST_CASE("divergence: too long a step is noticed, and the state is kept") {
  Hamiltonian hamiltonian(quartic_density(), 3, false);
  NoiseStream noise(Rng(26, "divergence"));
  NutsTransition transition(hamiltonian, noise, 10);
  PhasePoint point = start_of(hamiltonian, {5, -1, 2}, noise);
  const TransitionReport report = transition.advance(point, 10);
  CHECK(report.divergent);
  CHECK_FALSE(report.outside);
  CHECK_EQ(report.steps, 1);
  CHECK_LT(report.acceptance, 1e-100);
  CHECK_EQ(point.state.position, Vector{5, -1, 2});
}

TEST_CASE("noise: uniforms and normals are what they are called") {
  constexpr int kDraws = 100000;
  NoiseStream noise(Rng(27, "noise"));
  double uniform = 0, mean = 0, variance = 0, fourth = 0, neighbours = 0, before = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const double u = noise.uniform();
    REQUIRE_GT(u, 0);
    REQUIRE_LT(u, 1);
    uniform += u / kDraws;
    const double x = noise.normal();
    mean += x / kDraws;
    variance += x * x / kDraws;
    fourth += x * x * x * x / kDraws;
    neighbours += x * before / kDraws;
    before = x;
  }
  const double root = std::sqrt(kDraws);
  CHECK_LT(std::abs(uniform - 0.5), 5 * std::sqrt(1.0 / 12) / root);
  CHECK_LT(std::abs(mean), 5 / root);
  CHECK_LT(std::abs(variance - 1), 5 * std::sqrt(2) / root);
  CHECK_LT(std::abs(fourth - 3), 5 * std::sqrt(96) / root);
  CHECK_LT(std::abs(neighbours), 5 / root);
}
