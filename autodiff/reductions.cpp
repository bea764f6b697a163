#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/threads.hpp>
#include <limits>
#include <optional>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Register = xsimd::batch<real, xsimd::default_arch>;
constexpr std::size_t kWidth = Register::size;
constexpr std::size_t kBlock = 1024;  // elements summed in `real`; blocks are added in double
constexpr std::size_t kTask = 32768;  // elements that are worth another thread's attention

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Calls `work(first, last)` on parts of 0 ... count whose length depends on the shape alone.
template <class Work>
void in_parts(std::size_t count, std::size_t elements_each, std::size_t multiple, Work work) {
  std::size_t length = std::max<std::size_t>(1, kTask / std::max<std::size_t>(1, elements_each));
  length = (length + multiple - 1) / multiple * multiple;
  parallel((count + length - 1) / length,
           [&](std::size_t part) { work(part * length, std::min(count, (part + 1) * length)); });
}

real sum_block(const real* x, std::size_t count) {
  Register sums[4] = {Register(real(0)), Register(real(0)), Register(real(0)), Register(real(0))};
  std::size_t i = 0;
  for (; i + 4 * kWidth <= count; i += 4 * kWidth) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += Register::load_unaligned(x + i + k * kWidth);
  }
  Register total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (; i + kWidth <= count; i += kWidth) total += Register::load_unaligned(x + i);
  real result = xsimd::hadd(total);
  for (; i < count; ++i) result += x[i];
  return result;
}

double sum_contiguous(const real* x, std::size_t count) {
  double total = 0;
  for (std::size_t i = 0; i < count; i += kBlock) {
    total += static_cast<double>(sum_block(x + i, std::min(kBlock, count - i)));
  }
  return total;
}

double sum_all(const real* x, std::size_t count) {
  std::vector<double> parts((count + kTask - 1) / kTask);
  parallel(parts.size(), [&](std::size_t part) {
    parts[part] = sum_contiguous(x + part * kTask, std::min(kTask, count - part * kTask));
  });
  double total = 0;
  for (const double part : parts) total += part;
  return total;
}

// A reduction over neighbouring axes: x has shape (outer, reduced, inner).
struct Extents {
  std::size_t outer = 1, reduced = 1, inner = 1;
};

void sum_middle(const Extents& e, const real* x, real* out) {
  if (e.outer == 1 && e.inner == 1) {
    *out = static_cast<real>(sum_all(x, e.reduced));
  } else if (e.inner == 1) {
    in_parts(e.outer, e.reduced, 1, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        out[i] = static_cast<real>(sum_contiguous(x + i * e.reduced, e.reduced));
      }
    });
  } else {
    for (std::size_t i = 0; i < e.outer; ++i) {
      detail::sum_rows(x + i * e.reduced * e.inner, e.reduced, e.inner, false, out + i * e.inner);
    }
  }
}

void max_middle(const Extents& e, const real* x, real* out) {
  in_parts(e.outer, e.reduced * e.inner, 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      real* to = out + i * e.inner;
      std::fill_n(to, e.inner, -std::numeric_limits<real>::infinity());
      for (std::size_t r = 0; r < e.reduced; ++r) {
        const real* row = x + (i * e.reduced + r) * e.inner;
        // A NaN must come through, whichever side it is on.
        for (std::size_t j = 0; j < e.inner; ++j) {
          to[j] = to[j] >= row[j] || std::isnan(to[j]) ? to[j] : row[j];
        }
      }
    }
  });
}

// Which axes of `shape` are reduced.
std::vector<bool> reduced_axes(const Shape& shape, const Axes& axes, const char* operation) {
  const int rank = static_cast<int>(shape.size());
  std::vector<bool> reduced(shape.size(), false);
  for (const int axis : axes) {
    const int index = axis < 0 ? axis + rank : axis;
    if (index < 0 || index >= rank) {
      throw ShapeError(fmt::format("{}: axis {} is not there: the input has shape {}", operation,
                                   axis, to_string(shape)));
    }
    if (reduced[static_cast<std::size_t>(index)]) {
      throw ShapeError(
          fmt::format("{}: axis {} of {} is named twice", operation, axis, to_string(shape)));
    }
    reduced[static_cast<std::size_t>(index)] = true;
  }
  return reduced;
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

// Reduces run by run of neighbouring axes; the result keeps every axis, reduced ones at length 1.
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
    Shape shape = (result ? *result : x).shape();
    Extents e;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      (i < begin ? e.outer : i < end ? e.reduced : e.inner) *= shape[i];
    }
    for (std::size_t i = begin; i < end; ++i) shape[i] = 1;
    Array next = uninitialised(shape);
    middle(e, (result ? *result : x).data(), next.data());
    result = std::move(next);
    end = begin;
  }
  return result ? std::move(*result) : x;
}

