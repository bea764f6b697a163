#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/random_groups.hpp>
#include <evident/distributions/samplers/categorical.hpp>
#include <evident/distributions/samplers/weight_scale.hpp>
#include <limits>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using groups::kGroup;
using D = Lanes<double>;

template <class T>
using Pooled = std::vector<T, PoolAllocator<T>>;

// Sums that never fall: `sums[j]` of the weights 0 ... j. Past the last positive weight, infinity:
// no draw gets there, whatever the rounding. Returns the total.
template <class Weight>
double accumulate(std::size_t k, Weight weight, double* sums) {
  double total = 0;
  std::size_t last = 0;
  for (std::size_t j = 0; j < k; ++j) {
    const double next = total + weight(j);
    if (next > total) last = j;
    sums[j] = total = next;
  }
  std::fill(sums + last, sums + k, std::numeric_limits<double>::infinity());
  return total > 0 ? total : std::numeric_limits<double>::quiet_NaN();
}

double accumulate(const real* row, std::size_t k, bool logits, double* sums) {
  if (!logits) {
    const auto scaled = [&](double scale) {
      return accumulate(
          k, [&](std::size_t j) { return scale * static_cast<double>(row[j]); }, sums);
    };
    const double total = scaled(1);
    return std::isinf(total) ? scaled(detail::weight_scale(k)) : total;
  }
  const real largest = *std::max_element(row, row + k);
  for (std::size_t j = 0; j < k; ++j) sums[j] = static_cast<double>(row[j]) - largest;
  const std::size_t whole = k - k % D::kWidth;
  for (std::size_t j = 0; j < whole; j += D::kWidth) exp(D::load(sums + j)).store(sums + j);
  if (whole < k) {
    double rest[D::kWidth] = {};
    std::copy(sums + whole, sums + k, rest);
    exp(D::load(rest)).store(rest);
    std::copy(rest, rest + (k - whole), sums + whole);
  }
  if (largest == std::numeric_limits<real>::infinity()) {
    for (std::size_t j = 0; j < k; ++j) sums[j] = row[j] == largest ? 1 : 0;
  }
  return accumulate(
      k, [&](std::size_t j) { return sums[j]; }, sums);
}

// How many of the k sums are at most `target`: halving without branches.
std::size_t count_at_most(const double* sums, std::size_t k, double target) {
  const double* from = sums;
  while (k > 1) {
    const std::size_t half = k / 2;
    from += from[half - 1] <= target ? half : 0;
    k -= half;
  }
  return static_cast<std::size_t>(from - sums) + (*from <= target ? 1 : 0);
}

// The rows' sums. With `cells`, a power of two, a row also knows where the search for a u of each
// equal cell of (0, 1) begins.
struct Table {
  std::size_t k;
  std::size_t cells = 0;
  Pooled<double> sums;
  Pooled<double> totals;
  Pooled<std::uint32_t> guide;

  void build(const Array& weights, bool logits) {
    const std::size_t rows = weights.size() / k;
    sums.resize(rows * k);
    totals.resize(rows);
    guide.resize(rows * cells);
    const std::size_t per_task = std::max<std::size_t>(1, 4096 / k);
    parallel((rows + per_task - 1) / per_task, [&](std::size_t task) {
      for (std::size_t row = task * per_task; row < std::min(rows, (task + 1) * per_task); ++row) {
        double* own = sums.data() + row * k;
        totals[row] = accumulate(weights.data() + row * k, k, logits, own);
        std::uint32_t outcome = 0;
        for (std::size_t cell = 0; cell < cells; ++cell) {
          const double target =
              static_cast<double>(cell) / static_cast<double>(cells) * totals[row];
          while (own[outcome] <= target) ++outcome;
          guide[row * cells + cell] = outcome;
        }
      }
    });
  }

  std::size_t find(std::size_t row, double u) const {
    const double* own = sums.data() + row * k;
    const double target = u * totals[row];
    if (cells == 0) return count_at_most(own, k, target);
    const auto cell = static_cast<std::size_t>(u * static_cast<double>(cells));
    std::size_t outcome = guide[row * cells + cell];
    while (own[outcome] <= target) ++outcome;
    return outcome;
  }
};

