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

using detail::Block;
using detail::Extents;
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
                  operation, indices.data()[wrong], element_place(indices.shape(), wrong), axis,
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

// Sets a row of x, shape (outer, middle, inner), to zeros in the columns of a block.
void clear(const Extents& e, const Block& b, std::size_t row, real* x) {
  for (std::size_t i = 0; i < e.middle; ++i) {
    real* line = x + (row * e.middle + i) * e.inner;
    std::fill(line + b.first_column, line + b.last_column, real(0));
  }
}

// Adds the runs of g, shape (outer, k, inner), to those of x, shape (outer, middle, inner), that
// `indices` name. Every element of x belongs to one block, which adds in the order of the indices.
void add_selected(const Extents& e, const Array& indices, const real* g, bool adds, real* x) {
  const std::size_t k = indices.size();
  in_blocks(e.outer, e.inner, e.middle + k, [&](const Block& b) {
    for (std::size_t row = b.first_row; row < b.last_row; ++row) {
      if (!adds) clear(e, b, row, x);
      for (std::size_t j = 0; j < k; ++j) {
        const std::size_t to = row * e.middle + whole(indices.data()[j]);
        detail::put(g + (row * k + j) * e.inner + b.first_column, b.last_column - b.first_column,
                    true, x + to * e.inner + b.first_column);
      }
    }
  });
}

// How `gather` walks indices of shape (outer, k, inner): as runs within which the place in x moves
// by `step` from index to index. Along the last axis all k are one run that stays in its place.
struct Gathering {
  Extents x;
  std::size_t weight;  // of a place off the axis
  std::size_t runs, columns, step;
  Gathering(const Extents& e, std::size_t k)
      : x(e),
        weight(e.middle + k),
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
      real* to = x + row * w.x.middle * w.x.inner;
      for (std::size_t j = 0; j < w.runs; ++j) {
        const std::size_t run = (row * w.runs + j) * w.columns;
        for (std::size_t c = first; c < last; ++c) {
          to[whole(indices[run + c]) * w.x.inner + w.step * c] += g[run + c];
        }
      }
    }
  });
}

// An input that the result depends on, as the tape should know, but not differentiably.
auto without_gradient(const Var& input) {
  return edge(input, [](const Array&, const Array&, GradSink&) {});
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

namespace detail {

Var select(const char* operation, const Var& x, std::size_t axis, const Var& indices) {
  check_indices(operation, indices.value(), x.shape(), axis);
  const Extents e = extents(x.shape(), axis, axis + 1);
  const std::size_t k = indices.size();
  std::vector<std::size_t> lengths(x.shape().begin(), x.shape().end());
  const auto place = lengths.erase(lengths.begin() + static_cast<std::ptrdiff_t>(axis));
  lengths.insert(place, indices.shape().begin(), indices.shape().end());
  Array value = uninitialised(Shape(lengths.begin(), lengths.end()));
  const real* from = x.value().data();
  const real* index = indices.value().data();
  each_run(e.outer, k, e.inner,
           [&](std::size_t run, std::size_t row, std::size_t j, const Block& b) {
             const std::size_t source = row * e.middle + whole(index[j]);
             with_length(b.last_column - b.first_column, [&](auto length) {
               std::copy_n(from + source * e.inner + b.first_column, std::size_t(length),
                           value.data() + run * e.inner + b.first_column);
             });
           });
  return record(operation, std::move(value),
                edge(x,
                     [e, indices](const Array& gradient, const Array&, GradSink& sink) {
                       add_selected(e, indices.value(), gradient.data(), sink.adds(), sink.data());
                     }),
                without_gradient(indices));
}

}  // namespace detail

Var index_select(const Var& x, int axis, const Var& indices) {
  const std::size_t index = detail::axis_index(x.shape(), axis, "index_select");
  if (indices.dimension() != 1) {
    throw ShapeError(fmt::format("index_select: the indices have shape {}, expected (k)",
                                 to_string(indices.shape())));
  }
  return detail::select("index_select", x, index, indices);
}

Var gather(const Var& x, int axis, const Var& indices) {
  const std::size_t index = detail::axis_index(x.shape(), axis, "gather");
  Shape expected = x.shape();
  if (indices.dimension() == expected.size()) expected[index] = indices.shape()[index];
  if (indices.shape() != expected) {
    throw ShapeError(fmt::format(
        "gather: indices {} do not fit input {}: they must have its shape except along axis {}",
        to_string(indices.shape()), to_string(x.shape()), index));
  }
  check_indices("gather", indices.value(), x.shape(), index);
  const Gathering w(detail::extents(x.shape(), index, index + 1), expected[index]);
  Array value = uninitialised(expected);
  each_run(w.x.outer, w.runs, w.columns,
           [&](std::size_t run, std::size_t row, std::size_t, const Block& b) {
             const real* from = x.value().data() + row * w.x.middle * w.x.inner;
             const real* names = indices.value().data() + run * w.columns;
             real* to = value.data() + run * w.columns;
             for (std::size_t c = b.first_column; c < b.last_column; ++c) {
               to[c] = from[whole(names[c]) * w.x.inner + w.step * c];
             }
           });
  return record("gather", std::move(value),
                edge(x,
                     [w, indices](const Array& gradient, const Array&, GradSink& sink) {
                       add_gathered(w, indices.value().data(), gradient.data(), sink.adds(),
                                    sink.data());
                     }),
                without_gradient(indices));
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
        labels.data()[wrong], element_place(labels.shape(), wrong), classes, classes));
  }
  Array result = zeros(joined(labels.shape(), {classes}));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    result.data()[i * classes + whole(labels.data()[i])] = 1;
  }
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
