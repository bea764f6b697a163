#include <cmath>
#include <evident/autodiff/cholesky.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/constraint.hpp>

// What lies outside a set of vectors or of matrices.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Kind = Constraint::Kind;
using Place = std::optional<std::size_t>;

using parts::kInfinity;

// The first element of a vector that is outside, or 0 if it is outside as a whole.

Place outside_logits(const real* v, std::size_t length) {
  bool any = false;
  for (std::size_t i = 0; i < length; ++i) {
    if (!(v[i] < kInfinity)) return i;
    any |= v[i] > -kInfinity;
  }
  return any ? std::nullopt : Place(0);
}

Place outside_ordered(const real* v, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) {
    if (!std::isfinite(v[i]) || (i > 0 && !(v[i] > v[i - 1]))) return i;
  }
  return std::nullopt;
}

// Vectors of numbers >= 0, whole or not, with a total that they must have.
Place outside_shares(Kind kind, double total, const real* v, std::size_t length) {
  const bool whole = kind == Kind::kOneHot || kind == Kind::kCounts;
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const bool holds = v[i] >= 0 && std::isfinite(v[i]) && (!whole || std::floor(v[i]) == v[i]);
    if (!holds) return i;
    sum += static_cast<double>(v[i]);
  }
  const bool holds = kind == Kind::kWeights   ? sum > 0
                     : kind == Kind::kSimplex ? std::abs(sum - 1) <= kSimplexTolerance
                                              : sum == total;
  return holds ? std::nullopt : Place(0);
}

// The first element of an n x n matrix that is outside, or 0 if it is outside as a whole.

Place outside_lower_cholesky(const real* v, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const real x = v[i * n + j];
      const bool holds = j > i ? x == 0 : std::isfinite(x) && (j < i || x > 0);
      if (!holds) return i * n + j;
    }
  }
  return std::nullopt;
}

Place outside_positive_definite(const real* v, std::size_t n) {
  const double tolerance = std::sqrt(detail::kRounding);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double lower = v[i * n + j], upper = v[j * n + i];
      const double scale = std::sqrt(std::abs(double(v[i * n + i]) * double(v[j * n + j])));
      if (!(std::abs(lower - upper) <= tolerance * scale)) return i * n + j;
    }
  }
  Array factor = uninitialised({n, n});
  return detail::cholesky_factor(1, n, v, factor.data()) ? Place(0) : std::nullopt;
}

}  // namespace

std::optional<std::size_t> Constraint::first_event_outside(const Array& x) const {
  const std::size_t dimension = x.dimension();
  const std::size_t length = dimension == 0 ? 1 : x.shape().back();
  if (axes() == 2 && (dimension < 2 || x.shape()[dimension - 2] != length)) {
    throw ShapeError("Constraint: it must be " + description() + ", (..., n, n), got shape " +
                     to_string(x.shape()));
  }
  const std::size_t each = axes() == 2 ? length * length : length;
  const std::size_t count = each == 0 ? 0 : x.size() / each;
  const NoTape pause;
  const Array totals =
      kind_ != Kind::kCounts
          ? ones({1})
          : broadcast_to(upper_.array(), Shape(x.shape().begin(), x.shape().end() - 1)).value();
  const auto outside = [&](std::size_t event) {
    const real* v = x.data() + event * each;
    switch (kind_) {
      case Kind::kLogits:
        return outside_logits(v, length);
      case Kind::kOrdered:
        return outside_ordered(v, length);
      case Kind::kLowerCholesky:
        return outside_lower_cholesky(v, length);
      case Kind::kPositiveDefinite:
        return outside_positive_definite(v, length);
      default:
        return outside_shares(kind_, totals.data()[kind_ == Kind::kCounts ? event : 0], v, length);
    }
  };
  for (std::size_t event = 0; event < count; ++event) {
    if (const Place place = outside(event)) return event * each + *place;
  }
  return std::nullopt;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
