#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/lanes.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/constraint.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kNan;

// The flat index of the first element of `value` for which `holds`, a formula over lanes, does not.
// Only a failure is worth a second pass.
template <class Holds>
std::optional<std::size_t> first_failing(const Array& value, Holds holds) {
  using L = Lanes<real>;
  const real* x = value.data();
  const std::size_t size = value.size();
  if (size == 0) return std::nullopt;
  const std::size_t whole = size / L::kWidth * L::kWidth;
  real rest[L::kWidth];
  std::fill_n(std::copy(x + whole, x + size, rest), L::kWidth - (size - whole), x[size - 1]);
  auto all = holds(L::load(rest));
  for (std::size_t i = 0; i < whole; i += L::kWidth) all = all && holds(L::load(x + i));
  if (xsimd::all(all.bits)) return std::nullopt;
  std::size_t index = 0;
  while (xsimd::all(holds(L(static_cast<double>(x[index]))).bits)) ++index;
  return index;
}

// A number of the type as a bound: an end that only double tells from the type's is the type's.
std::optional<std::size_t> first_outside_numbers(const Array& x, Constraint::Kind kind,
                                                 const Constraint::Bound& lower,
                                                 const Constraint::Bound& upper) {
  const double low = static_cast<real>(lower.value), high = static_cast<real>(upper.value);
  // An end that is closed belongs to the interval: one that is not equals no number.
  const double at_low = lower.open ? kNan : low, at_high = upper.open ? kNan : high;
  const auto between = [=](auto v) {
    return (v > low || v == at_low) && (v < high || v == at_high);
  };
  if (kind == Constraint::Kind::kIntegers && low == 0 && high == 1) {
    return first_failing(x, [](auto v) { return v == 0.0 || v == 1.0; });  // no call of floor
  }
  if (kind == Constraint::Kind::kIntegers) {
    return first_failing(x,
                         [=](auto v) { return between(v) && decltype(v)(xsimd::floor(v.v)) == v; });
  }
  return first_failing(x, between);
}

std::string number(double value) { return fmt::format("{:g}", value); }

std::string bound_text(const Constraint::Bound& bound, const char* name) {
  return bound.values == nullptr ? number(bound.value)
         : bound.values->size() == 1
             ? number(static_cast<double>(bound.values->data()[0]))
             : fmt::format("{} of shape {}", name, to_string(bound.values->shape()));
}

std::string interval_text(const Constraint::Bound& lower, const Constraint::Bound& upper) {
  const bool from_zero = lower.is(0), unbounded = upper.is(kInfinity);
  if (lower.is(-kInfinity) && unbounded) {
    return lower.open && upper.open ? "a finite number" : "a number";
  }
  if (from_zero && unbounded) {
    if (!upper.open) return lower.open ? "positive" : "a number >= 0";
    return lower.open ? "a positive number" : "a finite number >= 0";
  }
  if (unbounded) {
    return fmt::format("a finite number {} {}",
                       lower.open ? ">" : ">=", bound_text(lower, "bounds"));
  }
  return fmt::format("in {}{}, {}{}", lower.open ? '(' : '[', bound_text(lower, "lower bounds"),
                     bound_text(upper, "upper bounds"), upper.open ? ')' : ']');
}

std::string integers_text(const Constraint::Bound& lower, const Constraint::Bound& upper) {
  if (lower.is(0) && upper.is(1)) return "0 or 1";
  if (lower.is(-kInfinity) && upper.is(kInfinity)) return "a whole number";
  if (upper.is(kInfinity)) return fmt::format("a whole number >= {}", bound_text(lower, "bounds"));
  return fmt::format("a whole number from {} to {}", bound_text(lower, "lower bounds"),
                     bound_text(upper, "upper bounds"));
}

}  // namespace

Constraint::Bound::Bound(Array numbers, bool is_open)
    : values(std::make_shared<const Array>(std::move(numbers))), open(is_open) {}

Array Constraint::Bound::array() const { return values == nullptr ? scalar(value) : *values; }

Constraint::Constraint(Kind kind, Bound lower, Bound upper, std::string advice)
    : kind_(kind), lower_(std::move(lower)), upper_(std::move(upper)), advice_(std::move(advice)) {}

