#include <algorithm>
#include <evident/autodiff/batched_product.hpp>
#include <evident/autodiff/broadcast.hpp>
#include <evident/autodiff/threads.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

// What a call of BLAS costs, in multiplications.
constexpr std::size_t kCall = 4096;
// Elements of C that gemm's own tiles share out well.
constexpr std::size_t kLarge = 4 * 256 * 256;

using Indices = std::vector<std::size_t, PoolAllocator<std::size_t>>;

Transpose other(Transpose t) { return t == Transpose::kYes ? Transpose::kNo : Transpose::kYes; }

// The matrices of one factor or of the result, as the loop over the batch meets them.
struct Matrices {
  std::size_t operand;  // of the loop
  bool moves;           // along a row of the loop
  std::size_t size;     // elements of one
  Transpose transpose = Transpose::kNo;
  const real* data = nullptr;

  // Whether they may be read in this way: a row and a column lie alike in memory.
  bool lie(Transpose way, std::size_t rows, std::size_t columns) const {
    return transpose == way || rows == 1 || columns == 1;
  }
};

// C = alpha op(A) op(B) + (adds ? C : 0) for matrices stored without gaps.
void multiply(const Sides& e, real alpha, Transpose ta, Transpose tb, const real* a, const real* b,
              bool adds, real* c) {
  const std::size_t a_stride = std::max<std::size_t>(1, ta == Transpose::kYes ? e.m : e.k);
  const std::size_t b_stride = std::max<std::size_t>(1, tb == Transpose::kYes ? e.k : e.n);
  gemm(ta, tb, e.m, e.n, e.k, alpha, {a, a_stride}, {b, b_stride}, adds ? real(1) : real(0),
       {c, std::max<std::size_t>(1, e.n)});
}

// Calls `work` for 0 ... count, several at a time where each takes few multiplications.
template <class Work>
void in_parts(std::size_t count, std::size_t multiplications, Work work) {
  constexpr std::size_t kTask = 262144;  // multiplications worth another thread's attention
  const std::size_t length = std::max<std::size_t>(1, kTask / multiplications);
  parallel((count + length - 1) / length, [&](std::size_t part) {
    for (std::size_t i = part * length; i < std::min(count, (part + 1) * length); ++i) work(i);
  });
}

}  // namespace

void batched_product(Sides e, real alpha, const Factor& a, const Factor& b, bool adds, real* c,
                     const Shape& c_batch) {
  const Shape* const batches[] = {&a.batch, &b.batch, &c_batch};
  const Shape shape =
      broadcast_shape(broadcast_shape(a.batch, b.batch, "matmul"), c_batch, "matmul");
  const BroadcastLoop loop(shape, batches, 3, "matmul");
  Matrices left = {0, loop.moves(0), e.m * e.k, a.transpose, a.data};
  Matrices right = {1, loop.moves(1), e.k * e.n, b.transpose, b.data};
  const Matrices result = {2, loop.moves(2), e.m * e.n};
  std::size_t results = size_of(c_batch);
  if (size_of(shape) == 0) {
    if (!adds) std::fill_n(c, results * result.size, real(0));
    return;
  }

  // Neighbours along a row of the loop that share a matrix are one product with longer sides.
  std::size_t run = loop.columns();
  std::size_t joined = 1;  // results that one product writes
  if (e.n == 1 && !left.moves && result.moves) {
    // C' = B' A', and C' lies as C does.
    std::swap(left, right);
    std::swap(e.m, e.n);
    left.transpose = other(left.transpose);
    right.transpose = other(right.transpose);
  }
  if (!right.moves && result.moves && left.lie(Transpose::kNo, e.m, e.k)) {
    left.transpose = Transpose::kNo;
    joined = std::exchange(run, 1);
    e.m *= joined;
    results /= joined;
  } else if (!result.moves && left.lie(Transpose::kYes, e.m, e.k) &&
             right.lie(Transpose::kNo, e.k, e.n)) {
    left.transpose = Transpose::kYes;
    right.transpose = Transpose::kNo;
    e.k *= std::exchange(run, 1);
  }

  const std::size_t products = loop.rows() * run;
  const auto place = [&](const Matrices& matrices, std::size_t i) {
    return loop.offset(matrices.operand, i / run) + (matrices.moves ? i % run : 0);
  };
  const auto compute = [&](std::size_t i, bool onto) {
    multiply(e, alpha, left.transpose, right.transpose, left.data + place(left, i) * left.size,
             right.data + place(right, i) * right.size, onto, c + place(result, i) * result.size);
  };
  // Every result is the sum of equally many products, in the order of the loop.
  const std::size_t terms = products / results;
  Indices order;
  if (terms > 1 && results > 1) {
    order.resize(products);
    Indices found(results, 0);
    for (std::size_t i = 0; i < products; ++i) {
      const std::size_t to = place(result, i) / joined;
      order[to * terms + found[to]++] = i;
    }
  }
  const auto sum = [&](std::size_t to) {
    for (std::size_t i = to * terms; i < (to + 1) * terms; ++i) {
      compute(order.empty() ? i : order[i], adds || i > to * terms);
    }
  };
  if (e.m * e.n > kLarge) {
    for (std::size_t to = 0; to < results; ++to) sum(to);
  } else {
    in_parts(results, terms * (e.m * e.n * e.k + kCall), sum);
  }
}

Shape leading(const Shape& shape, std::size_t count) {
  return Shape(shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(count));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
