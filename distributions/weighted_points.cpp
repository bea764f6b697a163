#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/distributions/weighted_points.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

Array values_at(const Distribution& d, const Integrand& f, const Array& points) {
  Array values = f(Var(points)).value();
  const Shape expected = {points.shape()[0]};
  if (values.shape() == expected) return values;
  throw ShapeError(fmt::format(
      "expectation: f was handed {} outcomes of {} at once, shape {}, and returned shape {}, "
      "expected {}: it must return a number for every outcome{}",
      expected[0], d.name(), to_string(points.shape()), to_string(values.shape()),
      to_string(expected),
      values.size() == 1 ? "; a constant is constant + 0 * x"
                         : ", with axes of the outcome summed over"));
}

WeightedPoints::WeightedPoints(const Distribution& d, const Integrand& f, Array points,
                               const std::vector<double>& log_measure) {
  const std::size_t count = points.shape()[0], width = count == 0 ? 1 : points.size() / count;
  const Array log_p = d.log_prob(Var(points)).value();
  probability_.resize(count);
  value_.assign(count, 0.0);
  std::vector<std::size_t> seen;
  for (std::size_t i = 0; i < count; ++i) {
    const double log_weight = log_measure.empty() ? 0 : log_measure[i];
    probability_[i] = std::exp(static_cast<double>(log_p.data()[i]) + log_weight);
    if (std::isnan(probability_[i]) || std::isinf(probability_[i])) {
      throw Error(fmt::format("expectation: {} has the log density {} at {}, expected a number",
                              d.name(), log_p.data()[i], points.data()[i * width]));
    }
    if (probability_[i] > 0) seen.push_back(i);
  }
  if (seen.empty()) return;
  Shape shape = points.shape();
  shape[0] = seen.size();
  Array some = uninitialised(shape);
  for (std::size_t k = 0; k < seen.size(); ++k) {
    std::copy_n(points.data() + seen[k] * width, width, some.data() + k * width);
  }
  const Array values = values_at(d, f, some);
  for (std::size_t k = 0; k < seen.size(); ++k) {
    value_[seen[k]] = static_cast<double>(values.data()[k]);
    if (std::isfinite(value_[seen[k]])) continue;
    throw Error(fmt::format(
        "expectation: f is {} at {}, where {} has the density {:.3g}, expected a finite number: "
        "where f is infinite, or overflows, there is no expectation that this can find",
        value_[seen[k]], some.data()[k * width], d.name(), probability_[seen[k]]));
  }
}

std::vector<bool> infinite_at(const Distribution& d, const Integrand& f, const Array& points) {
  const Array log_p = d.log_prob(Var(points)).value();
  std::vector<real> some;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!(std::isinf(log_p.data()[i]) && log_p.data()[i] < 0)) some.push_back(points.data()[i]);
  }
  std::vector<bool> infinite(points.size(), false);
  if (some.empty()) return infinite;
  Array asked = uninitialised({some.size()});
  std::copy(some.begin(), some.end(), asked.data());
  const Array values = values_at(d, f, asked);
  for (std::size_t i = 0, k = 0; i < points.size(); ++i) {
    if (std::isinf(log_p.data()[i]) && log_p.data()[i] < 0) continue;
    infinite[i] = !std::isfinite(values.data()[k++]);
  }
  return infinite;
}

std::vector<double> landmarks(const Distribution& d) {
  Rng rng(0, "expectation");
  const Array draws = d.sample(rng, {1023});
  std::vector<double> sorted;
  for (const real x : draws) {
    if (std::isfinite(x)) sorted.push_back(static_cast<double>(x));
  }
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) {
    throw Error(fmt::format("expectation: no draw of {} is a finite number", d.name()));
  }
  return sorted;
}

void check_total(const Distribution& d, double total, double rest) {
  if (total < 1 + 1e-3 && total + rest > 1 - 1e-3) return;
  throw Error(
      fmt::format("expectation: the density of {} was found to add up to {:.6g}, expected 1: its "
                  "mass lies where its draws do not, or closer together than numbers are, or its "
                  "log_prob is not normalised; an average over draws, expectation(d, f, rng, "
                  "draws), needs no density",
                  d.name(), total));
}

void refuse_unseen(const Distribution& d, double from) {
  throw Error(fmt::format(
      "expectation: much of {} lies beyond {:.3g}, where there are no numbers: what f has there "
      "cannot be asked; take an average over draws, expectation(d, f, rng, draws)",
      d.name(), from));
}

void refuse_overflow(const Distribution& d, double from) {
  throw Error(fmt::format(
      "expectation: f overflows, or is infinite, beyond {:.3g}, and what {} and f have has not "
      "begun to fall there: take a smaller f, or the expectation does not exist",
      from, d.name()));
}

void refuse_spread(const Distribution& d, double from) {
  throw Error(fmt::format(
      "expectation: {} is so spread out that its probabilities have not begun to fall at {:.3g}: "
      "take an average over draws, expectation(d, f, rng, draws)",
      d.name(), from));
}

void refuse_divergent(const Distribution& d, double from) {
  throw Error(fmt::format(
      "expectation: what {} and f have beyond {:.3g} does not fall fast enough for a sum or an "
      "integral: the expectation does not exist; take a bounded f, or a quantile",
      d.name(), from));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
