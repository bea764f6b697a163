#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <evident/autodiff/functions.hpp>
#include <evident/distributions/whole_numbers.hpp>

// What distributions of counts share: searches for quantiles, and sums over the counts that matter.
// All in double, one distribution at a time.

namespace evident {
namespace counting {

/// How far a computed probability may miss the one that was asked for and still count as having
/// reached it: a few roundings.
inline constexpr double kReachedSlack = 8e-15;
/// And by how much more above a half, where the one that was asked for has been rounded itself.
inline constexpr double kReachedRounding = 1.2e-16;

/// Whether P(X <= k) has reached u, by the tail that is the smaller: `lower` is P(X <= k), `upper`
/// P(X > k), each a function without arguments.
template <class Lower, class Upper>
bool has_reached(double u, Lower lower, Upper upper) {
  return u <= 0.5 ? lower() >= u * (1 - kReachedSlack)
                  : upper() <= (1 - u) * (1 + kReachedSlack) + kReachedRounding;
}

/// The least whole number k from `low` to `high` for which `reached(k)`, which once true stays so,
/// and holds at `high`: steps that double from a guess on, then halving.
template <class Reached>
double least_reached(double low, double high, double guess, double step, Reached reached) {
  guess = std::fmin(std::fmax(std::floor(guess), low), high);
  // Where numbers are farther apart than counts, at least to the next.
  step = std::fmax(std::fmax(1, std::floor(step)), std::nextafter(guess, INFINITY) - guess);
  double above = guess, below = guess;
  if (reached(guess)) {
    while (true) {
      if (above <= low) return low;
      below = std::fmax(low - 1, above - step);
      if (below < low || !reached(below)) break;
      above = below;
      step *= 2;
    }
  } else {
    while (true) {
      above = std::fmin(high, below + step);
      if (above == high || reached(above)) break;
      below = above;
      step *= 2;
    }
  }
  while (above - below > 1) {
    const double middle = std::floor(below + (above - below) / 2);
    if (middle <= below || middle >= above) break;  // no whole number between that double holds
    (reached(middle) ? above : below) = middle;
  }
  return above;
}

/// The quantile of u, of a distribution over the counts from 0 to `high` with this mean and
/// standard deviation, from `lower(k)` = P(X <= k) and `upper(k)` = P(X > k). Beyond 2^53 it is one
/// of the numbers that there are. NaN of a mean that is not finite.
template <class Lower, class Upper>
double quantile_of_counts(double u, double high, double mean, double deviation, Lower lower,
                          Upper upper) {
  if (!(u >= 0 && u <= 1 && std::isfinite(mean))) return std::nan("");
  if (u == 0) return 0;
  if (u == 1) return high;
  const auto least = [&](auto below, auto above) {
    return least_reached(0, high, mean, deviation, [&](double k) {
      return has_reached(
          u, [&] { return below(k); }, [&] { return above(k); });
    });
  };
  // Of a law that is hardly wider than numbers are apart the tails are noise: it is a normal one.
  const bool narrow = mean > 0x1p53 && deviation < 0x1p-46 * mean;
  if (!narrow) return least(lower, upper);
  const auto tail = [&](double x) { return 0.5 * std::erfc(x / deviation * std::sqrt(0.5)); };
  return least([&](double k) { return tail(mean - k); }, [&](double k) { return tail(k - mean); });
}

/// Whether a probability is a half to a few roundings, so that the median lies between two counts.
inline bool is_half(double lower) { return std::abs(lower - 0.5) <= 0.5 * kReachedSlack; }

/// The median: that quantile, or half more where P(X <= k) is a half to a few roundings.
template <class Lower, class Upper>
double median_of_counts(double high, double mean, double deviation, Lower lower, Upper upper) {
  const double k = quantile_of_counts(0.5, high, mean, deviation, lower, upper);
  return is_half(lower(k)) ? k + 0.5 : k;
}

/// The counts of a sum: first, first + step, ... up to last. Each stands for `step` of them.
struct CountRange {
  double first, last, step;
  double terms() const { return std::floor((last - first) / step) + 1; }
};

/// The counts of a binomial or Poisson distribution with this mean and variance beyond which there
/// is less than e^-50 of it (Bernstein 1946), at most `high`. Where they are many the density is as
/// smooth as a normal one, and its sum over every h-th count is the sum over all / h: by Poisson's
/// summation formula they differ by the characteristic function at 2 pi / h, which at a third of
/// the standard deviation is e^(-18 pi^2).
CountRange binomial_range(double mean, double variance, double high);

/// The most terms that a sum has; of more it is NaN.
inline constexpr double kMostTerms = 1e7;

template <std::size_t n>
std::array<double, n> filled(double value) {
  std::array<double, n> all;
  all.fill(value);
  return all;
}

/// The sums over a range of the components of f(k), which maps lanes of counts to an array of
/// lanes, in registers.
template <std::size_t n, class F>
std::array<double, n> sum_over_counts(const CountRange& range, F f) {
  using D = Lanes<double>;
  alignas(64) double offsets[D::kWidth];
  for (std::size_t i = 0; i < D::kWidth; ++i) offsets[i] = range.step * static_cast<double>(i);
  std::array<D, n> sums;
  sums.fill(D(0.0));
  const double stride = range.step * static_cast<double>(D::kWidth);
  const D lane = D::load(offsets);
  // Counted, for k + stride may be k: registers carry whatever lies behind an array's end.
  const double strides = std::floor((range.last - range.first) / stride);
  if (!(strides <= kMostTerms)) return filled<n>(std::nan(""));
  for (double i = 0; i <= strides; ++i) {
    const D counts = (range.first + i * stride) + lane;
    const auto counted = counts <= range.last;
    const std::array<D, n> terms = f(where(counted, counts, D(range.first)));
    for (std::size_t j = 0; j < n; ++j) sums[j] += where(counted, terms[j], D(0.0));
  }
  std::array<double, n> totals;
  for (std::size_t j = 0; j < n; ++j) {
    alignas(64) double parts[D::kWidth];
    sums[j].store(parts);
    totals[j] = 0;
    for (const double part : parts) totals[j] += range.step * part;
  }
  return totals;
}

/// An entropy with its derivatives in the parameters, in nats.
struct PoissonEntropy {
  double value, in_rate;
};
PoissonEntropy poisson_entropy(double rate);

/// Of n trials that succeed with p and fail with q = 1 - p. The derivatives are those in the logit
/// of p and in p itself.
struct BinomialEntropy {
  double value, in_logit, in_probs;
};
BinomialEntropy binomial_entropy(double n, double p, double q);

/// E -log P(Y = X) for a binomial X and Y of the Poisson law with its mean: what a Multinomial's
/// entropy is made of. The derivative is that in p.
struct PoissonCrossEntropy {
  double value, in_probs;
};
PoissonCrossEntropy poisson_cross_entropy(double n, double p, double q);

/// Of the number of successes, of probability p, before r failures, of probability q.
struct NegativeBinomialEntropy {
  double value, in_count, in_logit, in_probs;
};
/// Whether the counts that matter, and their probabilities, are within double's range.
bool has_negative_binomial_entropy(double r, double p, double q);
NegativeBinomialEntropy negative_binomial_entropy(double r, double p, double q);

}  // namespace counting
}  // namespace evident
