#include "benchmarks/eight_schools_by_hand.hpp"

#include <cmath>

namespace evident::benchmarks {
namespace {

using Numbers = EightSchoolsByHand::Numbers;

constexpr double kHalfLogTwoPi = 0.91893853320467274178;
constexpr double kLogTwoOverPi = -0.45158270528945486473;
constexpr double kPriorScale = 5;  // of mu and of tau

double squared(double x) { return x * x; }

// Of log p(y | mu, tau, theta), what depends on the data's errors alone.
double constant_of_errors() {
  double sum = 0;
  for (const double sigma : EightSchoolsByHand::kErrors) sum -= std::log(sigma) + kHalfLogTwoPi;
  return sum;
}
const double kOfErrors = constant_of_errors();

// log p(y | mu, tau, theta); its derivatives in mu, tau and theta.
double log_likelihood(const double* mu_tau_theta, double* gradient) {
  const double mu = mu_tau_theta[0], tau = mu_tau_theta[1];
  const double* theta = mu_tau_theta + 2;
  double value = kOfErrors, to_mu = 0, to_tau = 0;
  for (std::size_t j = 0; j < EightSchoolsByHand::kSchools; ++j) {
    const double sigma = EightSchoolsByHand::kErrors[j];
    const double z = (EightSchoolsByHand::kEffects[j] - mu - tau * theta[j]) / sigma;
    value -= 0.5 * z * z;
    const double slope = z / sigma;
    to_mu += slope;
    to_tau += slope * theta[j];
    gradient[2 + j] = slope * tau;
  }
  gradient[0] = to_mu;
  gradient[1] = to_tau;
  return value;
}

double log_half_cauchy(double tau) {
  return kLogTwoOverPi - std::log(kPriorScale) - std::log1p(squared(tau / kPriorScale));
}

// Its derivative in log tau.
double half_cauchy_slope(double tau) { return -2 * tau * tau / (squared(kPriorScale) + tau * tau); }

}  // namespace

double EightSchoolsByHand::log_density(const double* at, double* gradient) {
  Numbers z;
  for (std::size_t i = 0; i < kSize; ++i) z[i] = at[i];
  const double tau = z[1] = std::exp(at[1]);
  double value = log_likelihood(z.data(), gradient);
  gradient[1] = gradient[1] * tau + half_cauchy_slope(tau) + 1;
  value += log_half_cauchy(tau) + at[1];
  gradient[0] -= z[0] / squared(kPriorScale);
  value -= 0.5 * squared(z[0] / kPriorScale) + std::log(kPriorScale) + kHalfLogTwoPi;
  for (std::size_t i = 2; i < kSize; ++i) {
    gradient[i] -= z[i];
    value -= 0.5 * z[i] * z[i] + kHalfLogTwoPi;
  }
  return value;
}

EightSchoolsByHand::EightSchoolsByHand(std::uint64_t seed, double scale) : generator_(seed) {
  log_scale_.values.fill(std::log(scale));
}

double EightSchoolsByHand::differentiate(const Numbers& noise) {
  Numbers scale, z, slope;
  for (std::size_t i = 0; i < kSize; ++i) {
    scale[i] = std::exp(log_scale_.values[i]);
    z[i] = loc_.values[i] + scale[i] * noise[i];
  }
  const double log_tau = z[1], tau = z[1] = std::exp(log_tau);
  double elbo = log_likelihood(z.data(), slope.data());
  slope[1] *= tau;

  // tau: log q(tau) = log N(log tau) - log tau, less log p(tau), at the draw.
  elbo += 0.5 * noise[1] * noise[1] + log_scale_.values[1] + kHalfLogTwoPi + log_tau +
          log_half_cauchy(tau);
  slope[1] += 1 + half_cauchy_slope(tau);

  for (std::size_t i = 0; i < kSize; ++i) {
    loc_.gradient[i] = -slope[i];
    log_scale_.gradient[i] = -slope[i] * scale[i] * noise[i];
  }
  log_scale_.gradient[1] -= 1;

  // mu and theta: KL(N(m, s) || N(0, c)) = log (c / s) + ((s / c)^2 + (m / c)^2 - 1) / 2.
  const auto add_kl = [&](std::size_t i, double c) {
    const double m = loc_.values[i] / c, s = scale[i] / c;
    elbo += log_scale_.values[i] - std::log(c) - 0.5 * (s * s + m * m - 1);
    loc_.gradient[i] += m / c;
    log_scale_.gradient[i] += s * s - 1;
  };
  add_kl(0, kPriorScale);
  for (std::size_t i = 2; i < kSize; ++i) add_kl(i, 1);
  return elbo;
}

// Kingma and Ba 2015, algorithm 1, at the usual decays.
void EightSchoolsByHand::update(double rate) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  const auto t = static_cast<double>(++steps_);
  const double root = std::sqrt(1 - std::pow(kBeta2, t));
  const double corrected = rate * root / (1 - std::pow(kBeta1, t)), epsilon = 1e-8 * root;
  for (Parameter* p : {&loc_, &log_scale_}) {
    for (std::size_t i = 0; i < kSize; ++i) {
      const double g = p->gradient[i];
      p->mean[i] = kBeta1 * p->mean[i] + (1 - kBeta1) * g;
      p->square[i] = kBeta2 * p->square[i] + (1 - kBeta2) * g * g;
      p->values[i] -= corrected * p->mean[i] / (std::sqrt(p->square[i]) + epsilon);
    }
  }
}

void EightSchoolsByHand::step(double rate) {
  Numbers noise;
  for (double& e : noise) e = normal_(generator_);
  differentiate(noise);
  update(rate);
}

}  // namespace evident::benchmarks
