#include <algorithm>
#include <cmath>
#include <cstdint>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/reduction_kernels.hpp>
#include <evident/autodiff/threads.hpp>
#include <limits>
#include <type_traits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

using L = Lanes<real>;
constexpr std::size_t kBlock = 1024;    // elements summed in `real`; blocks are added in double
constexpr std::size_t kTask = 32768;    // elements that are worth another thread's attention
constexpr std::size_t kColumns = 2048;  // sums of columns that are kept close at a time
constexpr std::size_t kMostParts = 16;  // of rows whose columns are summed
using parts::kInfinity;

std::size_t parts_of(std::size_t count, std::size_t length) {
  return (count + length - 1) / length;
}

// Calls `work(first, last)` on parts of 0 ... count, of about a task's elements each.
template <class Work>
void in_parts(std::size_t count, std::size_t elements_each, Work work) {
  const std::size_t length =
      std::max<std::size_t>(1, kTask / std::max<std::size_t>(1, elements_each));
  parallel(parts_of(count, length),
           [&](std::size_t part) { work(part * length, std::min(count, (part + 1) * length)); });
}

// Reduces one contiguous run in parts: `one(first, count)` for each, combined in their order.
template <class One, class Combine>
double in_order(std::size_t count, double start, One one, Combine combine) {
  if (count <= kTask) return combine(start, one(0, count));
  std::vector<double, PoolAllocator<double>> results(parts_of(count, kTask));
  parallel(results.size(), [&](std::size_t part) {
    results[part] = one(part * kTask, std::min(kTask, count - part * kTask));
  });
  for (const double result : results) start = combine(start, result);
  return start;
}

// Reduces every contiguous run of (outer, middle, 1): `one(x, count)` to a double.
template <class One, class Combine>
void each_run(const Extents& e, const real* x, real* out, double start, One one, Combine combine) {
  in_parts(e.outer, e.middle, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const real* run = x + i * e.middle;
      out[i] = static_cast<real>(in_order(
          e.middle, start, [&](std::size_t at, std::size_t count) { return one(run + at, count); },
          combine));
    }
  });
}

double sum_contiguous(const real* x, std::size_t count) {
  double total = 0;
  for (std::size_t block = 0; block < count; block += kBlock) {
    const std::size_t end = std::min(count, block + kBlock);
    L sums[4] = {0.0, 0.0, 0.0, 0.0};
    std::size_t i = block;
    for (; i + 4 * L::kWidth <= end; i += 4 * L::kWidth) {
      for (std::size_t k = 0; k < 4; ++k) sums[k] += L::load(x + i + k * L::kWidth);
    }
    L sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (; i + L::kWidth <= end; i += L::kWidth) sum += L::load(x + i);
    real result = xsimd::hadd(sum.v);
    for (; i < end; ++i) result += x[i];
    total += static_cast<double>(result);
  }
  return total;
}

// Sums the columns first ... last of rows of `stride` elements into `totals`.
void sum_columns(const real* x, std::size_t rows, std::size_t stride, std::size_t count,
                 double* totals) {
  alignas(kAlignment) real block[kColumns];
  for (std::size_t row = 0; row < rows; row += kBlock) {
    const std::size_t end = std::min(rows, row + kBlock);
    std::fill_n(block, count, real(0));
    std::size_t r = row;
    for (; r + 4 <= end; r += 4) {
      const real* from = x + r * stride;
      for (std::size_t j = 0; j < count; ++j) {
        block[j] += (from[j] + from[j + stride]) + (from[j + 2 * stride] + from[j + 3 * stride]);
      }
    }
    for (; r < end; ++r) {
      const real* from = x + r * stride;
      for (std::size_t j = 0; j < count; ++j) block[j] += from[j];
    }
    for (std::size_t j = 0; j < count; ++j) totals[j] += static_cast<double>(block[j]);
  }
}

template <bool largest>
real better(real a, real b) {
  return (largest ? a >= b : a <= b) || std::isnan(a) ? a : b;  // a NaN stays
}

// The better of many registers, and by the largest magnitude of their bits, above that of infinity,
// whether a NaN was among them: compares that make masks would take half as long again.
template <bool largest>
class BetterLanes {
 public:
  explicit BetterLanes(L first) : best_(first), bits_(magnitude(first)) {}

