#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

namespace evident::benchmarks {

/// The eight schools of examples/eight_schools.cpp as one would write them for this model alone:
/// no graph, no arrays, derivatives by hand. Unconstrained numbers are mu, log tau and the eight
/// theta, in this order.
class EightSchoolsByHand {
 public:
  static constexpr std::size_t kSchools = 8, kSize = 2 + kSchools;
  using Numbers = std::array<double, kSize>;

  static constexpr std::array<double, kSchools> kEffects = {28, 8, -3, 7, -1, 1, 18, 12};
  static constexpr std::array<double, kSchools> kErrors = {15, 10, 16, 11, 9, 11, 10, 18};

  /// log p(y, mu, tau, theta) + log tau at unconstrained numbers, with its gradient in them: what a
  /// sampler is given.
  static double log_density(const double* at, double* gradient);

  /// A guide of independent normal distributions, as it starts.
  EightSchoolsByHand(std::uint64_t seed, double scale);

  /// The ELBO at loc + exp(log_scale) noise, and the gradients of minus the ELBO. The KL of mu and
  /// theta is analytic, that of tau log q(tau) - log p(tau) at the draw.
  double differentiate(const Numbers& noise);
  /// Adam's update by the last gradients.
  void update(double rate);
  /// A draw, its gradients and the update.
  void step(double rate);

  const Numbers& loc() const { return loc_.values; }
  const Numbers& log_scale() const { return log_scale_.values; }
  const Numbers& loc_gradient() const { return loc_.gradient; }
  const Numbers& log_scale_gradient() const { return log_scale_.gradient; }

 private:
  struct Parameter {
    Numbers values = {}, gradient = {}, mean = {}, square = {};
  };

  Parameter loc_, log_scale_;
  std::size_t steps_ = 0;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
};

}  // namespace evident::benchmarks
