#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/weighted_points.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kRounding;
using parts::kInfinity;
constexpr double kFarthest = 4194304;  // terms at each side without an end
constexpr double kWhole = 134217728;   // and of one with an end, which needs no bound of the rest

struct Total {
  double value = 0, absolute = 0, mass = 0;
  double rest = 0, mass_rest = 0;  // bounds of what was left out
};

// A bound of the terms beyond `distance`, by the largest in the third and the last quarter of it:
// as if they went on falling like the same power of the distance; infinite if that is too slow.
double rest_beyond(double third, double last, double distance) {
  if (last == 0) return 0;
  const double power = std::log(third / last) / std::log(7.0 / 5.0);  // of the quarters' middles
  return power > 1.01 ? 2 * last * distance / (power - 1) : kInfinity;
}

// The terms from `start` in steps of `sign` as far as `end`, in runs that double the distance.
void add_side(const Distribution& d, const Integrand& f, double start, double end, double sign,
              Total& total) {
  const double terms = std::abs(end - start) + 1;
  for (double from = 0, to = 1024; from < terms; from = to, to *= 2) {
    const auto count = static_cast<std::size_t>(std::min(to, terms) - from);
    Array points = uninitialised({count});
    for (std::size_t i = 0; i < count; ++i) {
      points.data()[i] = static_cast<real>(start + sign * (from + static_cast<double>(i)));
    }
    const detail::WeightedPoints at(d, f, std::move(points));
    double third = 0, last = 0, third_mass = 0, last_mass = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double p = at.probability(i), term = p * at.value(i);
      total.value += term;
      total.absolute += std::abs(term);
      total.mass += p;
      const double place = from + static_cast<double>(i);
      if (place < to / 2) continue;
      const bool third_quarter = place < 0.75 * to;
      double& largest = third_quarter ? third : last;
      double& largest_mass = third_quarter ? third_mass : last_mass;
      largest = std::max(largest, std::abs(term));
      largest_mass = std::max(largest_mass, p);
    }
    if (to >= terms) return;
    const double rest = rest_beyond(third, last, to);
    const double mass_rest = rest_beyond(third_mass, last_mass, to);
    const bool small = rest <= 0.01 * kRounding * total.absolute && mass_rest <= 0.01 * kRounding;
    if (!small && to < (terms <= kWhole ? terms : kFarthest)) continue;
    if (std::isinf(mass_rest)) detail::refuse_spread(d, start + sign * to);
    if (std::isinf(rest)) detail::refuse_divergent(d, start + sign * to);
    total.rest += rest;
    total.mass_rest += mass_rest;
    return;
  }
}

}  // namespace

Expectation detail::far_sum(const Distribution& d, const Integrand& f) {
  const std::vector<double> draws = landmarks(d);
  const double middle = draws[draws.size() / 2];
  const Constraint support = d.support();
  Total total;
  add_side(d, f, middle, support.upper().array()(), 1, total);
  const double low = support.lower().array()();
  if (middle - 1 >= low) add_side(d, f, middle - 1, low, -1, total);
  check_total(d, total.mass + total.mass_rest);
  const double error = total.rest + 2 * kRounding * total.absolute +
                       (std::abs(total.mass - 1) + kRounding) * total.absolute / total.mass;
  return {total.value, error, ExpectationMethod::kTruncatedSum};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
