#include <algorithm>
#include <cmath>
#include <evident/distributions/summation_rule.hpp>
#include <evident/distributions/sums_over_counts.hpp>

namespace evident {
namespace counting {
namespace {

using D = Lanes<double>;

// -log e^-50: what is left out of a sum.
constexpr double kNegligible = 51;
// Of a standard deviation, the step between the counts of a sum.
constexpr double kStep = 1.0 / 3;

// How far a count may lie above the mean of a law whose tail is that of a Gamma with this standard
// deviation and scale, or below (Boucheron, Lugosi and Massart 2013, "Concentration
// inequalities", 2.4).
double reach(double deviation, double scale) {
  return std::sqrt(2 * kNegligible) * deviation + scale * kNegligible;
}

CountRange range_around(double mean, double deviation, double scale, double high) {
  const double most = reach(deviation, scale);
  const double first = std::fmax(0, std::floor(mean - most));
  const double last = std::fmin(high, std::ceil(mean + most));
  // A sum that ends inside the law, at 0 or at the highest count, takes every one.
  const bool whole = mean - most > 0 && mean + most < high;
  const double step = whole ? std::fmax(1, std::floor(kStep * deviation)) : 1;
  return {first, last, step};
}

// p log(1/p) for the logarithm of p.
D information(D log_p) { return where(log_p < -700.0, D(0.0), -exp(log_p) * log_p); }

double infinite_where(bool is, double value) { return is ? INFINITY : value; }

}  // namespace

CountRange binomial_range(double mean, double variance, double high) {
  return range_around(mean, std::sqrt(variance), 1.0 / 3, high);
}

PoissonEntropy poisson_entropy(double rate) {
  if (!(rate > 0)) return {rate == 0 ? 0 : std::nan(""), INFINITY};
  const auto [value, slope] =
      sum_over_counts<2>(binomial_range(rate, rate, INFINITY), [&](D k) -> std::array<D, 2> {
        const D h = information(log_poisson(k, D(rate)));
        return {h, h * (k / rate - 1.0)};
      });
  return {value, slope};
}

BinomialEntropy binomial_entropy(double n, double p, double q) {
  if (!(p > 0 && q > 0 && n > 0)) {
    const bool valid = p >= 0 && q >= 0 && n >= 0;
    const double end = n > 0 ? INFINITY : 0;
    return {valid ? 0 : std::nan(""), 0, p > 0 ? -end : end};
  }
  const auto [value, slope] =
      sum_over_counts<2>(binomial_range(n * p, n * p * q, n), [&](D k) -> std::array<D, 2> {
        const D h = information(log_binomial(k, D(n), D(p), D(q)));
        return {h, h * (k - n * p)};
      });
  return {value, slope, slope / p / q};
}

PoissonCrossEntropy poisson_cross_entropy(double n, double p, double q) {
  if (!(p > 0 && n > 0)) return {p >= 0 && n >= 0 ? 0 : std::nan(""), infinite_where(n > 0, 0)};
  const auto own = [&](D k) { return -log_poisson(k, D(n * p)); };
  if (!(q > 0)) {
    D at_n = own(D(n));
    alignas(64) double lanes[D::kWidth];
    at_n.store(lanes);
    return {lanes[0], 0};
  }
  const auto [value, slope] =
      sum_over_counts<2>(binomial_range(n * p, n * p * q, n), [&](D k) -> std::array<D, 2> {
        const D log_p = log_binomial(k, D(n), D(p), D(q));
        const D term = where(log_p < -700.0, D(0.0), exp(log_p) * own(k));
        return {term, term * (k - n * p)};
      });
  return {value, slope / p / q};
}

namespace {

constexpr double kLargestLast = 1e290;  // beyond it `information` is cut off

CountRange negative_binomial_range(double r, double p, double q) {
  return range_around(r * p / q, std::sqrt(r * p) / q, 1 / q, INFINITY);
}

// The same as sum_over_counts, of an f that far from 0 is as smooth as a power: the first counts
// one by one, the others by stretches, each a share of the count it begins at.
template <std::size_t n, class F>
std::array<double, n> sum_from_zero(double last, F f) {
  constexpr double kFirst = 1024, kShare = 0.125;
  std::array<double, n> totals = sum_over_counts<n>({0, kFirst - 1, 1}, f);
  double to = kFirst;
  for (double from = to; from <= last; from = to) {
    to = std::floor((1 + kShare) * from);
    const SummationRule rule(from, to);
    for (std::size_t i = 0; i < rule.kNodes; i += D::kWidth) {
      const std::size_t count = std::min(D::kWidth, rule.kNodes - i);
      alignas(64) double counts[D::kWidth], parts[D::kWidth];
      std::fill_n(std::copy_n(&rule.node[i], count, counts), D::kWidth - count, from);
      const std::array<D, n> terms = f(D::load(counts));
      for (std::size_t j = 0; j < n; ++j) {
        terms[j].store(parts);
        for (std::size_t l = 0; l < count; ++l) totals[j] += rule.all[i + l] * parts[l];
      }
    }
  }
  return totals;
}

template <std::size_t n, class F>
std::array<double, n> sum_over_negative_binomial(double r, double p, double q, F f) {
  constexpr double kMany = 65536;  // terms that take longer than stretches
  const CountRange range = negative_binomial_range(r, p, q);
  if (!(range.last < kLargestLast)) return filled<n>(std::nan(""));
  const bool many = range.step == 1 && range.terms() > kMany;
  return many ? sum_from_zero<n>(range.last, f) : sum_over_counts<n>(range, f);
}

}  // namespace

bool has_negative_binomial_entropy(double r, double p, double q) {
  return negative_binomial_range(r, p, q).last < kLargestLast;
}

NegativeBinomialEntropy negative_binomial_entropy(double r, double p, double q) {
  if (!(p > 0)) return {p == 0 ? 0 : std::nan(""), 0, 0, INFINITY};
  const auto [value, in_count, in_logit] =
      sum_over_negative_binomial<3>(r, p, q, [&](D k) -> std::array<D, 3> {
        const D h = information(log_negative_binomial(k, D(r), D(p), D(q)));
        return {h, h * (digamma_rise(D(r), k) + std::log(q)), h * (k * q - r * p)};
      });
  return {value, in_count, in_logit, in_logit / p / q};
}

}  // namespace counting
}  // namespace evident
