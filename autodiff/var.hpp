#pragma once

#include <atomic>
#include <cstdint>
#include <evident/autodiff/array.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {

// Room for a gradient, taken from the pool while there is one: most nodes of a graph have none most
// of the time.
class GradientSlot {
 public:
  GradientSlot() = default;
  GradientSlot(const GradientSlot&) = delete;
  GradientSlot& operator=(const GradientSlot&) = delete;
  ~GradientSlot() { reset(); }

  bool has_value() const { return array_ != nullptr; }
  Array& operator*() const { return *array_; }
  Array* operator->() const { return array_; }
  GradientSlot& operator=(Array array);
  void reset();

 private:
  Array* array_ = nullptr;
};

// What Vars share. A node does not own what it was computed from: the tape does.
struct Node {
  std::atomic<std::uint32_t> owners{1};
  std::uint32_t version = 0;  // how often the value was opened to be changed in place
  bool needs_gradient = false;
  bool sampled = false;             // a draw of a traced site, or computed from one
  std::uint64_t tape = 0;           // the number of the tape that recorded it; 0: leaf or constant
  const char* operation = nullptr;  // what computed it, if a tape recorded it
  Array value;
  GradientSlot gradient;  // may be of a shape that broadcasts to the value's

  explicit Node(Array v) : value(std::move(v)) {}
  static void* operator new(std::size_t bytes) { return evident::allocate(bytes); }
  static void operator delete(void* node) noexcept { evident::deallocate(node, sizeof(Node)); }
};

}  // namespace detail

/// A value in a computation: an array and, where one is wanted, its gradient. Copies share both.
/// A Var is a constant, a leaf (`Var::parameter`) or the result of an operation; results are
/// recorded while a `Tape` is live on this thread and some input needs a gradient.
class Var {
 public:
  /// A constant scalar, shape (), from any number.
  template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
  Var(Number value) : Var(scalar(static_cast<double>(value))) {}
  /// A constant array.
  Var(Array value);
  /// A leaf: a parameter whose gradients add up until an optimiser applies and clears them.
  static Var parameter(Array value);

  Var(const Var& other) noexcept : node_(other.node_) {
    node_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  Var(Var&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Var& operator=(Var other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Var() {
    if (node_ != nullptr && node_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete node_;
    }
  }

  /// The array. Valid while a Var shares it.
  const Array& value() const& { return node_->value; }
  /// Of a temporary: the array itself, moved out if nobody else shares it.
  Array value() && {
    return node_->owners.load(std::memory_order_acquire) == 1 ? std::move(node_->value)
                                                              : node_->value;
  }
  /// The length of every axis; () for a scalar.
  const Shape& shape() const { return node_->value.shape(); }
  /// The number of axes.
  std::size_t dimension() const { return node_->value.dimension(); }
  /// The number of elements.
  std::size_t size() const { return node_->value.size(); }
  /// The only element, as a double. Errors: more or fewer than one element.
  double item() const;

  /// Whether gradients flow to this Var: a leaf, or computed from one under a tape.
  bool needs_gradient() const { return node_->needs_gradient; }
  /// Whether `backward` has left a gradient here since it was last cleared.
  bool has_gradient() const { return node_->gradient.has_value(); }
  /// The gradient of a leaf, of the value's shape. Errors: none has been computed. Not to be called
  /// from two threads at once: a gradient that is the same along an axis is expanded here.
  const Array& gradient() const;
  /// Forgets the gradient.
  void clear_gradient() { node_->gradient.reset(); }
  /// The array of a leaf or constant, to be changed in place, as an optimiser does and loading
  /// does. What was recorded with the old value can no longer be walked back, and `backward` says
  /// so. Errors: the result of an operation, whose backward step may still need it.
  Array& mutable_value();
  /// Whether this leaf or constant collects gradients from now on, in every Var that shares it:
  /// `false` makes a constant of a parameter and forgets its gradient. What was recorded before a
  /// change can no longer be walked back. Errors: the result of an operation.
  void set_needs_gradient(bool needed);

  /// The shared part, for the engine.
  detail::Node& node() const { return *node_; }

 private:
  explicit Var(detail::Node* node) : node_(node) {}

  detail::Node* node_;
};

/// A parameter and its name within a model.
struct NamedParameter {
  std::string name;
  Var parameter;
};

/// The length of the first axis. Errors: a scalar.
inline std::size_t rows(const Var& x) { return rows(x.value()); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