Axes all_axes(const Var& x) { return last_axes(x.dimension()); }

}  // namespace

namespace detail {

void sum_rows(const real* x, std::size_t rows, std::size_t columns, bool adds, real* out) {
  // Taken here: a worker that gets its first task late would ask the system for memory then.
  std::vector<real, PoolAllocator<real>> blocks(columns);
  std::vector<double, PoolAllocator<double>> totals(columns, 0.0);
  in_parts(columns, rows, 64, [&](std::size_t first, std::size_t last) {
    const std::size_t count = last - first;
    real* block = blocks.data() + first;
    double* total = totals.data() + first;
    if (adds) std::copy(out + first, out + last, total);
    for (std::size_t row = 0; row < rows; row += kBlock) {
      std::fill_n(block, count, real(0));
      for (std::size_t r = row; r < std::min(rows, row + kBlock); ++r) {
        const real* from = x + r * columns + first;
        for (std::size_t j = 0; j < count; ++j) block[j] += from[j];
      }
      for (std::size_t j = 0; j < count; ++j) total[j] += static_cast<double>(block[j]);
    }
    for (std::size_t j = 0; j < count; ++j) out[first + j] = static_cast<real>(total[j]);
  });
}

}  // namespace detail

Axes last_axes(std::size_t count) {
  Axes axes;
  for (std::size_t i = 1; i <= count; ++i) axes.push_back(-static_cast<int>(i));
  return axes;
}

Var sum(const Var& x) { return sum(x, all_axes(x)); }

Var sum(const Var& x, const Axes& axes, Keep keep) {
  const std::vector<bool> reduced = reduced_axes(x.shape(), axes, "sum");
  const Shape kept = reduced_shape(x.shape(), reduced, Keep::kYes);
  Array value = reshaped(reduce_axes(x.value(), reduced, sum_middle),
                         reduced_shape(x.shape(), reduced, keep));
  return record("sum", std::move(value),
                edge(x, [kept](const Array& gradient, const Array&, GradSink& sink) {
                  sink.add(reshaped(gradient, kept));  // not expanded: it is the same along an axis
                }));
}

Var mean(const Var& x) { return mean(x, all_axes(x)); }

Var mean(const Var& x, const Axes& axes, Keep keep) {
  const Var total = sum(x, axes, keep);
  return total / (static_cast<double>(x.size()) / static_cast<double>(total.size()));
}

Var logsumexp(const Var& x) { return logsumexp(x, all_axes(x)); }

Var logsumexp(const Var& x, const Axes& axes, Keep keep) {
  const std::vector<bool> reduced = reduced_axes(x.shape(), axes, "logsumexp");
  const Shape kept = reduced_shape(x.shape(), reduced, Keep::kYes);
  const Array largest = reduce_axes(x.value(), reduced, max_middle);
  // An infinite maximum is the answer itself, and inf - inf must not spoil it.
  Array scaled = uninitialised(x.shape());
  detail::compute_into(
      scaled, [](auto x, auto m) { return where(abs(m) < kInfinity, exp(x - m), 1.0); }, x.value(),
      largest);
  const Array total = reduce_axes(scaled, reduced, sum_middle);
  Array value = uninitialised(kept);
  detail::compute_into(
      value, [](auto m, auto s) { return where(abs(m) < kInfinity, m + log(s), m); }, largest,
      total);
  value = reshaped(std::move(value), reduced_shape(x.shape(), reduced, keep));
  return record("logsumexp", std::move(value),
                edge(x, [x, kept](const Array& gradient, const Array& output, GradSink& sink) {
                  Array result = uninitialised(x.shape());
                  detail::compute_into(
                      result,
                      [](auto g, auto x, auto y) { return g * where(x == y, 1.0, exp(x - y)); },
                      reshaped(gradient, kept), x.value(), reshaped(output, kept));
                  sink.add(std::move(result));
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
