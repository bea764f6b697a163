#include <algorithm>
#include <atomic>
#include <cmath>
#include <evident/autodiff/cholesky.hpp>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/gemm.hpp>
#include <evident/autodiff/interleaved.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/autodiff/trsm.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

// The largest order at which plain loops are faster than blocks of them joined by products.
constexpr std::size_t kPlain = 32;
static_assert(kLargestInterleaved <= kPlain, "lanes run the plain loops");
constexpr std::size_t kBlock = 64;

// ---- Plain loops, for one matrix or, with E a register, for one in each lane ----

// The lower factor in the place of the lower triangle. Where a pivot is not positive, the diagonal
// there is 0 or not a number.
template <class E>
void factor(std::size_t n, E* a, std::size_t stride) {
  using std::sqrt;
  E column[kPlain];
  for (std::size_t j = 0; j < n; ++j) {
    E& pivot = a[j * stride + j];
    pivot = sqrt(pivot);
    const E inverse = E(1) / pivot;
    for (std::size_t i = j + 1; i < n; ++i) {
      column[i] = a[i * stride + j] *= inverse;
      E* row = a + i * stride;
      for (std::size_t k = j + 1; k <= i; ++k) row[k] -= column[i] * column[k];
    }
  }
}

// Turns the gradient f of a factor l into that of the lower triangle it was computed from (Murray
// 2016, section 3.1); lower triangles only.
template <class E>
void adjoint(std::size_t n, const E* l, std::size_t l_stride, E* f, std::size_t f_stride) {
  for (std::size_t j = n; j-- > 0;) {
    const E* own = l + j * l_stride;
    E* result = f + j * f_stride;
    const E inverse = E(1) / own[j];
    E sum = E(0);
    for (std::size_t i = j + 1; i < n; ++i) sum += l[i * l_stride + j] * f[i * f_stride + j];
    const E pivot = (result[j] - sum * inverse) * inverse;
    for (std::size_t k = 0; k < j; ++k) result[k] -= pivot * own[k];
    for (std::size_t i = j + 1; i < n; ++i) {
      const E* below = l + i * l_stride;
      E* gradient = f + i * f_stride;
      const E scaled = gradient[j] *= inverse;
      for (std::size_t k = 0; k < j; ++k) {
        result[k] -= scaled * below[k];
        gradient[k] -= scaled * own[k];
      }
    }
    result[j] = E(0.5) * pivot;
  }
}

// The inverse of a lower-triangular matrix, in its place.
template <class E>
void invert(std::size_t n, E* l, std::size_t stride) {
  E sum[kPlain];
  for (std::size_t i = 0; i < n; ++i) {
    E* row = l + i * stride;
    std::fill_n(sum, i, E(0));
    for (std::size_t k = 0; k < i; ++k) {
      const E* above = l + k * stride;
      for (std::size_t j = 0; j <= k; ++j) sum[j] += row[k] * above[j];
    }
    row[i] = E(1) / row[i];
    for (std::size_t j = 0; j < i; ++j) row[j] = -row[i] * sum[j];
  }
}

// The lower triangle of W' W for a lower-triangular W.
template <class E>
void gram(std::size_t n, const E* w, std::size_t w_stride, E* result, std::size_t stride) {
  for (std::size_t k = 0; k < n; ++k) {
    const E* row = w + k * w_stride;
    for (std::size_t i = 0; i <= k; ++i) {
      E* to = result + i * stride;
      if (k == i) std::fill_n(to, i + 1, E(0));
      for (std::size_t j = 0; j <= i; ++j) to[j] += row[i] * row[j];
    }
  }
}

// ---- Blocks, for one matrix ----

using Matrix = MatrixView<real>;
using ConstMatrix = MatrixView<const real>;

// The part of a matrix that begins at row i and column j.
Matrix part(Matrix x, std::size_t i, std::size_t j) {
  return {x.data + i * x.stride + j, x.stride};
}
ConstMatrix read(Matrix x) { return {x.data, x.stride}; }
ConstMatrix part(ConstMatrix x, std::size_t i, std::size_t j) {
  return {x.data + i * x.stride + j, x.stride};
}

// C -= op(A) op(B), in tiles small enough that threads can share the work of one matrix.
void subtract(Transpose ta, Transpose tb, std::size_t m, std::size_t n, std::size_t k,
              ConstMatrix a, ConstMatrix b, Matrix c) {
  constexpr std::size_t kRows = 64;
  constexpr std::size_t kColumns = 128;
  const std::size_t across = (n + kColumns - 1) / kColumns;
  if (k == 0) return;
  parallel((m + kRows - 1) / kRows * across, [&](std::size_t tile) {
    const std::size_t i = tile / across * kRows;
    const std::size_t j = tile % across * kColumns;
    gemm(ta, tb, std::min(kRows, m - i), std::min(kColumns, n - j), k, real(-1),
         ta == Transpose::kYes ? part(a, 0, i) : part(a, i, 0),
         tb == Transpose::kYes ? part(b, j, 0) : part(b, 0, j), real(1), part(c, i, j));
  });
}

