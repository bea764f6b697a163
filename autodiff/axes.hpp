#pragma once

#include <evident/autodiff/array.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The axes that an operation runs over: numbers from 0, or from -1 backwards.
using Axes = std::vector<int>;

/// The axes -1, ..., -count: the last `count`.
Axes last_axes(std::size_t count);

/// Whether a reduced axis stays, with length 1.
enum class Keep { kNo, kYes };

namespace detail {

// An axis of `shape` counted from 0. Errors: it is not there.
std::size_t axis_index(const Shape& shape, int axis, const char* operation);

// Which axes of `shape` are among `axes`. Errors: one that is not there, or is named twice.
std::vector<bool> chosen_axes(const Shape& shape, const Axes& axes, const char* operation);

// `shape` with the reduced axes at length 1, or without them.
Shape reduced_shape(const Shape& shape, const std::vector<bool>& reduced, Keep keep);

// An array seen as (outer, middle, inner): some neighbouring axes, those before and those behind.
struct Extents {
  std::size_t outer = 1, middle = 1, inner = 1;
};

// The axes begin ... end of `shape`, and what is around them.
Extents extents(const Shape& shape, std::size_t begin, std::size_t end);

// Reduces run by run of neighbouring axes: `middle(extents, from, to)`. The result keeps every
// axis, reduced ones at length 1.
template <class Middle>
Array reduce_axes(const Array& x, const std::vector<bool>& reduced, Middle middle) {
  std::optional<Array> result;  // none yet: x itself, which is not copied
  for (std::size_t end = reduced.size(); end > 0;) {
    if (!reduced[end - 1]) {
      --end;
      continue;
    }
    std::size_t begin = end;
    while (begin > 0 && reduced[begin - 1]) --begin;
    const Array& from = result ? *result : x;
    Shape shape = from.shape();
    const Extents e = extents(shape, begin, end);
    for (std::size_t i = begin; i < end; ++i) shape[i] = 1;
    Array next = uninitialised(shape);
    middle(e, from.data(), next.data());
    result = std::move(next);
    end = begin;
  }
  return result ? std::move(*result) : x;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
