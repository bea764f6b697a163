#pragma once

#include <cstddef>
#include <cstdint>
#include <evident/autodiff/rng.hpp>

// One draw at a time, in double: what the arrays of counts are made of. An object holds what
// depends on the parameters alone.

namespace evident {

/// Two uniforms on (0, 1), which one attempt of a rejection sampler takes.
struct TwoUniforms {
  double u, v;
};

/// Those of an element's own words (Draw::block).
TwoUniforms two_uniforms(const Draw& draw, std::uint64_t element, std::uint32_t attempt);

/// The distribution function at 0, 1, ..., as far as anybody has asked: inversion of distributions
/// whose mean is below about 10.
class CumulativeTable {
 public:
  /// Starts with P(X = 0).
  void begin(double probability_of_zero) {
    known_ = 1;
    last_ = cumulative_[0] = probability_of_zero;
  }

  /// The least k with u < P(X <= k); `ratio(k)` is P(X = k) / P(X = k - 1).
  template <class Ratio>
  double find(double u, Ratio ratio) {
    constexpr double kNothing = 1e-18;  // less than any rounding of the sum
    std::size_t k = 0;
    while (true) {
      if (k == known_) {
        const double next = last_ * ratio(static_cast<double>(k));
        if (known_ == kMost || !(next > kNothing)) return static_cast<double>(k - 1);
        last_ = next;
        cumulative_[known_++] = cumulative_[k - 1] + next;
      }
      if (u < cumulative_[k]) return static_cast<double>(k);
      ++k;
    }
  }

 private:
  static constexpr std::size_t kMost = 128;

  std::size_t known_ = 0;
  double last_ = 0;
  double cumulative_[kMost];  // only the known ones are set
};

/// Draws from a Poisson distribution.
class PoissonSampler {
 public:
  explicit PoissonSampler(double rate);

  /// Whether it takes but one uniform, u.
  bool inverts() const { return rate_ < kLeastRejected; }

  /// The draw of `element`: first from the two uniforms, then from its attempts `next`, ...
  double operator()(TwoUniforms first, const Draw& draw, std::uint64_t element, std::uint32_t next);

 private:
  static constexpr double kLeastRejected = 10;

  bool accepts(double k, double distance, double v) const;

  double rate_;
  CumulativeTable table_;
  double a_, b_, squeeze_, log_scale_;  // the constants of PTRS
};

/// Draws from a binomial distribution.
class BinomialSampler {
 public:
  BinomialSampler(double n, double p);

  /// Whether it takes but one uniform, u.
  bool inverts() const { return inverts_; }

  /// The draw of `element`: first from the two uniforms, then from its attempts `next`, ...
  double operator()(TwoUniforms first, const Draw& draw, std::uint64_t element, std::uint32_t next);

 private:
  double below_half(TwoUniforms uniforms, const Draw& draw, std::uint64_t element,
                    std::uint32_t next);
  bool accepts(double k, double distance, double v) const;

  double n_;
  double p_;  // at most a half
  bool mirrored_;
  bool inverts_;
  CumulativeTable table_;
  double odds_ = 0;
  double a_, b_, centre_, squeeze_, log_scale_;  // the constants of BTRS
};

}  // namespace evident
