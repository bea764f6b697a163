#include <algorithm>
#include <evident/autodiff/batched_product.hpp>
#include <evident/autodiff/broadcast.hpp>
#include <evident/autodiff/interleaved.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/autodiff/triangular.hpp>
#include <evident/autodiff/trsm.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

constexpr std::size_t kCall = 1024;      // what a call of BLAS costs, in multiplications
constexpr std::size_t kMostColumns = 8;  // of matrices that are interleaved

// Calls `work(first, size)` for parts of 0 ... count that fit a row of interleaved elements.
template <class Work>
void in_chunks(std::size_t count, Work work) {
  for (std::size_t i = 0; i < count; i += kLargestInterleaved) {
    work(i, std::min(kLargestInterleaved, count - i));
  }
}

// Plain loops over the n x k matrix x, one in each lane; of l the lower triangle is set.
void solve(Transpose transpose, std::size_t n, std::size_t k, const Interleaved* l,
           Interleaved* x) {
  const bool forwards = transpose == Transpose::kNo;
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = forwards ? step : n - 1 - step;
    Interleaved* row = x + i * k;
    for (std::size_t p = 0; forwards && p < i; ++p) {
      for (std::size_t c = 0; c < k; ++c) row[c] -= l[i * kStride + p] * x[p * k + c];
    }
    for (std::size_t c = 0; c < k; ++c) row[c] /= l[i * kStride + i];
    for (std::size_t p = 0; !forwards && p < i; ++p) {
      for (std::size_t c = 0; c < k; ++c) x[p * k + c] -= l[i * kStride + p] * row[c];
    }
  }
}

}  // namespace

void solve_triangular(Transpose transpose, std::size_t n, std::size_t k, const real* l,
                      const Shape& l_batch, const Shape& batch, real* x) {
  const Shape* const shapes[] = {&l_batch, &batch};
  const BroadcastLoop loop(batch, shapes, 2, "triangular_solve");
  const std::size_t run = loop.columns();
  const std::size_t count = loop.rows() * run;
  if (count * n * k == 0) return;
  const auto factor = [&](std::size_t i) {
    return l + (loop.offset(0, i / run) + (loop.moves(0) ? i % run : 0)) * n * n;
  };
  const bool interleaved = k <= kMostColumns && interleaves(count, n);

  if (k == 1 && !loop.moves(0) && run >= (interleaved ? kLanes : 2)) {
    // Vectors that share a factor are the rows of one matrix: x' op(L)' = b'.
    const Transpose other = transpose == Transpose::kYes ? Transpose::kNo : Transpose::kYes;
    parallel(loop.rows(), [&](std::size_t row) {
      trsm(Side::kRight, other, run, n, {factor(row * run), n}, {x + row * run * n, n});
    });
  } else if (interleaved) {
    for_each_group(count, n * n * k / 2 + (n * n / 2 + 2 * n * k) * kLanes, [&](std::size_t first) {
      Square lower;
      std::array<Interleaved, kLargestInterleaved * kMostColumns> solution;
      Places<const real> factors;
      for (std::size_t i = 0; i < kLanes; ++i) factors[i] = factor(std::min(first + i, count - 1));
      gather_lower(factors, n, lower);
      const Places<real> at = places(x, n * k, first, count);
      in_chunks(n * k,
                [&](std::size_t i, std::size_t size) { gather(at, i, size, solution.data() + i); });
      solve(transpose, n, k, lower.data(), solution.data());
      in_chunks(n * k, [&](std::size_t i, std::size_t size) {
        scatter(solution.data() + i, size, at, i);
      });
    });
  } else {
    constexpr std::size_t kTask = 131072;  // multiplications worth another thread's attention
    const std::size_t each = n * n * k / 2 + kCall;
    const std::size_t length = count < 4 ? count : std::max<std::size_t>(1, kTask / each);
    parallel((count + length - 1) / length, [&](std::size_t part) {
      for (std::size_t i = part * length; i < std::min(count, (part + 1) * length); ++i) {
        trsm(Side::kLeft, transpose, n, k, {factor(i), n}, {x + i * n * k, k});
      }
    });
  }
}

void subtracted_outer(std::size_t n, std::size_t k, const real* x, const real* y,
                      const Shape& batch, real* result, const Shape& result_batch) {
  constexpr std::size_t kBlock = 128;
  const std::size_t count = size_of(result_batch);
  if (n <= kBlock || size_of(batch) != count) {
    batched_product({n, n, k}, -1, {x, batch}, {y, batch, Transpose::kYes}, false, result,
                    result_batch);
  } else {  // large: only what is below the diagonal, and the blocks on it
    const std::size_t blocks = (n + kBlock - 1) / kBlock;
    parallel(count * blocks, [&](std::size_t task) {
      const std::size_t matrix = task / blocks;
      const std::size_t i = task % blocks * kBlock;
      const std::size_t height = std::min(kBlock, n - i);
      gemm(Transpose::kNo, Transpose::kYes, height, i + height, k, real(-1),
           {x + (matrix * n + i) * k, k}, {y + matrix * n * k, k}, real(0),
           {result + (matrix * n + i) * n, n});
    });
  }
  for (std::size_t i = 0; i < count * n; ++i) {
    std::fill(result + i * n + i % n + 1, result + (i + 1) * n, real(0));
  }
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
