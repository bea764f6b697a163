#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <evident/autodiff/along_axis.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/record.hpp>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>
#include <xsimd/xsimd.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::AxisExtents;
using detail::Block;
using detail::in_blocks;

// Whole numbers below this one are exact.
constexpr std::size_t kExact = std::size_t{1} << std::numeric_limits<real>::digits;

// An element that is known to be a whole number.
std::size_t whole(real value) {
  using Integer = std::conditional_t<sizeof(real) == 4, std::int32_t, std::int64_t>;
  return static_cast<std::size_t>(static_cast<Integer>(value));
}

// The place of the first element that is not a whole number below `length`; the size if all are.
std::size_t first_wrong(const Array& indices, std::size_t length) {
  using Register = xsimd::batch<real, xsimd::default_arch>;
  const real limit = static_cast<real>(length);
  const real* data = indices.data();
  std::size_t i = 0;
  for (; i + Register::size <= indices.size(); i += Register::size) {
    const Register x = Register::load_unaligned(data + i);
    if (!xsimd::all(x >= Register(real(0)) && x < Register(limit) && xsimd::trunc(x) == x)) break;
  }
  while (i < indices.size() && data[i] >= 0 && data[i] < limit && std::trunc(data[i]) == data[i]) {
    ++i;
  }
  return i;
}

// A place in an array as people write it: "(1, 2)".
std::string coordinates(const Shape& shape, std::size_t place) {
  Shape result = shape;
  for (std::size_t i = shape.size(); i-- > 0;) {
    result[i] = place % shape[i];
    place /= shape[i];
  }
  return to_string(result);
}

void check_indices(const char* operation, const Array& indices, const Shape& shape,
                   std::size_t axis) {
  const std::size_t length = shape[axis];
  if (length > kExact) {
    throw ShapeError(
        fmt::format("{}: axis {} of {} is longer than {}, up to which indices are exact: cut it, "
                    "or compute in double",
                    operation, axis, to_string(shape), kExact));
  }
  const std::size_t wrong = first_wrong(indices, length);
  if (wrong == indices.size()) return;
  throw Error(
      fmt::format("{}: index {} at {} is not on axis {} of {}: expected a whole number, at least 0 "
                  "and below {}",
                  operation, indices.data()[wrong], coordinates(indices.shape(), wrong), axis,
                  to_string(shape), length));
}

// Calls `work(run, row, j, block)` for the runs of a result of shape (rows, k, columns), of which
// run is the j-th of its row, for the columns of the block.
template <class Work>
void each_run(std::size_t rows, std::size_t k, std::size_t columns, Work work) {
  in_blocks(rows * k, columns, 1, [&](const Block& b) {
    std::size_t row = b.first_row / k;
    std::size_t j = b.first_row % k;
    for (std::size_t run = b.first_row; run < b.last_row; ++run) {
      work(run, row, j, b);
      if (++j == k) {
        j = 0;
        ++row;
      }
    }
  });
}

// Sets a row of x, shape (outer, length, inner), to zeros in the columns of a block.
void clear(const AxisExtents& e, const Block& b, std::size_t row, real* x) {
  for (std::size_t i = 0; i < e.length; ++i) {
    real* line = x + (row * e.length + i) * e.inner;
    std::fill(line + b.first_column, line + b.last_column, real(0));
  }
}

// Adds the runs of g, shape (outer, k, inner), to those of x, shape (outer, length, inner), that
// `indices` name. Every element of x belongs to one block, which adds in the order of the indices.
void add_selected(const AxisExtents& e, const Array& indices, const real* g, bool adds, real* x) {
  const std::size_t k = indices.size();
  in_blocks(e.outer, e.inner, e.length + k, [&](const Block& b) {
    for (std::size_t row = b.first_row; row < b.last_row; ++row) {
      if (!adds) clear(e, b, row, x);
      for (std::size_t j = 0; j < k; ++j) {
        const std::size_t to = row * e.length + whole(indices.data()[j]);
        detail::put(g + (row * k + j) * e.inner + b.first_column, b.last_column - b.first_column,
                    true, x + to * e.inner + b.first_column);
      }
    }
  });
}

// How `gather` walks indices of shape (outer, k, inner): as runs within which the place in x moves
// by `step` from index to index. Along the last axis all k are one run that stays in its place.
struct Gathering {
  AxisExtents x;
  std::size_t weight;  // of a place off the axis
  std::size_t runs, columns, step;
  Gathering(const AxisExtents& e, std::size_t k)
      : x(e),
        weight(e.length + k),
        runs(e.inner == 1 ? 1 : k),
        columns(e.inner == 1 ? k : e.inner),
        step(e.inner != 1) {}
};

