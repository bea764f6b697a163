#pragma once

#include <cmath>
#include <cstddef>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/inference/elbo.hpp>
#include <string>
#include <utility>
#include <vector>

// A model whose evidence and posterior are known: z ~ N(0, I), x | z ~ N(W z + b, s^2 I).

namespace evident::testing {

using Matrix = std::vector<std::vector<double>>;
using Vector = std::vector<double>;

/// The lower triangle L of a positive definite matrix L L'.
inline Matrix cholesky(const Matrix& a) {
  Matrix l(a.size(), Vector(a.size(), 0));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = a[i][j];
      for (std::size_t k = 0; k < j; ++k) rest -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(rest) : rest / l[j][j];
    }
  }
  return l;
}

inline double log_determinant(const Matrix& a) {
  double result = 0;
  const Matrix l = cholesky(a);
  for (std::size_t i = 0; i < a.size(); ++i) result += 2 * std::log(l[i][i]);
  return result;
}

/// The solution of a y = x.
inline Vector solve(const Matrix& a, Vector x) {
  const Matrix l = cholesky(a);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) x[i] -= l[i][k] * x[k];
    x[i] /= l[i][i];
  }
  for (std::size_t i = x.size(); i-- > 0;) {
    for (std::size_t k = i + 1; k < x.size(); ++k) x[i] -= l[k][i] * x[k];
    x[i] /= l[i][i];
  }
  return x;
}

/// d' a d.
inline double quadratic_form(const Matrix& a, const Vector& d) {
  double result = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    for (std::size_t j = 0; j < d.size(); ++j) result += d[i] * a[i][j] * d[j];
  }
  return result;
}

constexpr double kLogTwoPi = 1.83787706640934548356;

/// The model, with a guide of independent Normals with parameters of their own for each datapoint.
struct LinearGaussian {
  Var weight;      // (J, D), the transpose of W
  Var bias;        // (D)
  Var noise;       // s, ()
  Var loc, scale;  // of the guide, (n, J)

  std::size_t latent() const { return weight.shape()[0]; }
  std::size_t observed() const { return weight.shape()[1]; }

  void model(Trace& t, const Var& x) const {
    const Plate each = t.plate("rows", rows(x));
    const Var z = t.sample("z", to_event(Normal(zeros({rows(x), latent()}), 1), 1));
    t.observe("x", to_event(Normal(matmul(z, weight) + bias, noise), 1), x);
  }
  void guide(Trace& t, const Var&) const { t.sample("z", to_event(Normal(loc, scale), 1)); }

  double w(std::size_t d, std::size_t j) const {
    return static_cast<double>(weight.value().data()[j * observed() + d]);
  }
  double residual(const Array& x, std::size_t row, std::size_t d) const {
    return static_cast<double>(x.data()[row * observed() + d] - bias.value().data()[d]);
  }

  /// log p(x) of one datapoint: x ~ N(b, W W' + s^2 I).
  double log_evidence(const Array& x, std::size_t row) const {
    Matrix covariance(observed(), Vector(observed(), 0));
    Vector difference(observed());
    for (std::size_t a = 0; a < observed(); ++a) {
      difference[a] = residual(x, row, a);
      covariance[a][a] = noise.item() * noise.item();
      for (std::size_t b = 0; b < observed(); ++b) {
        for (std::size_t j = 0; j < latent(); ++j) covariance[a][b] += w(a, j) * w(b, j);
      }
    }
    const Vector solved = solve(covariance, difference);
    double quadratic = 0;
    for (std::size_t a = 0; a < observed(); ++a) quadratic += difference[a] * solved[a];
    return -0.5 *
           (quadratic + log_determinant(covariance) + static_cast<double>(observed()) * kLogTwoPi);
  }

  /// The precision of the posterior, I + W' W / s^2.
  Matrix precision() const {
    Matrix result(latent(), Vector(latent(), 0));
    for (std::size_t i = 0; i < latent(); ++i) {
      for (std::size_t j = 0; j < latent(); ++j) {
        for (std::size_t d = 0; d < observed(); ++d) result[i][j] += w(d, i) * w(d, j);
        result[i][j] = result[i][j] / (noise.item() * noise.item()) + (i == j ? 1 : 0);
      }
    }
    return result;
  }

  /// The mean of the posterior of one datapoint.
  Vector posterior_mean(const Array& x, std::size_t row) const {
    Vector projected(latent(), 0);
    for (std::size_t j = 0; j < latent(); ++j) {
      for (std::size_t d = 0; d < observed(); ++d) projected[j] += w(d, j) * residual(x, row, d);
      projected[j] /= noise.item() * noise.item();
    }
    return solve(precision(), projected);
  }

  /// log p(z | x) of one datapoint.
  double log_posterior(const Array& x, std::size_t row, const Vector& z) const {
    Vector difference = posterior_mean(x, row);
    for (std::size_t j = 0; j < latent(); ++j) difference[j] = z[j] - difference[j];
    return -0.5 * (quadratic_form(precision(), difference) - log_determinant(precision()) +
                   static_cast<double>(latent()) * kLogTwoPi);
  }

  /// KL(q || p(z | x)) of one datapoint, for the guide's independent Normals.
  double kl_to_posterior(const Array& x, std::size_t row) const {
    const Matrix lambda = precision();
    Vector difference = posterior_mean(x, row);
    double result = -log_determinant(lambda);
    for (std::size_t j = 0; j < latent(); ++j) {
      const std::size_t at = row * latent() + j;
      difference[j] -= static_cast<double>(loc.value().data()[at]);
      const auto s = static_cast<double>(scale.value().data()[at]);
      result += lambda[j][j] * s * s - 1 - 2 * std::log(s);
    }
    return 0.5 * (result + quadratic_form(lambda, difference));
  }
};

/// One with J = `latent`, D = 4 and n = 3.
inline LinearGaussian linear_gaussian(std::size_t latent, Rng& rng) {
  const Var scale = 0.3 + Var(uniform({3, latent}, rng));
  return {standard_normal({latent, 4}, rng), standard_normal({4}, rng), 0.7,
          standard_normal({3, latent}, rng), scale};
}

/// The same with orthogonal columns of W and the exact posterior as its guide.
inline LinearGaussian exact_linear_gaussian(const Array& x) {
  LinearGaussian m{matrix({{1, 1, 0.5, 0}, {1, -1, 0, 2}}), vector({0.1, -0.2, 0.3, 0}), 0.7, 0.0,
                   0.0};
  Array loc = uninitialised({rows(x), 2});
  Array scale = uninitialised({rows(x), 2});
  for (std::size_t row = 0; row < rows(x); ++row) {
    const Vector mean = m.posterior_mean(x, row);
    for (std::size_t j = 0; j < 2; ++j) {
      loc.data()[2 * row + j] = static_cast<real>(mean[j]);
      scale.data()[2 * row + j] = static_cast<real>(1 / std::sqrt(m.precision()[j][j]));
    }
  }
  m.loc = loc;
  m.scale = scale;
  return m;
}

/// Noise for `count` datapoints at one of 2 J points that share mean and covariance with N(0, I):
/// what is quadratic in the noise has its expectation as their average.
inline Array cubature_noise(std::size_t point, std::size_t count, std::size_t latent) {
  Array noise = zeros({count, latent});
  const double reach = std::sqrt(static_cast<double>(latent)) * (point % 2 == 0 ? 1 : -1);
  for (std::size_t row = 0; row < count; ++row) {
    noise.data()[row * latent + point / 2] = static_cast<real>(reach);
  }
  return noise;
}

}  // namespace evident::testing