  void take(L x) {
    best_ = largest ? xsimd::max(best_.v, x.v) : xsimd::min(best_.v, x.v);
    bits_ = xsimd::max(bits_, magnitude(x));
  }
  void take(const BetterLanes& other) {
    take(other.best_);
    bits_ = xsimd::max(bits_, other.bits_);
  }
  // NaN where there was one.
  L result() const {
    const L size = xsimd::bitwise_cast<L::Register>(bits_);
    return where(size == size, best_, size);
  }

 private:
  using Word = std::conditional_t<sizeof(real) == 4, std::uint32_t, std::uint64_t>;
  using Bits = xsimd::batch<Word, xsimd::default_arch>;

  static Bits magnitude(L x) {
    return xsimd::bitwise_cast<Bits>(x.v) & Bits(static_cast<Word>(~Word(0)) >> 1);
  }

  L best_;
  Bits bits_;
};

template <bool largest>
real extreme_of(const real* x, std::size_t count) {
  constexpr std::size_t kChains = 4;  // that do not wait for each other
  real result =
      largest ? -std::numeric_limits<real>::infinity() : std::numeric_limits<real>::infinity();
  std::size_t i = 0;
  if (count >= kChains * L::kWidth) {
    using Best = BetterLanes<largest>;
    const L start(static_cast<double>(result));
    Best best[kChains] = {Best(start), Best(start), Best(start), Best(start)};
    for (; i + kChains * L::kWidth <= count; i += kChains * L::kWidth) {
      for (std::size_t k = 0; k < kChains; ++k) best[k].take(L::load(x + i + k * L::kWidth));
    }
    for (std::size_t k = 1; k < kChains; ++k) best[0].take(best[k]);
    alignas(kAlignment) real lanes[L::kWidth];
    best[0].result().store(lanes);
    for (const real lane : lanes) result = better<largest>(result, lane);
  }
  for (; i < count; ++i) result = better<largest>(result, x[i]);
  return result;
}

constexpr std::size_t kRowsAtOnce = 8;

// The best of several rows and of what is there already, element by element.
template <bool largest>
void better_rows(real* to, const real* row, std::size_t count) {
  std::size_t j = 0;
  for (; j + L::kWidth <= count; j += L::kWidth) {
    BetterLanes<largest> best(L::load(to + j));
    for (std::size_t r = 0; r < kRowsAtOnce; ++r) best.take(L::load(row + j + r * count));
    best.result().store(to + j);
  }
  for (; j < count; ++j) {
    for (std::size_t r = 0; r < kRowsAtOnce; ++r)
      to[j] = better<largest>(to[j], row[j + r * count]);
  }
}

template <bool largest>
void extreme_middle(const Extents& e, const real* x, real* out) {
  const double start = largest ? -kInfinity : kInfinity;
  if (e.inner == 1) {
    each_run(
        e, x, out, start,
        [](const real* run, std::size_t count) {
          return static_cast<double>(extreme_of<largest>(run, count));
        },
        [](double a, double b) { return (largest ? a >= b : a <= b) || std::isnan(a) ? a : b; });
    return;
  }
  in_parts(e.outer, e.middle * e.inner, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      real* to = out + i * e.inner;
      std::fill_n(to, e.inner, static_cast<real>(start));
      const real* row = x + i * e.middle * e.inner;
      std::size_t r = 0;
      for (; r + kRowsAtOnce <= e.middle; r += kRowsAtOnce)
        better_rows<largest>(to, row + r * e.inner, e.inner);
      for (; r < e.middle; ++r) {
        for (std::size_t j = 0; j < e.inner; ++j) {
          to[j] = better<largest>(to[j], row[r * e.inner + j]);
        }
      }
    }
  });
}

// The sum of exp(x - largest), of elements a step apart.
double sum_exp(const real* x, std::size_t count, std::size_t step, real largest) {
  double total = 0;
  for (std::size_t block = 0; block < count; block += kBlock) {
    const std::size_t end = std::min(count, block + kBlock);
    L sum = 0.0;
    std::size_t i = block;
    if (step == 1) {
      for (; i + L::kWidth <= end; i += L::kWidth) {
        sum += exp(L::load(x + i) - L(static_cast<double>(largest)));
      }
    }
    // The rest goes through a register as well: a term does not depend on its place.
    for (; i < end; i += L::kWidth) {
      alignas(kAlignment) real rest[L::kWidth];
      for (std::size_t k = 0; k < L::kWidth; ++k) {
        rest[k] = i + k < end ? x[(i + k) * step] : -std::numeric_limits<real>::infinity();
      }
      sum += exp(L::load(rest) - L(static_cast<double>(largest)));
    }
    total += static_cast<double>(xsimd::hadd(sum.v));
  }
  return total;
}

