#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/expectation.hpp>
#include <evident/distributions/weighted_points.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

void check_single(const Distribution& d) {
  if (d.batch_shape().empty()) return;
  throw ShapeError(fmt::format(
      "expectation: {} has batch shape {}, expected a single distribution of batch shape (): take "
      "one at a time, or count the batch as one outcome with to_event",
      d.name(), to_string(d.batch_shape())));
}

// How many whole numbers lie between the ends; 0 if there is no end.
double outcomes(const Constraint& support) {
  const double low = support.lower().array()(), high = support.upper().array()();
  return std::isfinite(low) && std::isfinite(high) ? high - low + 1 : 0;
}

Expectation exact_sum(const Distribution& d, const Integrand& f, Array points) {
  const detail::WeightedPoints at(d, f, std::move(points));
  double value = 0;
  for (std::size_t i = 0; i < at.size(); ++i) value += at.probability(i) * at.value(i);
  return {value, 0, ExpectationMethod::kExact};
}

Array whole_numbers(double from, std::size_t count) {
  Array points = uninitialised({count});
  for (std::size_t i = 0; i < count; ++i) {
    points.data()[i] = static_cast<real>(from + static_cast<double>(i));
  }
  return points;
}

Array unit_vectors(std::size_t count) {
  Array points = zeros({count, count});
  for (std::size_t i = 0; i < count; ++i) points(i, i) = 1;
  return points;
}

}  // namespace

Expectation expectation(const Distribution& d, const Integrand& f) {
  check_single(d);
  const NoTape pause;
  const Constraint support = d.support();
  const Shape event = d.event_shape();
  if (event.empty() && support.kind() == Constraint::Kind::kIntegers) {
    const double count = outcomes(support);
    if (count < 1 || count > static_cast<double>(kExactOutcomes)) return detail::far_sum(d, f);
    return exact_sum(d, f,
                     whole_numbers(support.lower().array()(), static_cast<std::size_t>(count)));
  }
  if (event.empty() && support.kind() == Constraint::Kind::kPoint) {
    return exact_sum(d, f, reshaped(support.lower().array(), {1}));
  }
  if (event.size() == 1 && support.kind() == Constraint::Kind::kOneHot &&
      event[0] <= 1024) {  // as a matrix
    return exact_sum(d, f, unit_vectors(event[0]));
  }
  if (event.empty() && support.kind() == Constraint::Kind::kInterval) {
    return detail::integral(d, f);
  }
  throw Error(
      fmt::format("expectation: an outcome of {} has shape {}, and sums and integrals are for "
                  "single numbers: hand over a generator and a number of draws, expectation(d, f, "
                  "rng, 100000), for an average over draws",
                  d.name(), to_string(event)));
}

Expectation expectation(const Distribution& d, const Integrand& f, Rng& rng, std::size_t draws) {
  check_single(d);
  if (draws < 2) {
    throw Error(fmt::format(
        "expectation: a standard error needs at least 2 draws, got {}: thousands are usual",
        draws));
  }
  const NoTape pause;
  const Array values = detail::values_at(d, f, d.sample(rng, {draws}));
  const auto n = static_cast<double>(draws);
  double mean = 0, squares = 0;
  for (const real v : values) mean += static_cast<double>(v) / n;
  for (const real v : values) {
    const double deviation = static_cast<double>(v) - mean;
    squares += deviation * deviation / (n * (n - 1));
  }
  return {mean, std::sqrt(squares), ExpectationMethod::kMonteCarlo};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
