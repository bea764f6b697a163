#include <fmt/format.h>

#include <cmath>
#include <evident/distributions/transforms.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

bool is_finite(const Constraint& constraint, const Array& bound) {
  std::size_t finite = 0;
  for (const real value : bound) finite += std::isfinite(value) ? 1 : 0;
  if (finite != 0 && finite != bound.size()) {
    throw Error(fmt::format(
        "transform_to: of the bounds of \"{}\", of shape {}, {} are finite and {} are not: "
        "transform those with and those without a bound apart",
        constraint.description(), to_string(bound.shape()), finite, bound.size() - finite));
  }
  return finite != 0;
}

Transform to_interval(const Constraint& constraint) {
  const Array lower = constraint.lower().array(), upper = constraint.upper().array();
  const bool from = is_finite(constraint, lower), to = is_finite(constraint, upper);
  if (from && to) {
    if (constraint.lower().is(0) && constraint.upper().is(1)) return transforms::sigmoid();
    return transforms::sigmoid_between(lower, upper);
  }
  if (from) return constraint.lower().is(0) ? transforms::exp() : transforms::exp_above(lower);
  return to ? transforms::exp_below(upper) : transforms::identity();
}

}  // namespace

Transform transform_to(const Constraint& constraint) {
  using Kind = Constraint::Kind;
  switch (constraint.kind()) {
    case Kind::kInterval:
      return to_interval(constraint);
    case Kind::kWeights:
      return transforms::exp();
    case Kind::kLogits:
      return transforms::identity();
    case Kind::kSimplex:
      return transforms::stick_breaking();
    case Kind::kOrdered:
      return transforms::ordered();
    case Kind::kLowerCholesky:
      return transforms::lower_cholesky();
    case Kind::kPositiveDefinite:
      return transforms::compose({transforms::lower_cholesky(), transforms::cholesky_product()});
    default:
      throw Error(fmt::format(
          "transform_to: a discrete support has no transform from the real numbers, got \"{}\": "
          "sum "
          "over its values, or use an estimator that needs no gradient through the draw",
          constraint.description()));
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