// An infinite or NaN maximum is the answer itself, and inf - inf must not spoil it.
real scaled_log(real largest, double sum) {
  return std::isfinite(largest) ? static_cast<real>(static_cast<double>(largest) + std::log(sum))
                                : largest;
}

}  // namespace

void sum_middle(const Extents& e, const real* x, real* out) {
  if (e.inner == 1) {
    each_run(e, x, out, 0, sum_contiguous, [](double a, double b) { return a + b; });
    return;
  }
  in_parts(e.outer, e.middle * e.inner, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      sum_rows(x + i * e.middle * e.inner, e.middle, e.inner, false, out + i * e.inner);
    }
  });
}

void sum_rows(const real* x, std::size_t rows, std::size_t columns, bool adds, real* out) {
  const std::size_t width = std::min(columns, kColumns);
  const std::size_t tiles = columns == 0 ? 0 : parts_of(columns, width);
  // Few enough parts for what they sum into to stay small beside the array.
  const std::size_t length = std::max(
      {std::size_t{1}, 2 * kTask / std::max<std::size_t>(width, 1), parts_of(rows, kMostParts)});
  const std::size_t parts = std::max<std::size_t>(1, parts_of(rows, length));
  // Taken here: a worker that gets its first task late would ask the system for memory then.
  std::vector<double, PoolAllocator<double>> totals(parts * columns, 0.0);
  parallel(parts * tiles, [&](std::size_t task) {
    const std::size_t row = task / tiles * length;
    const std::size_t column = task % tiles * width;
    sum_columns(x + row * columns + column, std::min(length, rows - std::min(rows, row)), columns,
                std::min(width, columns - column), totals.data() + task / tiles * columns + column);
  });
  for (std::size_t j = 0; j < columns; ++j) {
    double total = adds ? static_cast<double>(out[j]) : 0.0;
    for (std::size_t part = 0; part < parts; ++part) total += totals[part * columns + j];
    out[j] = static_cast<real>(total);
  }
}

void max_middle(const Extents& e, const real* x, real* out) { extreme_middle<true>(e, x, out); }

void min_middle(const Extents& e, const real* x, real* out) { extreme_middle<false>(e, x, out); }

void product_middle(const Extents& e, const real* x, real* out) {
  in_parts(e.outer * e.inner, e.middle, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const real* from = x + i / e.inner * e.middle * e.inner + i % e.inner;
      double product = 1;
      for (std::size_t r = 0; r < e.middle; ++r) product *= static_cast<double>(from[r * e.inner]);
      out[i] = static_cast<real>(product);
    }
  });
}

void products_of_others(const Extents& e, const real* x, const real* gradient, bool adds,
                        real* out) {
  std::vector<double, PoolAllocator<double>> before(e.outer * e.middle * e.inner);
  in_parts(e.outer * e.inner, 2 * e.middle, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t start = i / e.inner * e.middle * e.inner + i % e.inner;
      double product = 1;
      for (std::size_t r = 0; r < e.middle; ++r) {
        before[start + r * e.inner] = product;
        product *= static_cast<double>(x[start + r * e.inner]);
      }
      const double g = static_cast<double>(gradient[i]);
      product = 1;
      for (std::size_t r = e.middle; r-- > 0;) {
        const std::size_t at = start + r * e.inner;
        // 0 wins over what has grown beyond the largest number.
        const bool zero = (before[at] == 0 && std::isinf(product)) ||
                          (product == 0 && std::isinf(before[at])) || g == 0;
        const double term = zero ? 0 : g * (before[at] * product);
        out[at] = static_cast<real>((adds ? static_cast<double>(out[at]) : 0) + term);
        product *= static_cast<double>(x[at]);
      }
    }
  });
}

void logsumexp_middle(const Extents& e, const real* x, real* out) {
  max_middle(e, x, out);
  if (e.outer * e.inner == 1) {
    const real largest = *out;
    const double sum = in_order(
        e.middle, 0,
        [&](std::size_t at, std::size_t count) { return sum_exp(x + at, count, 1, largest); },
        [](double a, double b) { return a + b; });
    *out = scaled_log(largest, sum);
    return;
  }
  in_parts(e.outer * e.inner, 4 * e.middle, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const real* from = x + i / e.inner * e.middle * e.inner + i % e.inner;
      out[i] = scaled_log(out[i], sum_exp(from, e.middle, e.inner, out[i]));
    }
  });
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
