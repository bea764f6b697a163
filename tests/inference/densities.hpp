#pragma once

#include <cmath>
#include <evident/inference/hamiltonian.hpp>
#include <limits>
#include <vector>

// Densities with gradients by hand, for the tests of samplers.

namespace evident::testing {

inline real to_real(double x) { return static_cast<real>(x); }

/// The standard normal, of any dimension.
inline LogDensity standard_normal_density() {
  return [](const Array& x, Array& gradient) {
    double value = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      value -= 0.5 * static_cast<double>(x(i)) * x(i);
      gradient(i) = -x(i);
    }
    return value;
  };
}

/// A normal with means 1, 2, ..., scales from 0.5 to 3 and correlated neighbours: x = mean + L z
/// with a band of L below its diagonal.
struct CorrelatedNormal {
  explicit CorrelatedNormal(std::size_t dimension) : n(dimension), factor(n * n) {
    for (std::size_t i = 0; i < n; ++i) {
      const double scale = 0.5 * std::pow(6.0, static_cast<double>(i) / static_cast<double>(n - 1));
      factor[i * n + i] = 0.8 * scale;
      if (i > 0) factor[i * n + i - 1] = (i % 2 == 0 ? 0.6 : -0.6) * scale;
    }
  }

  double mean(std::size_t i) const { return static_cast<double>(i + 1); }

  double covariance(std::size_t i, std::size_t j) const {
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) sum += factor[i * n + k] * factor[j * n + k];
    return sum;
  }

  LogDensity density() const {
    return [m = *this, z = std::vector<double>(n)](const Array& x, Array& gradient) mutable {
      double value = 0;
      for (std::size_t i = 0; i < m.n; ++i) {
        z[i] = x(i) - m.mean(i);
        for (std::size_t k = 0; k < i; ++k) z[i] -= m.factor[i * m.n + k] * z[k];
        z[i] /= m.factor[i * m.n + i];
        value -= 0.5 * z[i] * z[i];
      }
      // The gradient is -L'^-1 z.
      for (std::size_t i = m.n; i-- > 0;) {
        z[i] /= m.factor[i * m.n + i];
        for (std::size_t k = 0; k < i; ++k) z[k] -= m.factor[i * m.n + k] * z[i];
        gradient(i) = to_real(-z[i]);
      }
      return value;
    };
  }

  std::size_t n;
  std::vector<double> factor;
};

/// The exponential distribution with rate 1, with no density below 0.
inline LogDensity exponential_density() {
  return [](const Array& x, Array& gradient) -> double {
    gradient(0) = -1;
    return x(0) < 0 ? -std::numeric_limits<double>::infinity() : -x(0);
  };
}

}  // namespace evident::testing
