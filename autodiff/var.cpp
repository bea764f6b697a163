#include <fmt/format.h>

#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/var.hpp>
#include <memory>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {

GradientSlot& GradientSlot::operator=(Array array) {
  if (array_ == nullptr) {
    array_ = new (allocate(sizeof(Array))) Array(std::move(array));
  } else {
    *array_ = std::move(array);
  }
  return *this;
}

void GradientSlot::reset() {
  if (array_ == nullptr) return;
  std::destroy_at(array_);
  deallocate(std::exchange(array_, nullptr), sizeof(Array));
}

}  // namespace detail

Var::Var(Array value) : node_(new detail::Node(std::move(value))) {}

Var Var::parameter(Array value) {
  Var leaf(std::move(value));
  leaf.node_->needs_gradient = true;
  return leaf;
}

double Var::item() const {
  if (size() != 1) {
    throw ShapeError(
        fmt::format("Var::item: the value has shape {}, expected one element", to_string(shape())));
  }
  return static_cast<double>(value().data()[0]);
}

const Array& Var::gradient() const {
  if (!has_gradient()) {
    throw Error(fmt::format(
        "Var::gradient: there is none for this value of shape {}: {}", to_string(shape()),
        needs_gradient()
            ? (node_->tape == 0
                   ? "call backward on a loss that depends on it"
                   : "backward keeps the gradients of leaves only; use Tape::gradients for others")
            : "it is a constant, or frozen; make it with Var::parameter, or unfreeze it"));
  }
  // A gradient that is the same along an axis is kept small until someone looks.
  if (node_->gradient->shape() != shape()) {
    node_->gradient = detail::expanded(std::move(*node_->gradient), shape());
  }
  return *node_->gradient;
}

Array& Var::mutable_value() {
  if (node_->tape != 0) {
    throw Error(fmt::format(
        "Var::mutable_value: this is the result of \"{}\", whose value a backward step may need: "
        "only leaves and constants can be changed in place",
        node_->operation));
  }
  ++node_->version;
  return node_->value;
}

void Var::set_needs_gradient(bool needed) {
  if (node_->tape != 0) {
    throw Error(fmt::format(
        "Var::set_needs_gradient: this is the result of \"{}\", which needs a gradient where its "
        "inputs do: set it for leaves, and use stop_gradient for results",
        node_->operation));
  }
  if (node_->needs_gradient == needed) return;
  node_->needs_gradient = needed;
  node_->gradient.reset();
  ++node_->version;  // a tape that has recorded it knows only some of the ways to it
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
