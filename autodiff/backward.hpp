#pragma once

#include <cstddef>
#include <evident/autodiff/var.hpp>
#include <unordered_map>
#include <utility>

// What takes part in a walk back over a tape.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Where a backward step leaves the gradient of one input. The first step to arrive overwrites, the
/// others add, so nothing is filled with zeros first.
class GradSink {
 public:
  GradSink(detail::GradientSlot& slot, const Shape& shape)
      : slot_(slot), shape_(shape), adds_(slot.has_value()) {}

  /// The shape of the input.
  const Shape& shape() const { return shape_; }
  /// Whether `data()` holds earlier contributions to add to; if not, every element must be written.
  bool adds() const { return adds_; }
  /// The gradient's elements, in the input's shape; not set unless `adds()`.
  real* data();
  /// Contributes a whole gradient, of the input's shape or one that broadcasts to it.
  void add(Array gradient);

 private:
  detail::GradientSlot& slot_;
  const Shape& shape_;
  bool adds_;
};

namespace detail {

// The leaves whose gradients a walk collects aside, or nothing: then leaves keep their own.
using Collected = std::unordered_map<const Node*, detail::GradientSlot>;

// One walk back over a tape.
class Walk {
 public:
  explicit Walk(Collected* collected) : collected_(collected) {}
  // The slot for the gradient of `input`, null where none is wanted.
  detail::GradientSlot* slot(const Var& input) const;

 private:
  Collected* collected_;
};

// An operation that was computed: its name, inputs, output and backward step.
class Record {
 public:
  Record(const char* name, Var output) : name_(name), output_(std::move(output)) {}
  virtual ~Record() = default;
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  // `gradient` may be of a shape that broadcasts to the output's.
  virtual void backward(Array gradient, const Walk& walk) = 0;
  virtual const Var* inputs() const = 0;
  virtual std::size_t input_count() const = 0;

  const char* name() const { return name_; }
  const Var& output() const { return output_; }
  // The scope it was recorded in, as the tape counts them.
  std::uint32_t scope() const { return scope_; }

  // Remembers where it was recorded, and the versions of the inputs' values, for a later look
  // whether they still stand.
  void note(std::uint32_t scope) {
    scope_ = scope;
    versions_ = versions();
  }
  bool inputs_unchanged() const { return versions_ == versions(); }

 private:
  std::uint64_t versions() const {
    std::uint64_t total = 0;  // versions only grow: the sum tells
    for (std::size_t k = 0; k < input_count(); ++k) total += inputs()[k].node().version;
    return total;
  }

  const char* name_;
  Var output_;
  std::uint64_t versions_ = 0;
  std::uint32_t scope_ = 0;
};

// `gradient`, repeated to `shape` if it is smaller.
Array expanded(Array gradient, const Shape& shape);

}  // namespace detail

}  // namespace EVIDENT_PRECISION
}  // namespace evident