std::size_t block_of(std::size_t n) { return n <= 2 * kBlock ? kPlain : kBlock; }

bool positive(real pivot) { return pivot > 0 && pivot < std::numeric_limits<real>::infinity(); }

// The factor, block of columns by block of columns; stops where there is none. What is above the
// diagonal is overwritten.
bool factor_blocks(std::size_t n, Matrix a) {
  if (n <= kPlain) {
    factor(n, a.data, a.stride);
    for (std::size_t i = 0; i < n; ++i) {
      if (!positive(a.data[i * a.stride + i])) return false;
    }
    return true;
  }
  const std::size_t block = block_of(n);
  for (std::size_t j = 0; j < n; j += block) {
    const std::size_t width = std::min(block, n - j);
    const ConstMatrix done = read(part(a, j, 0));
    subtract(Transpose::kNo, Transpose::kYes, n - j, width, j, done, done, part(a, j, j));
    if (!factor_blocks(width, part(a, j, j))) return false;
    trsm(Side::kRight, Transpose::kYes, n - j - width, width, read(part(a, j, j)),
         part(a, j + width, j));
  }
  return true;
}

// The adjoint by blocks of columns, last first (Murray 2016, section 3.3). With the names of the
// paper, rows and columns of L are split in
//     R D
//     B C
// where D is the block on the diagonal.
void adjoint_blocks(std::size_t n, ConstMatrix l, Matrix f) {
  if (n <= kPlain) return adjoint(n, l.data, l.stride, f.data, f.stride);
  const std::size_t block = block_of(n);
  std::array<real, kBlock * kBlock> sum;
  for (std::size_t j = (n - 1) / block * block;; j -= block) {
    const std::size_t width = std::min(block, n - j);
    const std::size_t end = j + width;
    const std::size_t below = n - end;
    const Matrix d = part(f, j, j);
    const ConstMatrix c = read(part(f, end, j));
    trsm(Side::kRight, Transpose::kNo, below, width, part(l, j, j), part(f, end, j));
    subtract(Transpose::kNo, Transpose::kNo, below, j, width, c, part(l, j, 0), part(f, end, 0));
    subtract(Transpose::kYes, Transpose::kNo, width, width, below, c, part(l, end, j), d);
    adjoint_blocks(width, part(l, j, j), d);
    subtract(Transpose::kYes, Transpose::kNo, width, j, below, c, part(l, end, 0), part(f, j, 0));
    for (std::size_t i = 0; i < width; ++i) {
      for (std::size_t k = 0; k <= i; ++k) {
        const real value = d.data[i * d.stride + k];
        sum[i * width + k] = k == i ? 2 * value : value;
        sum[k * width + i] = sum[i * width + k];
      }
    }
    subtract(Transpose::kNo, Transpose::kNo, width, j, width, {sum.data(), width}, part(l, j, 0),
             part(f, j, 0));
    if (j == 0) return;
  }
}

// The inverse of a lower-triangular matrix in its place, by halves:
//     inv(A 0; B C) = (inv A, 0; -inv C B inv A, inv C).
void invert_blocks(std::size_t n, Matrix l) {
  if (n <= kPlain) return invert(n, l.data, l.stride);
  const std::size_t half = (n / 2 + kPlain - 1) / kPlain * kPlain;
  const Matrix b = part(l, half, 0);
  const Matrix c = part(l, half, half);
  trsm(Side::kLeft, Transpose::kNo, n - half, half, read(c), b);
  trsm(Side::kRight, Transpose::kNo, n - half, half, read(l), b);
  for (std::size_t i = 0; i < n - half; ++i) {
    real* row = b.data + i * b.stride;
    for (std::size_t j = 0; j < half; ++j) row[j] = -row[j];
  }
  invert_blocks(half, l);
  invert_blocks(n - half, c);
}

// The lower triangle of W' W; a little above the diagonal is overwritten.
void gram_blocks(std::size_t n, ConstMatrix w, Matrix result) {
  if (n <= kPlain) return gram(n, w.data, w.stride, result.data, result.stride);
  parallel((n + kBlock - 1) / kBlock, [&](std::size_t index) {
    const std::size_t i = index * kBlock;
    const std::size_t width = std::min(kBlock, n - i);
    gemm(Transpose::kYes, Transpose::kNo, width, i + width, n - i, real(1), part(w, i, i),
         part(w, i, 0), real(0), part(result, i, 0));
  });
}

// ---- Whole batches ----

void copy_lower(std::size_t n, const real* from, real* to) {
  for (std::size_t i = 0; i < n; ++i) {
    std::copy_n(from + i * n, i + 1, to + i * n);
    std::fill_n(to + i * n + i + 1, n - i - 1, real(0));
  }
}

void clear_upper(std::size_t n, real* x) {
  for (std::size_t i = 0; i < n; ++i) std::fill_n(x + i * n + i + 1, n - i - 1, real(0));
}

