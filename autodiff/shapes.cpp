#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/shapes.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// The columns first ... first + count of the last axis.
Var columns(const Var& x, std::size_t first, std::size_t count) {
  Shape shape = x.shape();
  const std::size_t length = shape.back();
  shape.back() = count;
  const std::size_t rows = length == 0 ? 0 : x.size() / length;
  Array value = uninitialised(shape);
  for (std::size_t row = 0; row < rows; ++row) {
    std::copy_n(x.value().data() + row * length + first, count, value.data() + row * count);
  }
  return record("split", std::move(value),
                edge(x, [=](const Array& gradient, const Array&, GradSink& sink) {
                  real* out = sink.data();
                  if (!sink.adds()) std::fill_n(out, rows * length, real(0));
                  for (std::size_t row = 0; row < rows; ++row) {
                    const real* from = gradient.data() + row * count;
                    real* to = out + row * length + first;
                    for (std::size_t j = 0; j < count; ++j) to[j] += from[j];
                  }
                }));
}

}  // namespace

Var reshape(const Var& x, const Shape& shape) {
  return record("reshape", reshaped(x.value(), shape),
                edge(x, [](const Array& gradient, const Array&, GradSink& sink) {
                  sink.add(reshaped(gradient, sink.shape()));
                }));
}

std::array<Var, 2> split(const Var& x, std::size_t first) {
  if (x.dimension() == 0 || x.shape().back() < first) {
    throw ShapeError(fmt::format(
        "split: input {} cannot be cut after {} elements: its last axis must be at least that long",
        to_string(x.shape()), first));
  }
  return {columns(x, 0, first), columns(x, first, x.shape().back() - first)};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
