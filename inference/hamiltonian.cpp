#include <fmt/format.h>

#include <cmath>
#include <evident/inference/hamiltonian.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

InverseMass::InverseMass(std::size_t dimension, bool dense)
    : dimension_(dimension),
      values_(dense ? dimension * dimension : dimension, dense ? 0.0 : 1.0),
      factor_(dense ? dimension * dimension : 0) {
  if (!dense) return;
  for (std::size_t i = 0; i < dimension; ++i) {
    values_[i * dimension + i] = factor_[i * dimension + i] = 1;
  }
}

void InverseMass::set(const Vector& values) {
  if (dense()) {
    const std::size_t n = dimension_;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double rest = values[i * n + j];
        for (std::size_t k = 0; k < j; ++k) rest -= factor_[i * n + k] * factor_[j * n + k];
        if (i == j && !(rest > 0)) {
          throw Error(
              fmt::format("sampling: the covariance of the warm-up's draws is not positive "
                          "definite at row {}: use a diagonal mass, or a longer warm-up",
                          i));
        }
        factor_[i * n + j] = i == j ? std::sqrt(rest) : rest / factor_[j * n + j];
      }
    }
  }
  values_ = values;
}

void InverseMass::velocity(const Vector& momentum, Vector& out) const {
  const std::size_t n = dimension_;
  if (!dense()) {
    for (std::size_t i = 0; i < n; ++i) out[i] = values_[i] * momentum[i];
    return;
  }
  // By rows of a symmetric matrix as columns: the inner loop is one of independent sums.
  for (double& v : out) v = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double* row = values_.data() + j * n;
    for (std::size_t i = 0; i < n; ++i) out[i] += row[i] * momentum[j];
  }
}

void InverseMass::draw_momentum(NoiseStream& noise, Vector& out) const {
  const std::size_t n = dimension_;
  for (double& p : out) p = noise.normal();
  if (!dense()) {
    for (std::size_t i = 0; i < n; ++i) out[i] /= std::sqrt(values_[i]);
    return;
  }
  // p = L'^-1 z has the covariance (L L')^-1 = M.
  for (std::size_t i = n; i-- > 0;) {
    out[i] /= factor_[i * n + i];
    for (std::size_t k = 0; k < i; ++k) out[k] -= factor_[i * n + k] * out[i];
  }
}

Hamiltonian::Hamiltonian(const LogDensity& density, std::size_t dimension, bool dense_mass)
    : density_(density),
      inverse_mass_(dimension, dense_mass),
      at_(zeros({dimension})),
      gradient_(zeros({dimension})) {}

void Hamiltonian::evaluate(State& state) {
  for (std::size_t i = 0; i < dimension(); ++i)
    at_.data()[i] = static_cast<real>(state.position[i]);
  const double value = density_(at_, gradient_);
  if (gradient_.dimension() != 1 || gradient_.size() != dimension()) {
    throw ShapeError(fmt::format(
        "sampling: the log density gave a gradient of shape {}, expected ({}): write its elements",
        to_string(gradient_.shape()), dimension()));
  }
  for (std::size_t i = 0; i < dimension(); ++i) state.gradient[i] = gradient_.data()[i];
  state.log_density = std::isfinite(value) ? value : -std::numeric_limits<double>::infinity();
}

void Hamiltonian::follow_momentum(PhasePoint& point) const {
  inverse_mass_.velocity(point.momentum, point.velocity);
  point.energy = 0.5 * dot(point.momentum, point.velocity) - point.state.log_density;
  // A gradient that is no number has spoilt the momentum.
  if (std::isnan(point.energy)) point.energy = std::numeric_limits<double>::infinity();
}

void Hamiltonian::draw_momentum(PhasePoint& point, NoiseStream& noise) {
  inverse_mass_.draw_momentum(noise, point.momentum);
  follow_momentum(point);
}

void Hamiltonian::leapfrog(PhasePoint& point, double step) {
  State& state = point.state;
  const std::size_t n = dimension();
  for (std::size_t i = 0; i < n; ++i) point.momentum[i] += 0.5 * step * state.gradient[i];
  inverse_mass_.velocity(point.momentum, point.velocity);
  for (std::size_t i = 0; i < n; ++i) state.position[i] += step * point.velocity[i];
  evaluate(state);
  for (std::size_t i = 0; i < n; ++i) point.momentum[i] += 0.5 * step * state.gradient[i];
  follow_momentum(point);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