// Counts for a whole group of one short row: every sum against every draw.
void count_group(const double* sums, std::size_t k, double total, double* u) {
  for (std::size_t i = 0; i < kGroup; i += 4 * D::kWidth) {
    static_assert(kGroup % (4 * D::kWidth) == 0);
    D target[4];
    D count[4];
    for (std::size_t r = 0; r < 4; ++r) {
      target[r] = total * D::load(u + i + r * D::kWidth);
      count[r] = 0.0;
    }
    for (std::size_t j = 0; j + 1 < k; ++j) {
      const D sum = sums[j];
      for (std::size_t r = 0; r < 4; ++r) {
        count[r] = where(sum <= target[r], count[r] + 1.0, count[r]);
      }
    }
    for (std::size_t r = 0; r < 4; ++r) count[r].store(u + i + r * D::kWidth);
  }
}

real outcome_or_nan(std::size_t outcome, double total) {
  return std::isnan(total) ? std::numeric_limits<real>::quiet_NaN() : static_cast<real>(outcome);
}

Array drawn(const Array& weights, bool logits, const Shape& sample_shape, Rng& rng,
            const char* function) {
  if (weights.dimension() == 0 || weights.shape().back() == 0) {
    throw ShapeError(
        fmt::format("{}: {} of shape {} have no outcomes: their last axis must hold some", function,
                    logits ? "logits" : "weights", to_string(weights.shape())));
  }
  constexpr std::size_t kShort = 24;  // a row that is compared with whole registers of draws
  const std::size_t k = weights.shape().back();
  const std::size_t rows = weights.size() / k;
  const Shape batch(weights.shape().begin(), weights.shape().end() - 1);
  const Shape shape = joined(sample_shape, batch);
  const std::size_t draws = size_of(shape);
  const Draw draw = rng.next();
  const auto uniforms = [&](std::uint64_t index, double* u) {
    groups::uniform_group(draw, index, 0, u);
  };
  if (draws == rows && rows > 1) {
    // Each row is used once, and not kept.
    return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
      alignas(kAlignment) double u[kGroup];
      uniforms(index, u);
      Pooled<double> sums(k);
      const std::size_t first = index * kGroup;
      for (std::size_t i = 0; i < std::min(kGroup, rows - first); ++i) {
        const double total = accumulate(weights.data() + (first + i) * k, k, logits, sums.data());
        out[i] = outcome_or_nan(count_at_most(sums.data(), k, u[i] * total), total);
      }
    });
  }
  Table table{k, 0, {}, {}, {}};
  if (draws == 0) return uninitialised(shape);
  if (k > kShort && draws / rows >= k / 8) {
    table.cells = 1;
    while (table.cells < 2 * k) table.cells *= 2;
  }
  table.build(weights, logits);
  if (rows == 1 && k <= kShort) {
    return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
      alignas(kAlignment) double u[kGroup];
      uniforms(index, u);
      count_group(table.sums.data(), k, table.totals[0], u);
      const double nothing = table.totals[0] - table.totals[0];  // 0, or NaN
      for (std::size_t i = 0; i < kGroup; ++i) out[i] = static_cast<real>(u[i] + nothing);
    });
  }
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    alignas(kAlignment) double u[kGroup];
    uniforms(index, u);
    std::size_t row = index * kGroup % rows;
    for (std::size_t i = 0; i < kGroup; ++i) {
      out[i] = outcome_or_nan(table.find(row, u[i]), table.totals[row]);
      row = row + 1 == rows ? 0 : row + 1;
    }
  });
}

}  // namespace

Array categorical(const Array& weights, const Shape& sample_shape, Rng& rng) {
  return drawn(weights, false, sample_shape, rng, "categorical");
}

Array categorical_from_logits(const Array& logits, const Shape& sample_shape, Rng& rng) {
  return drawn(logits, true, sample_shape, rng, "categorical_from_logits");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
