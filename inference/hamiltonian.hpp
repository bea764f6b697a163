#pragma once

#include <cstddef>
#include <evident/autodiff/array.hpp>
#include <evident/inference/noise_stream.hpp>
#include <functional>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The logarithm of a density up to a constant, and its gradient: what a sampler is given.
///
///     LogDensity density = [](const Array& at, Array& gradient) { ...; return log_p; };
///
/// `at` and `gradient` have shape (dimension); the function writes every element of `gradient` and
/// returns the value. Any value that is not finite says that the place is outside the support; the
/// gradient does not matter then. Exceptions end the sampling. Every chain works with a copy of the
/// function, so that what it holds by value belongs to the chain.
using LogDensity = std::function<double(const Array& at, Array& gradient)>;

// The mechanics that Hamiltonian Monte Carlo follows (Neal 2011, "MCMC using Hamiltonian
// dynamics"; Betancourt 2017, "A conceptual introduction to Hamiltonian Monte Carlo"), in double
// whatever `real` is: a place q with a momentum p has the energy
//
//     H(q, p) = p' M^-1 p / 2 - log density(q).

namespace detail {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b);

/// A place, and what the density is there; -inf with any gradient outside the support.
struct State {
  explicit State(std::size_t dimension) : position(dimension), gradient(dimension) {}

  Vector position, gradient;
  double log_density = 0;
};

/// A state that moves.
struct PhasePoint {
  explicit PhasePoint(std::size_t dimension)
      : state(dimension), momentum(dimension), velocity(dimension) {}

  State state;
  Vector momentum;
  Vector velocity;    ///< M^-1 p
  double energy = 0;  ///< H; +inf outside the support
};

/// The inverse M^-1 of a mass matrix, an estimate of the target's covariance: diagonal, as a vector
/// of n numbers, or dense, n x n row by row. The identity at first.
class InverseMass {
 public:
  InverseMass(std::size_t dimension, bool dense);

  bool dense() const { return !factor_.empty(); }
  const Vector& values() const { return values_; }
  /// Errors: a matrix that is not positive definite.
  void set(const Vector& values);

  /// M^-1 p.
  void velocity(const Vector& momentum, Vector& out) const;
  /// p ~ N(0, M).
  void draw_momentum(NoiseStream& noise, Vector& out) const;

 private:
  std::size_t dimension_;
  Vector values_;
  Vector factor_;  // of a dense M^-1 = L L': L, row by row
};

/// A density with a mass: steps through phase space. Its memory is taken once, no step allocates.
class Hamiltonian {
 public:
  Hamiltonian(const LogDensity& density, std::size_t dimension, bool dense_mass);

  std::size_t dimension() const { return at_.size(); }
  InverseMass& inverse_mass() { return inverse_mass_; }

  /// The density and its gradient at the state's position.
  /// Errors: a density that gave its gradient another shape.
  void evaluate(State& state);
  /// A new momentum, with the velocity and the energy that follow.
  void draw_momentum(PhasePoint& point, NoiseStream& noise);
  /// One leapfrog step through the time `step`, which is negative to go back: half a step of the
  /// momentum, a step of the position, half a step of the momentum. It conserves volume, and a step
  /// back undoes it.
  void leapfrog(PhasePoint& point, double step);

 private:
  void follow_momentum(PhasePoint& point) const;

  LogDensity density_;
  InverseMass inverse_mass_;
  Array at_, gradient_;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