// Adds g, of the shape of `indices`, to the elements of x that they name, in their order.
void add_gathered(const Gathering& w, const real* indices, const real* g, bool adds, real* x) {
  in_blocks(w.x.outer, w.x.inner, w.weight, [&](const Block& b) {
    const std::size_t first = w.step * b.first_column;
    const std::size_t last = w.step == 0 ? w.columns : b.last_column;
    for (std::size_t row = b.first_row; row < b.last_row; ++row) {
      if (!adds) clear(w.x, b, row, x);
      real* to = x + row * w.x.length * w.x.inner;
      for (std::size_t j = 0; j < w.runs; ++j) {
        const std::size_t run = (row * w.runs + j) * w.columns;
        for (std::size_t c = first; c < last; ++c) {
          to[whole(indices[run + c]) * w.x.inner + w.step * c] += g[run + c];
        }
      }
    }
  });
}

}  // namespace

Var slice(const Var& x, int axis, std::size_t first, std::size_t last) {
  const std::size_t index = detail::axis_index(x.shape(), axis, "slice");
  if (first > last || last > x.shape()[index]) {
    throw ShapeError(fmt::format(
        "slice: elements {} to {} are not on axis {} of {}: expected first <= last <= {}", first,
        last, index, to_string(x.shape()), x.shape()[index]));
  }
  return detail::cut("slice", x, index, first, last);
}

Var index_select(const Var& x, int axis, const Array& indices) {
  const std::size_t index = detail::axis_index(x.shape(), axis, "index_select");
  if (indices.dimension() != 1) {
    throw ShapeError(fmt::format("index_select: the indices have shape {}, expected (k)",
                                 to_string(indices.shape())));
  }
  check_indices("index_select", indices, x.shape(), index);
  const AxisExtents e = detail::around(x.shape(), index);
  const std::size_t k = indices.size();
  Shape shape = x.shape();
  shape[index] = k;
  Array value = uninitialised(shape);
  const real* from = x.value().data();
  each_run(e.outer, k, e.inner,
           [&](std::size_t run, std::size_t row, std::size_t j, const Block& b) {
             const std::size_t source = row * e.length + whole(indices.data()[j]);
             detail::with_length(b.last_column - b.first_column, [&](auto length) {
               std::copy_n(from + source * e.inner + b.first_column, std::size_t(length),
                           value.data() + run * e.inner + b.first_column);
             });
           });
  return record(
      "index_select", std::move(value),
      edge(x, [e, indices = indices](const Array& gradient, const Array&, GradSink& sink) {
        add_selected(e, indices, gradient.data(), sink.adds(), sink.data());
      }));
}

Var gather(const Var& x, int axis, const Array& indices) {
  const std::size_t index = detail::axis_index(x.shape(), axis, "gather");
  Shape expected = x.shape();
  if (indices.dimension() == expected.size()) expected[index] = indices.shape()[index];
  if (indices.shape() != expected) {
    throw ShapeError(fmt::format(
        "gather: indices {} do not fit input {}: they must have its shape except along axis {}",
        to_string(indices.shape()), to_string(x.shape()), index));
  }
  check_indices("gather", indices, x.shape(), index);
  const Gathering w(detail::around(x.shape(), index), expected[index]);
  Array value = uninitialised(expected);
  each_run(w.x.outer, w.runs, w.columns,
           [&](std::size_t run, std::size_t row, std::size_t, const Block& b) {
             const real* from = x.value().data() + row * w.x.length * w.x.inner;
             const real* names = indices.data() + run * w.columns;
             real* to = value.data() + run * w.columns;
             for (std::size_t c = b.first_column; c < b.last_column; ++c) {
               to[c] = from[whole(names[c]) * w.x.inner + w.step * c];
             }
           });
  return record(
      "gather", std::move(value),
      edge(x, [w, indices = indices](const Array& gradient, const Array&, GradSink& sink) {
        add_gathered(w, indices.data(), gradient.data(), sink.adds(), sink.data());
      }));
}

Array one_hot(const Array& labels, std::size_t classes) {
  if (classes > kExact) {
    throw ShapeError(
        fmt::format("one_hot: {} classes are more than {}, up to which labels are "
                    "exact: compute in double",
                    classes, kExact));
  }
  const std::size_t wrong = first_wrong(labels, classes);
  if (wrong != labels.size()) {
    throw Error(fmt::format(
        "one_hot: label {} at {} is not one of {} classes: expected a whole number, at least 0 and "
        "below {}",
        labels.data()[wrong], coordinates(labels.shape(), wrong), classes, classes));
  }
  Array result = zeros(joined(labels.shape(), {classes}));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    result.data()[i * classes + whole(labels.data()[i])] = 1;
  }
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
