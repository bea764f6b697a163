#pragma once

#include <array>
#include <cstddef>
#include <evident/autodiff/array.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// How several arrays are walked together over a shape they broadcast to: as rows of `columns`
// elements, adjacent axes joined wherever every array allows it. Along a row an array either moves
// by one element or stays where it is.
class BroadcastLoop {
 public:
  static constexpr std::size_t kMaxOperands = 8;
  static constexpr std::size_t kMaxAxes = 16;

  // `shapes` broadcast to `shape`. Errors: more than 16 axes.
  BroadcastLoop(const Shape& shape, const Shape* const* shapes, std::size_t count,
                const char* operation);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  bool moves(std::size_t operand) const { return moves_[operand]; }
  // Where `row` begins in the operand.
  std::size_t offset(std::size_t operand, std::size_t row) const;

 private:
  std::size_t rows_ = 1;
  std::size_t columns_ = 1;
  std::array<bool, kMaxOperands> moves_{};
  std::size_t axes_ = 0;  // outer axes, innermost first
  std::array<std::size_t, kMaxAxes> lengths_;
  std::array<std::array<std::size_t, kMaxAxes>, kMaxOperands> strides_;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
