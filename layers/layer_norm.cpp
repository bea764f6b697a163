#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/layers/layer_norm.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using L = Lanes<real>;
constexpr std::size_t kWidth = L::kWidth;
constexpr std::size_t kBlock = 1024;  // elements summed in `real`; blocks are added in double

// How a register of a row is read and written: whole, or the `count` elements at the row's end.
struct Whole {
  L load(const real* from, real) const { return L::load(from); }
  void store(L value, real* to) const { value.store(to); }
};
struct Rest {
  std::size_t count;

  L load(const real* from, real padding) const {
    real copy[kWidth];
    std::fill(std::copy_n(from, count, copy), copy + kWidth, padding);
    return L::load(copy);
  }
  void store(L value, real* to) const {
    real copy[kWidth];
    value.store(copy);
    std::copy_n(copy, count, to);
  }
};

// Calls `work(i, piece)` for the registers of a row, which begin at element `i`.
template <class Work>
void for_registers(std::size_t count, Work work) {
  std::size_t i = 0;
  for (; i + kWidth <= count; i += kWidth) work(i, Whole{});
  if (i < count) work(i, Rest{count - i});
}

// The mean over a row of `term(i, piece)`, which is 0 where a row is padded.
template <class Term>
double row_mean(std::size_t count, Term term) {
  double total = 0;
  for (std::size_t first = 0; first < count; first += kBlock) {
    const std::size_t last = std::min(count, first + kBlock);
    L sums[4] = {0.0, 0.0, 0.0, 0.0};
    std::size_t i = first;
    for (; i + 4 * kWidth <= last; i += 4 * kWidth) {
      for (std::size_t k = 0; k < 4; ++k) sums[k] += term(i + k * kWidth, Whole{});
    }
    for (; i + kWidth <= last; i += kWidth) sums[0] += term(i, Whole{});
    if (i < last) sums[1] += term(i, Rest{last - i});
    total += static_cast<double>(xsimd::hadd(((sums[0] + sums[1]) + (sums[2] + sums[3])).v));
  }
  return total / static_cast<double>(count);
}

// An array as rows of `columns` elements.
struct Rows {
  std::size_t count, columns;

  // Calls `work(row, its first element)` for every row, in parts that depend on the shape alone.
  template <class Work>
  void each(Work work) const {
    constexpr std::size_t kTask = 16384;  // elements that are worth another thread's attention
    const std::size_t length = 1 + kTask / std::max<std::size_t>(1, columns);
    parallel((count + length - 1) / length, [&](std::size_t part) {
      for (std::size_t row = part * length; row < std::min(count, (part + 1) * length); ++row) {
        work(row, row * columns);
      }
    });
  }
};

// out = (in - mean) / sqrt(variance + epsilon) of one row; the factor 1 / sqrt(...). The mean is
// taken once more of the deviations from it: what the first has lost to rounding, the second finds
// (Chan et al. 1983).
double normalise(std::size_t count, const real* in, double epsilon, real* out) {
  const auto mean = static_cast<real>(
      row_mean(count, [&](std::size_t i, auto piece) { return piece.load(in + i, 0); }));
  const L centre = static_cast<double>(mean);
  const auto deviation = [&](std::size_t i, auto piece) {
    return piece.load(in + i, mean) - centre;
  };
  const double rest = row_mean(count, deviation);
  const double second =
      row_mean(count, [&](std::size_t i, auto piece) { return square(deviation(i, piece)); });
  const double factor = 1 / std::sqrt(std::max(0.0, second - rest * rest) + epsilon);
  for_registers(count, [&](std::size_t i, auto piece) {
    piece.store((deviation(i, piece) - rest) * factor, out + i);
  });
  return factor;
}

// The way back through it, with g the gradient of its result y: factor (g - mean(g) - y mean(g y)).
void add_gradient(std::size_t count, const real* g, const real* y, double factor, bool adds,
                  real* out) {
  const double mean =
      row_mean(count, [&](std::size_t i, auto piece) { return piece.load(g + i, 0); });
  const double slope = row_mean(count, [&](std::size_t i, auto piece) {
    return piece.load(g + i, 0) * piece.load(y + i, 0);
  });
  for_registers(count, [&](std::size_t i, auto piece) {
    const L earlier = adds ? piece.load(out + i, 0) : L(0.0);
    const L gradient = factor * (piece.load(g + i, 0) - mean - slope * piece.load(y + i, 0));
    piece.store(earlier + gradient, out + i);
  });
}

Var normalised(const Var& x, const Rows& rows, double epsilon) {
  Array value = uninitialised(x.shape());
  Array factors = uninitialised({rows.count});
  rows.each([&](std::size_t row, std::size_t begin) {
    factors.data()[row] = static_cast<real>(
        normalise(rows.columns, x.value().data() + begin, epsilon, value.data() + begin));
  });
  return record("LayerNorm", std::move(value),
                edge(x, [rows, factors = std::move(factors)](const Array& gradient,
                                                             const Array& output, GradSink& sink) {
                  const bool adds = sink.adds();
                  rows.each([&, to = sink.data()](std::size_t row, std::size_t begin) {
                    add_gradient(rows.columns, gradient.data() + begin, output.data() + begin,
                                 static_cast<double>(factors.data()[row]), adds, to + begin);
                  });
                }));
}

}  // namespace

LayerNorm::LayerNorm(const Shape& shape)
    : gain(Var::parameter(ones(shape))), bias(Var::parameter(zeros(shape))) {
  if (shape.empty()) {
    throw ShapeError("LayerNorm: got shape (), expected the lengths of the axes to normalise over");
  }
}

Var LayerNorm::operator()(const Var& x, Rng*) const {
  const Shape& shape = gain.shape();
  if (x.dimension() < shape.size() ||
      !std::equal(shape.rbegin(), shape.rend(), x.shape().rbegin())) {
    throw ShapeError(
        fmt::format("LayerNorm: input {} does not fit gain {}: the last axes must be {}",
                    to_string(x.shape()), to_string(shape), to_string(shape)));
  }
  const Rows rows = {gain.size() == 0 ? 0 : x.size() / gain.size(), gain.size()};
  return elementwise([](auto y, auto gain, auto bias) { return y * gain + bias; },
                     normalised(x, rows, epsilon), gain, bias, "LayerNorm");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
