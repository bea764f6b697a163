#include <fmt/format.h>

#include <evident/autodiff/axes.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Axes last_axes(std::size_t count) {
  Axes axes;
  for (std::size_t i = 1; i <= count; ++i) axes.push_back(-static_cast<int>(i));
  return axes;
}

namespace detail {

std::size_t axis_index(const Shape& shape, int axis, const char* operation) {
  const int rank = static_cast<int>(shape.size());
  const int index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= rank) {
    throw ShapeError(fmt::format("{}: axis {} is not there: the input has shape {}", operation,
                                 axis, to_string(shape)));
  }
  return static_cast<std::size_t>(index);
}

std::vector<bool> chosen_axes(const Shape& shape, const Axes& axes, const char* operation) {
  std::vector<bool> chosen(shape.size(), false);
  for (const int axis : axes) {
    const std::size_t index = axis_index(shape, axis, operation);
    if (chosen[index]) {
      throw ShapeError(
          fmt::format("{}: axis {} of {} is named twice", operation, axis, to_string(shape)));
    }
    chosen[index] = true;
  }
  return chosen;
}

Shape reduced_shape(const Shape& shape, const std::vector<bool>& reduced, Keep keep) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (!reduced[i]) {
      result.push_back(shape[i]);
    } else if (keep == Keep::kYes) {
      result.push_back(1);
    }
  }
  return Shape(result.begin(), result.end());
}

Extents extents(const Shape& shape, std::size_t begin, std::size_t end) {
  Extents e;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    (i < begin ? e.outer : i < end ? e.middle : e.inner) *= shape[i];
  }
  return e;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
