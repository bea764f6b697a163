#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/broadcast.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

BroadcastLoop::BroadcastLoop(const Shape& shape, const Shape* const* shapes, std::size_t count,
                             const char* operation) {
  if (shape.size() > kMaxAxes) {
    throw ShapeError(fmt::format("{}: {} axes are more than the {} that operations carry: reshape",
                                 operation, shape.size(), kMaxAxes));
  }
  std::array<std::size_t, kMaxOperands> next;  // the stride of the operand's next axis outwards
  next.fill(1);
  bool inner = true;
  for (std::size_t back = 1; back <= shape.size(); ++back) {
    const std::size_t length = shape[shape.size() - back];
    if (length == 1) continue;
    std::array<std::size_t, kMaxOperands> stride{};
    for (std::size_t k = 0; k < count; ++k) {
      const Shape& own = *shapes[k];
      const bool repeats = back > own.size() || own[own.size() - back] == 1;
      stride[k] = repeats ? 0 : next[k];
      if (!repeats) next[k] *= length;
    }
    if (inner) {
      inner = false;
      columns_ = length;
      for (std::size_t k = 0; k < count; ++k) moves_[k] = stride[k] != 0;
      continue;
    }
    bool joins = true;
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t across =
          axes_ == 0 ? (moves_[k] ? columns_ : 0) : strides_[k][axes_ - 1] * lengths_[axes_ - 1];
      joins = joins && stride[k] == across;
    }
    if (joins) {
      (axes_ == 0 ? columns_ : lengths_[axes_ - 1]) *= length;
    } else {
      lengths_[axes_] = length;
      for (std::size_t k = 0; k < count; ++k) strides_[k][axes_] = stride[k];
      ++axes_;
    }
  }
  for (std::size_t axis = 0; axis < axes_; ++axis) rows_ *= lengths_[axis];
}

std::size_t BroadcastLoop::offset(std::size_t operand, std::size_t row) const {
  std::size_t result = 0;
  for (std::size_t axis = 0; axis < axes_; ++axis) {
    result += row % lengths_[axis] * strides_[operand][axis];
    row /= lengths_[axis];
  }
  return result;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
