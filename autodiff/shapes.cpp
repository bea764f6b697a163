#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/along_axis.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/permute.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/shapes.hpp>
#include <numeric>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Order = std::vector<std::size_t>;

Var permuted(const char* name, const Var& x, const Order& order) {
  Shape shape = x.shape();
  Order back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    shape[i] = x.shape()[order[i]];
    back[order[i]] = i;
  }
  Array value = uninitialised(shape);
  detail::permute_into(x.value(), order, false, value.data());
  return record(
      name, std::move(value),
      edge(x, [back = std::move(back)](const Array& gradient, const Array&, GradSink& sink) {
        detail::permute_into(gradient, back, sink.adds(), sink.data());
      }));
}

bool broadcasts(const Shape& from, const Shape& to) {
  if (from.size() > to.size()) return false;
  return std::equal(from.rbegin(), from.rend(), to.rbegin(),
                    [](std::size_t own, std::size_t wanted) { return own == 1 || own == wanted; });
}

constexpr auto kCopy = [](auto x) { return x; };

// Sends a part its share of the gradient: runs that begin at `offset`.
struct PartStep {
  detail::Runs runs;
  std::size_t offset;
  void operator()(const Array& gradient, const Array&, GradSink& sink) const {
    detail::copy_runs(runs, gradient.data() + offset, sink.adds(), sink.data());
  }
};

// The parts next to each other along an axis of `shape`, of which part k takes lengths[k].
Var side_by_side(const char* name, const std::vector<Var>& parts, const Shape& shape,
                 std::size_t axis, const std::vector<std::size_t>& lengths) {
  const detail::Extents e = detail::extents(shape, axis, axis + 1);
  const std::size_t row = e.middle * e.inner;
  Array value = uninitialised(shape);
  // Row by row, so that a line of the cache that several parts share is written once.
  detail::in_blocks(e.outer, 1, row, [&](const detail::Block& b) {
    real* to = value.data() + b.first_row * row;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const std::size_t run = lengths[k] * e.inner;
      const real* from = parts[k].value().data() + b.first_row * run;
      detail::copy_runs({b.last_row - b.first_row, run, run, row}, from, false, to);
      to += run;
    }
  });
  std::vector<Edge<PartStep>> edges;
  std::size_t offset = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::size_t run = lengths[k] * e.inner;
    edges.push_back(edge(parts[k], PartStep{{e.outer, run, row, run}, offset}));
    offset += run;
  }
  return record(name, std::move(value), std::move(edges));
}

void check_any(const char* operation, const std::vector<Var>& parts) {
  if (parts.empty()) {
    throw ShapeError(fmt::format("{}: got no parts, expected at least one", operation));
  }
}

}  // namespace

Var reshape(const Var& x, const Shape& shape) {
  return record("reshape", reshaped(x.value(), shape),
                edge(x, [](const Array& gradient, const Array&, GradSink& sink) {
                  const detail::Runs whole = {1, gradient.size(), 0, 0};
                  detail::copy_runs(whole, gradient.data(), sink.adds(), sink.data());
                }));
}

Var transpose(const Var& x) {
  const std::size_t rank = x.dimension();
  if (rank < 2) {
    throw ShapeError(fmt::format(
        "transpose: input {} has fewer than the two axes that are exchanged: reshape it first",
        to_string(x.shape())));
  }
  Order order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[rank - 2], order[rank - 1]);
  return permuted("transpose", x, order);
}

Var permute(const Var& x, const Axes& order) {
  Order numbers;
  for (const int axis : order) {
    const std::size_t number = detail::axis_index(x.shape(), axis, "permute");
    if (std::count(numbers.begin(), numbers.end(), number) != 0) {
      throw ShapeError(
          fmt::format("permute: axis {} of {} is named twice", axis, to_string(x.shape())));
    }
    numbers.push_back(number);
  }
  if (numbers.size() != x.dimension()) {
    throw ShapeError(
        fmt::format("permute: the order ({}) does not name every axis of {}: expected {} axes",
                    fmt::join(order, ", "), to_string(x.shape()), x.dimension()));
  }
  return permuted("permute", x, numbers);
}

Var broadcast_to(const Var& x, const Shape& shape) {
  if (!broadcasts(x.shape(), shape)) {
    throw ShapeError(fmt::format(
        "broadcast_to: input {} does not repeat to {}: aligned at the last axis, each of its "
        "lengths must be 1 or the one wanted",
        to_string(x.shape()), to_string(shape)));
  }
  return detail::apply_to(shape, "broadcast_to", kCopy, x);
}

Var concatenate(const std::vector<Var>& parts, int axis) {
  check_any("concatenate", parts);
  Shape shape = parts[0].shape();
  const std::size_t index = detail::axis_index(shape, axis, "concatenate");
  std::vector<std::size_t> lengths;
  std::size_t total = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const Shape& own = parts[k].shape();
    Shape expected = own;
    if (index < own.size()) expected[index] = shape[index];
    if (expected != shape) {
      throw ShapeError(fmt::format(
          "concatenate: part {} has shape {} and part 0 {}: they may differ along axis {} only", k,
          to_string(own), to_string(shape), index));
    }
    lengths.push_back(own[index]);
    total += own[index];
  }
  shape[index] = total;
  return side_by_side("concatenate", parts, shape, index, lengths);
}

Var stack(const std::vector<Var>& parts, int axis) {
  check_any("stack", parts);
  const Shape& own = parts[0].shape();
  for (std::size_t k = 1; k < parts.size(); ++k) {
    if (parts[k].shape() != own) {
      throw ShapeError(
          fmt::format("stack: part {} has shape {} and part 0 {}: they must be the same", k,
                      to_string(parts[k].shape()), to_string(own)));
    }
  }
  const int rank = static_cast<int>(own.size()) + 1;
  const int index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= rank) {
    throw ShapeError(fmt::format(
        "stack: axis {} is not there: the result of stacking parts of shape {} has {} axes", axis,
        to_string(own), rank));
  }
  std::vector<std::size_t> shape(own.begin(), own.end());
  shape.insert(shape.begin() + index, parts.size());
  return side_by_side("stack", parts, Shape(shape.begin(), shape.end()),
                      static_cast<std::size_t>(index), std::vector<std::size_t>(parts.size(), 1));
}

std::array<Var, 2> split(const Var& x, std::size_t first) {
  if (x.dimension() == 0 || x.shape().back() < first) {
    throw ShapeError(fmt::format(
        "split: input {} cannot be cut after {} elements: its last axis must be at least that long",
        to_string(x.shape()), first));
  }
  const std::size_t axis = x.dimension() - 1;
  return {detail::cut("split", x, axis, 0, first),
          detail::cut("split", x, axis, first, x.shape().back())};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