// Copies the lower triangle, times `factor` off the diagonal, to the upper one, in blocks that the
// cache holds.
void mirror(std::size_t n, real factor, real* x) {
  parallel((n + kBlock - 1) / kBlock, [&](std::size_t index) {
    const std::size_t last = std::min(n, (index + 1) * kBlock);
    for (std::size_t left = 0; left < last; left += kBlock) {
      for (std::size_t i = index * kBlock; i < last; ++i) {
        for (std::size_t j = left; j < std::min(i, left + kBlock); ++j) {
          x[j * n + i] = x[i * n + j] *= factor;
        }
      }
    }
  });
}

// Calls `work(matrix)` for every one of a batch that is not interleaved. A few large ones come one
// after the other: the threads share the work of each.
template <class Work>
void for_each_matrix(std::size_t count, std::size_t n, Work work) {
  constexpr std::size_t kTask = 65536;  // multiplications that are worth another thread's attention
  if (count < 4 && n > 2 * kBlock) {
    for (std::size_t matrix = 0; matrix < count; ++matrix) work(matrix);
    return;
  }
  const std::size_t length = std::max<std::size_t>(1, kTask / (n * n * n / 3 + 64));
  parallel((count + length - 1) / length, [&](std::size_t part) {
    const std::size_t end = std::min(count, (part + 1) * length);
    for (std::size_t matrix = part * length; matrix < end; ++matrix) work(matrix);
  });
}

// Writes symmetric matrices of which `x` is the lower triangle.
void scatter_symmetric(Square& x, std::size_t n, const Places<real>& to) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) x[j * kStride + i] = x[i * kStride + j];
  }
  for (std::size_t i = 0; i < n; ++i) scatter(x.data() + i * kStride, n, to, i * n);
}

}  // namespace

std::optional<NotPositiveDefinite> cholesky_factor(std::size_t count, std::size_t n, const real* a,
                                                   real* l) {
  const std::size_t size = n * n;
  std::atomic<bool> good{true};
  if (interleaves(count, n)) {
    for_each_group(count, size * n / 6 + 2 * size * kLanes, [&](std::size_t first) {
      Square x;
      gather_lower(places(a, size, first, count), n, x);
      factor(n, x.data(), kStride);
      auto all = x[0] > 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        Interleaved* row = x.data() + i * kStride;
        all = all && row[i] > 0.0 && row[i] < std::numeric_limits<double>::infinity();
        std::fill(row + i + 1, row + n, Interleaved(0.0));
        scatter(row, n, places(l, size, first, count), i * n);
      }
      if (!xsimd::all(all.bits)) good = false;
    });
  } else {
    for_each_matrix(count, n, [&](std::size_t matrix) {
      real* to = l + matrix * size;
      copy_lower(n, a + matrix * size, to);
      if (!factor_blocks(n, {to, n})) good = false;
      if (n > kPlain) clear_upper(n, to);
    });
  }
  for (std::size_t matrix = 0; !good && matrix < count; ++matrix) {
    for (std::size_t i = 0; i < n; ++i) {
      if (!positive(l[matrix * size + i * n + i])) return NotPositiveDefinite{matrix, i + 1};
    }
  }
  return std::nullopt;
}

void cholesky_adjoint(std::size_t count, std::size_t n, const real* l, const real* gradient,
                      real* result) {
  const std::size_t size = n * n;
  if (interleaves(count, n)) {
    for_each_group(count, size * n / 3 + 2 * size * kLanes, [&](std::size_t first) {
      Square x, f;
      gather_lower(places(l, size, first, count), n, x);
      gather_lower(places(gradient, size, first, count), n, f);
      adjoint(n, x.data(), kStride, f.data(), kStride);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) f[i * kStride + j] *= 0.5;
      }
      scatter_symmetric(f, n, places(result, size, first, count));
    });
    return;
  }
  for_each_matrix(count, n, [&](std::size_t matrix) {
    real* to = result + matrix * size;
    copy_lower(n, gradient + matrix * size, to);
    adjoint_blocks(n, {l + matrix * size, n}, {to, n});
    mirror(n, real(0.5), to);
  });
}

void cholesky_inverse(std::size_t count, std::size_t n, const real* l, real* result) {
  const std::size_t size = n * n;
  if (interleaves(count, n)) {
    for_each_group(count, size * n / 3 + 2 * size * kLanes, [&](std::size_t first) {
      Square w, x;
      gather_lower(places(l, size, first, count), n, w);
      invert(n, w.data(), kStride);
      gram(n, w.data(), kStride, x.data(), kStride);
      scatter_symmetric(x, n, places(result, size, first, count));
    });
    return;
  }
  // Taken here: a worker's own share of the pool may be empty.
  std::vector<real, PoolAllocator<real>> inverses(l, l + count * size);
  for_each_matrix(count, n, [&](std::size_t matrix) {
    real* w = inverses.data() + matrix * size;
    real* to = result + matrix * size;
    invert_blocks(n, {w, n});
    gram_blocks(n, {w, n}, {to, n});
    mirror(n, real(1), to);
  });
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
