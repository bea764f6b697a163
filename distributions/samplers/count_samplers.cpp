#include <array>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/samplers/count_samplers.hpp>
#include <limits>

namespace evident {
namespace {

using parts::kNan;
constexpr double kRootTwoPi = 2.50662827463100050242;
constexpr double kLogRootTwoPi = 0.91893853320467274178;

// log k! - (log(sqrt(2 pi k)) + k log k - k): the error of Stirling's formula, for k >= 1.
double stirling_error(double k) {
  static const auto errors = [] {
    std::array<double, 16> result{};
    for (std::size_t i = 1; i < result.size(); ++i) {
      const auto x = static_cast<double>(i);
      result[i] = std::lgamma(x + 1) - (x + 0.5) * std::log(x) + x - kLogRootTwoPi;
    }
    return result;
  }();
  if (k < 16) return errors[static_cast<std::size_t>(k)];
  const double s = 1 / (k * k);
  return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / k;
}

// k log(k / m) - k + m, without the cancellation of its terms near k = m (Loader 2000, "Fast and
// accurate computation of binomial probabilities").
double deviance(double k, double m) {
  const double difference = k - m;
  if (std::abs(difference) >= 0.1 * (k + m)) return k * std::log(k / m) - difference;
  const double v = difference / (k + m);
  double sum = difference * v;
  double term = 2 * k * v;
  for (int j = 3; j < 60; j += 2) {
    term *= v * v;
    const double next = sum + term / j;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

// log P(X = k) of Poisson(rate).
double log_poisson(double k, double rate) {
  if (k == 0) return -rate;
  return -stirling_error(k) - deviance(k, rate) - std::log(kRootTwoPi * std::sqrt(k));
}

// log P(X = k) of Binomial(n, p), 0 < p < 1.
double log_binomial(double k, double n, double p) {
  if (k == 0) return n * std::log1p(-p);
  if (k == n) return n * std::log(p);
  const double rest = n - k;
  return stirling_error(n) - stirling_error(k) - stirling_error(rest) - deviance(k, n * p) -
         deviance(rest, n * (1 - p)) - std::log(kRootTwoPi * std::sqrt(k * (rest / n)));
}

}  // namespace

TwoUniforms two_uniforms(const Draw& draw, std::uint64_t element, std::uint32_t attempt) {
  const auto words = draw.block(element, attempt);
  const auto uniform = [](std::uint32_t high, std::uint32_t low) {
    const std::uint64_t cell = (std::uint64_t{high >> 6} << 26) | low >> 6;
    return (static_cast<double>(cell) + 0.5) * 0x1p-52;
  };
  return {uniform(words[0], words[1]), uniform(words[2], words[3])};
}

PoissonSampler::PoissonSampler(double rate) : rate_(rate) {
  if (!(rate >= 0 && rate < std::numeric_limits<double>::infinity())) rate_ = kNan;
  if (inverts()) {
    table_.begin(std::exp(-rate_));
    return;
  }
  b_ = 0.931 + 2.53 * std::sqrt(rate_);
  a_ = -0.059 + 0.02483 * b_;
  squeeze_ = 0.9277 - 3.6224 / (b_ - 2);
  log_scale_ = std::log(1.1239 + 1.1328 / (b_ - 3.4));
}

bool PoissonSampler::accepts(double k, double distance, double v) const {
  if (k < 0 || (distance < 0.013 && v > distance)) return false;
  return std::log(v / (a_ / (distance * distance) + b_)) + log_scale_ <= log_poisson(k, rate_);
}

double PoissonSampler::operator()(TwoUniforms uniforms, const Draw& draw, std::uint64_t element,
                                  std::uint32_t next) {
  if (std::isnan(rate_)) return kNan;
  if (inverts()) return table_.find(uniforms.u, [this](double k) { return rate_ / k; });
  while (true) {
    const double u = uniforms.u - 0.5;
    const double distance = 0.5 - std::abs(u);
    const double k = std::floor((2 * a_ / distance + b_) * u + rate_ + 0.43);
    if (distance >= 0.07 && uniforms.v <= squeeze_) return k;
    if (accepts(k, distance, uniforms.v)) return k;
    uniforms = two_uniforms(draw, element, next++);
  }
}

BinomialSampler::BinomialSampler(double n, double p)
    : n_(std::floor(n)), p_(p > 0.5 ? 1 - p : p), mirrored_(p > 0.5) {
  constexpr double kLeastRejected = 10;
  if (!(n >= 0 && n < std::numeric_limits<double>::infinity() && p >= 0 && p <= 1)) n_ = kNan;
  inverts_ = !(n_ * p_ >= kLeastRejected);
  if (inverts_) {
    table_.begin(std::exp(n_ * std::log1p(-p_)));
    odds_ = p_ / (1 - p_);
    return;
  }
  const double deviation = std::sqrt(n_ * p_ * (1 - p_));
  b_ = 1.15 + 2.53 * deviation;
  a_ = -0.0873 + 0.0248 * b_ + 0.01 * p_;
  centre_ = n_ * p_ + 0.5;
  squeeze_ = 0.92 - 4.2 / b_;
  const double mode = std::floor((n_ + 1) * p_);
  log_scale_ = std::log((2.83 + 5.1 / b_) * deviation) + log_binomial(mode, n_, p_);
}

bool BinomialSampler::accepts(double k, double distance, double v) const {
  if (k < 0 || k > n_) return false;
  return std::log(v / (a_ / (distance * distance) + b_)) + log_scale_ <= log_binomial(k, n_, p_);
}

double BinomialSampler::below_half(TwoUniforms uniforms, const Draw& draw, std::uint64_t element,
                                   std::uint32_t next) {
  if (inverts_) {
    return table_.find(uniforms.u, [this](double k) { return odds_ * (n_ + 1 - k) / k; });
  }
  while (true) {
    const double u = uniforms.u - 0.5;
    const double distance = 0.5 - std::abs(u);
    const double k = std::floor((2 * a_ / distance + b_) * u + centre_);
    if (distance >= 0.07 && uniforms.v <= squeeze_) return k;
    if (accepts(k, distance, uniforms.v)) return k;
    uniforms = two_uniforms(draw, element, next++);
  }
}

double BinomialSampler::operator()(TwoUniforms first, const Draw& draw, std::uint64_t element,
                                   std::uint32_t next) {
  if (std::isnan(n_)) return kNan;
  const double k = below_half(first, draw, element, next);
  return mirrored_ ? n_ - k : k;
}

}  // namespace evident
