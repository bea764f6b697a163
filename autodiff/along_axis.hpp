#pragma once

#include <algorithm>
#include <cstddef>
#include <evident/autodiff/axes.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/autodiff/var.hpp>
#include <type_traits>

// What operations along one axis are made of: an array seen around the axis, as (outer, length,
// inner), and runs of neighbouring elements that are copied or added as a whole.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// A shape around one of its axes.
struct AxisExtents {
  std::size_t outer = 1, length = 1, inner = 1;
};
AxisExtents around(const Shape& shape, std::size_t axis);

// A part of rows x columns.
struct Block {
  std::size_t first_row, last_row, first_column, last_column;
};

// Cuts rows x columns into parts that are worth another thread's attention, where each element
// stands for `weight` of them. The cut depends on the numbers alone.
class Blocks {
 public:
  Blocks(std::size_t rows, std::size_t columns, std::size_t weight);
  std::size_t count() const { return down_ * across_; }
  Block operator[](std::size_t i) const;

 private:
  std::size_t rows_, columns_;
  std::size_t height_, width_;         // of a block
  std::size_t down_ = 0, across_ = 0;  // how many blocks
};

// Calls `work(block)` for every block, on the pool.
template <class Work>
void in_blocks(std::size_t rows, std::size_t columns, std::size_t weight, Work work) {
  const Blocks blocks(rows, columns, weight);
  parallel(blocks.count(), [&](std::size_t i) { work(blocks[i]); });
}

// to = from, or to += from, for neighbouring elements.
inline void put(const real* from, std::size_t count, bool adds, real* to) {
  if (adds) {
    for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
  } else {
    std::copy_n(from, count, to);
  }
}

// Calls `work(length)`, with a short length as a constant: the compiler then moves runs of it
// without a call for each.
template <class Work>
void with_length(std::size_t length, Work work) {
  using std::integral_constant;
  switch (length) {
    case 1:
      return work(integral_constant<std::size_t, 1>());
    case 2:
      return work(integral_constant<std::size_t, 2>());
    case 3:
      return work(integral_constant<std::size_t, 3>());
    case 4:
      return work(integral_constant<std::size_t, 4>());
    case 8:
      return work(integral_constant<std::size_t, 8>());
    default:
      return work(length);
  }
}

// Runs of `length` elements, and the distances between the beginnings of two.
struct Runs {
  std::size_t count, length, from_step, to_step;
};

// Copies or adds runs, on the pool if they are worth it.
void copy_runs(const Runs& runs, const real* from, bool adds, real* to);

// The elements first ... last - 1 along an axis, which has them; recorded as `name`.
Var cut(const char* name, const Var& x, std::size_t axis, std::size_t first, std::size_t last);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
