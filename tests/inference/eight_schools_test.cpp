#include <doctest/doctest.h>

#include "densities.hpp"

#include <cmath>
#include <evident/inference/convergence.hpp>
#include <evident/inference/nuts.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

// Effects of coaching in eight schools (Rubin 1981): y_j ~ N(mu + tau z_j, s_j) with z_j ~ N(0, 1),
// mu ~ N(0, 5) and tau ~ half-Cauchy(5), in the coordinates mu, log tau, z_1 ... z_8.
double eight_schools(const Array& at, Array& gradient) {
  constexpr double kEffects[] = {28, 8, -3, 7, -1, 1, 18, 12};
  constexpr double kErrors[] = {15, 10, 16, 11, 9, 11, 10, 18};
  const double mu = at(0), tau = std::exp(at(1)), ratio = tau * tau / 25;
  double value = -mu * mu / 50 - std::log1p(ratio) + at(1);
  double by_mu = -mu / 25, by_log_tau = 1 - 2 * ratio / (1 + ratio);
  for (std::size_t j = 0; j < 8; ++j) {
    const double z = at(j + 2), residual = (kEffects[j] - mu - tau * z) / kErrors[j];
    value -= 0.5 * z * z + 0.5 * residual * residual;
    by_mu += residual / kErrors[j];
    by_log_tau += residual / kErrors[j] * tau * z;
    gradient(j + 2) = to_real(-z + residual / kErrors[j] * tau);
  }
  gradient(0) = to_real(by_mu);
  gradient(1) = to_real(by_log_tau);
  return value;
}

}  // namespace

// The exact moments are those of two-dimensional quadrature.
TEST_CASE("eight schools: the posterior is the exact one") {
  Rng rng(61, "schools");
  SamplerOptions options;
  options.draws = 2000;
  options.target_acceptance = 0.95;
  const Array start = starting_points(rng, eight_schools, 4, 10);
  const Draws draws = nuts(rng, eight_schools, start, options);
  Array moments = zeros({4, 2000, 4});
  for (std::size_t chain = 0; chain < 4; ++chain) {
    for (std::size_t draw = 0; draw < 2000; ++draw) {
      const double mu = draws.values(chain, draw, 0), tau = std::exp(draws.values(chain, draw, 1));
      moments(chain, draw, 0) = to_real(mu);
      moments(chain, draw, 1) = to_real(tau);
      moments(chain, draw, 2) = to_real((mu - 4.39682) * (mu - 4.39682));
      moments(chain, draw, 3) = to_real((tau - 3.59771) * (tau - 3.59771));
    }
  }
  const double exact[] = {4.39682, 3.59771, 3.3177 * 3.3177, 3.2200 * 3.2200};
  const Array errors = mcse_mean(moments);
  for (std::size_t i = 0; i < 4; ++i) {
    CAPTURE(i);
    double mean = 0;
    for (std::size_t row = 0; row < 4 * 2000; ++row) mean += moments.data()[4 * row + i] / 8000;
    CHECK_LT(std::abs(mean - exact[i]), 5 * errors(i));
    CHECK_LT(errors(i), 0.05 * exact[i]);
  }
  const Array r_hat = split_r_hat(draws.values);
  for (const real value : r_hat) CHECK_LT(value, 1.01);
}
