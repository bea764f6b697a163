#pragma once

#include <evident/distributions/expectation.hpp>
#include <vector>

// What the sums and integrals of `expectation` are made of.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// f at many outcomes, shape (n). Errors: a result of another shape.
Array values_at(const Distribution& d, const Integrand& f, const Array& points);

// Where f is infinite, or no number, at outcomes that the density does not exclude.
std::vector<bool> infinite_at(const Distribution& d, const Integrand& f, const Array& points);

// Outcomes with their probabilities, and with f where these are positive. Of continuous outcomes
// these are densities times a measure, which comes as a logarithm: far out a density may be below
// the smallest number, and the product not.
class WeightedPoints {
 public:
  WeightedPoints(const Distribution& d, const Integrand& f, Array points,
                 const std::vector<double>& log_measure = {});

  std::size_t size() const { return probability_.size(); }
  double probability(std::size_t i) const { return probability_[i]; }
  // f, and 0 where the probability is.
  double value(std::size_t i) const { return value_[i]; }

 private:
  std::vector<double> probability_, value_;
};

// The sum over whole numbers without an end, or with ends too far apart for an exact one.
Expectation far_sum(const Distribution& d, const Integrand& f);
// The integral over an interval.
Expectation integral(const Distribution& d, const Integrand& f);

// Finite draws in ascending order, the same at every call: they say where a distribution lies.
std::vector<double> landmarks(const Distribution& d);
// Throws unless the probabilities that were added up, and no more than `rest`, give about 1.
void check_total(const Distribution& d, double total, double rest = 0);
// Throws that the expectation cannot be found, or does not exist.
[[noreturn]] void refuse_unseen(const Distribution& d, double from);
[[noreturn]] void refuse_overflow(const Distribution& d, double from);
[[noreturn]] void refuse_spread(const Distribution& d, double from);
[[noreturn]] void refuse_divergent(const Distribution& d, double from);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
