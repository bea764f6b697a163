#pragma once

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <cstddef>
#include <evident/autodiff/array.hpp>
#include <vector>

// Statistics of draws, and what they must not exceed: each as rarely as 5 standard errors.

namespace evident::testing {

/// P(|Z| > 5) of a standard normal Z.
inline constexpr double kLevel = 5.7e-7;

/// Kolmogorov's statistic sqrt(n) sup |F_n - F|.
template <class Cdf>
double kolmogorov(const Array& x, Cdf cdf) {
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double below = cdf(sorted[i]);
    const auto rank = static_cast<double>(i);
    largest = std::max({largest, (rank + 1) / n - below, below - rank / n});
  }
  return std::sqrt(n) * largest;
}

/// P(sqrt(n) D > 2.745) = 2 exp(-2 2.745^2) = 5.7e-7.
inline constexpr double kKolmogorovCritical = 2.745;

/// Pearson's statistic over its critical value.
inline double chi_squared_over_critical(const std::vector<double>& seen,
                                        const std::vector<double>& expected) {
  double statistic = 0;
  double cells = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (expected[i] == 0 && seen[i] == 0) continue;
    statistic += (seen[i] - expected[i]) * (seen[i] - expected[i]) / expected[i];
    ++cells;
  }
  if (cells < 2) return 0;
  const boost::math::chi_squared distribution(cells - 1);
  return statistic / boost::math::quantile(boost::math::complement(distribution, kLevel));
}

/// The distance of the draws' mean from `mean`, in standard errors.
inline double mean_in_errors(const Array& x, double mean, double variance) {
  double sum = 0;
  for (const double value : x) sum += value - mean;
  return std::abs(sum) / std::sqrt(variance * static_cast<double>(x.size()));
}

/// That of their variance, whose own variance follows from the fourth central moment.
inline double variance_in_errors(const Array& x, double mean, double variance, double fourth) {
  double sum = 0;
  for (const double value : x) sum += (value - mean) * (value - mean) - variance;
  return std::abs(sum) / std::sqrt((fourth - variance * variance) * static_cast<double>(x.size()));
}

/// The correlation of draws `distance` apart, in standard errors, of their ranks' sign about
/// `median`: nothing is assumed of their distribution.
inline double sign_correlation_in_errors(const Array& x, const Array& y, std::size_t distance,
                                         double share_above, double median) {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i + distance < x.size(); ++i, ++count) {
    const double a = (x.data()[i] > median ? 1 : 0) - share_above;
    const double b = (y.data()[i + distance] > median ? 1 : 0) - share_above;
    sum += a * b;
  }
  return std::abs(sum) / (share_above * (1 - share_above) * std::sqrt(count));
}

}  // namespace evident::testing