Constraint Constraint::with_advice(std::string advice) const {
  return {kind_, lower_, upper_, std::move(advice)};
}

std::string Constraint::description() const {
  switch (kind_) {
    case Kind::kInterval:
      return interval_text(lower_, upper_);
    case Kind::kIntegers:
      return integers_text(lower_, upper_);
    case Kind::kPoint:
      return bound_text(lower_, "points");
    case Kind::kWeights:
      return "a vector of finite numbers >= 0 that are not all 0";
    case Kind::kLogits:
      return "a vector of numbers below inf that are not all -inf";
    case Kind::kOneHot:
      return "a vector of zeros and a single one";
    case Kind::kSimplex:
      return "a vector of numbers >= 0 that add up to 1";
    case Kind::kOrdered:
      return "a vector of finite numbers, each greater than the one before";
    case Kind::kLowerCholesky:
      return "a lower-triangular matrix with a positive diagonal";
    case Kind::kPositiveDefinite:
      return "a symmetric positive-definite matrix";
    default:
      return fmt::format("a vector of whole numbers >= 0 with the sum {}",
                         bound_text(upper_, "sums"));
  }
}

std::optional<std::size_t> Constraint::first_outside(const Array& x) const {
  if (axes() > 0) return first_event_outside(x);
  if (lower_.values == nullptr && upper_.values == nullptr) {
    return first_outside_numbers(x, kind_, lower_, upper_);
  }
  const NoTape pause;
  const Array low = lower_.array(), high = upper_.array();
  const Shape bounds = broadcast_shape(low.shape(), high.shape(), "Constraint");
  const Shape shape = broadcast_shape(x.shape(), bounds, "Constraint");
  const Array value = broadcast_to(x, shape).value();
  const Array from = broadcast_to(low, shape).value(), to = broadcast_to(high, shape).value();
  const auto holds = [&](std::size_t i) {
    const real v = value.data()[i], a = from.data()[i], b = to.data()[i];
    return (v > a || (v == a && !lower_.open)) && (v < b || (v == b && !upper_.open)) &&
           (kind_ != Kind::kIntegers || std::floor(v) == v);
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!holds(i)) return i;
  }
  return std::nullopt;
}

namespace constraints {

Constraint real() { return interval({-kInfinity, true}, {kInfinity, true}); }
Constraint extended_real() { return interval(-kInfinity, kInfinity); }
Constraint positive() { return interval({0, true}, {kInfinity, true}); }
Constraint non_negative() { return at_least(0); }
Constraint unit_interval() { return interval(0, 1); }
Constraint interval(Constraint::Bound lower, Constraint::Bound upper) {
  return {Constraint::Kind::kInterval, std::move(lower), std::move(upper)};
}
Constraint at_least(Constraint::Bound lower) {
  return interval(std::move(lower), {kInfinity, true});
}
Constraint boolean() { return integers(0, 1); }
Constraint integers(Constraint::Bound lower, Constraint::Bound upper) {
  return {Constraint::Kind::kIntegers, std::move(lower), std::move(upper)};
}
Constraint non_negative_integer() { return integers(0, {kInfinity, true}); }
Constraint point(Constraint::Bound value) { return {Constraint::Kind::kPoint, value, value}; }
Constraint weights() { return {Constraint::Kind::kWeights, 0, kInfinity}; }
Constraint logits() { return {Constraint::Kind::kLogits, {-kInfinity}, {kInfinity, true}}; }
Constraint one_hot() { return {Constraint::Kind::kOneHot, 0, 1}; }
Constraint counts(Constraint::Bound total) {
  return {Constraint::Kind::kCounts, 0, std::move(total)};
}
Constraint simplex() { return {Constraint::Kind::kSimplex, 0, 1}; }
Constraint ordered() { return {Constraint::Kind::kOrdered, {-kInfinity, true}, {kInfinity, true}}; }
Constraint lower_cholesky() {
  return {Constraint::Kind::kLowerCholesky, {-kInfinity, true}, {kInfinity, true}};
}
Constraint positive_definite() {
  return {Constraint::Kind::kPositiveDefinite, {-kInfinity, true}, {kInfinity, true}};
}

}  // namespace constraints
}  // namespace EVIDENT_PRECISION
}  // namespace evident
