#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/layers/embedding.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr std::size_t kTask = 32768;  // elements that are worth another thread's attention

// The place of an element in an array of this shape, as people write it: "(2, 0)".
std::string place_in(Shape shape, std::size_t element) {
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const std::size_t length = shape[axis];
    shape[axis] = element % length;
    element /= length;
  }
  return to_string(shape);
}

void check_indices(const Var& indices, std::size_t count) {
  if (indices.needs_gradient()) {
    throw Error(
        "Embedding: the indices need a gradient, and a look-up has none in them: pass a constant, "
        "or stop_gradient of them");
  }
  const real* index = indices.value().data();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (index[i] >= 0 && index[i] < static_cast<real>(count) && index[i] == std::floor(index[i])) {
      continue;
    }
    throw Error(fmt::format("Embedding: got index {} at {}, expected a whole number in [0, {})",
                            index[i], place_in(indices.shape(), i), count));
  }
}

// Adds each row of the gradient to the row it came from: in their order whatever the threads, which
// share out the columns.
void add_rows(const Array& gradient, const Array& indices, std::size_t size, real* to) {
  const real* index = indices.data();
  const real* from = gradient.data();
  const std::size_t each = kTask / std::max<std::size_t>(1, indices.size());
  const std::size_t length = (each / 64 + 1) * 64;
  parallel((size + length - 1) / length, [&](std::size_t part) {
    const std::size_t last = std::min(size, (part + 1) * length);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      real* row = to + static_cast<std::size_t>(index[i]) * size;
      for (std::size_t j = part * length; j < last; ++j) row[j] += from[i * size + j];
    }
  });
}

}  // namespace

Embedding::Embedding(Rng& rng, std::size_t count, std::size_t size)
    : weight(Var::parameter(standard_normal({count, size}, rng))) {}

Var Embedding::operator()(const Var& indices, Rng*) const {
  check_indices(indices, weight.shape()[0]);
  const std::size_t size = weight.shape()[1];
  Array value = uninitialised(joined(indices.shape(), Shape{size}));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto row = static_cast<std::size_t>(indices.value().data()[i]);
    std::copy_n(weight.value().data() + row * size, size, value.data() + i * size);
  }
  return record("Embedding", std::move(value),
                edge(weight,
                     [indices, size](const Array& gradient, const Array&, GradSink& sink) {
                       if (!sink.adds()) std::fill_n(sink.data(), size_of(sink.shape()), real(0));
                       add_rows(gradient, indices.value(), size, sink.data());
                     }),
                // No gradient, but the tape knows that a result depends on a drawn index.
                edge(indices, [](const Array&, const Array&, GradSink&) {}));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
