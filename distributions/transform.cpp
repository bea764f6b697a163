#include <fmt/format.h>

#include <algorithm>
#include <evident/distributions/transform.hpp>
#include <typeinfo>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

void check_axes(const std::string& name, const char* function, const Shape& shape,
                std::size_t axes) {
  if (shape.size() >= axes) return;
  throw ShapeError(fmt::format("{}::{}: one value is a {}, along the last {}, got shape {}", name,
                               function, axes == 1 ? "vector" : "matrix",
                               axes == 1 ? "axis" : "two axes", to_string(shape)));
}

}  // namespace

Var Bijection::sign() const {
  throw Error(fmt::format(
      "{}: it is not said whether it increases: override `sign` if it maps numbers", name()));
}

bool Transform::is_same(const Transform& other) const {
  if (bijection_ == other.bijection_) return true;
  const Bijection& a = *bijection_;
  const Bijection& b = *other.bijection_;
  if (typeid(a) != typeid(b) || name() != other.name()) return false;
  const auto alike = [](const Parameter& x, const Parameter& y) {
    if (&x.value.node() == &y.value.node()) return true;
    const bool moves = x.value.needs_gradient() || y.value.needs_gradient();
    return !moves && x.value.value() == y.value.value();
  };
  const std::vector<Parameter> own = parameters(), others = other.parameters();
  return std::equal(own.begin(), own.end(), others.begin(), others.end(), alike);
}

Shape Transform::forward_shape(const Shape& in) const {
  check_axes(name(), "forward_shape", in, axes_in());
  return bijection_->forward_shape(in);
}

Shape Transform::inverse_shape(const Shape& out) const {
  check_axes(name(), "inverse_shape", out, axes_out());
  return bijection_->inverse_shape(out);
}

Var Transform::forward(const Var& x) const {
  forward_shape(x.shape());
  return bijection_->forward(x);
}

Var Transform::inverse(const Var& y) const {
  inverse_shape(y.shape());
  return bijection_->inverse(y);
}

Var Transform::log_abs_det(const Var& x) const {
  forward_shape(x.shape());
  return bijection_->log_abs_det(x);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
