#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/threads.hpp>
#include <evident/autodiff/trsm.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <limits>
#include <vector>

#include "../numbers.hpp"

using namespace evident;
using namespace evident::reference;

namespace {

using evident::testing::kNan;

struct TrsmCase {
  Side side;
  Transpose transpose;
  std::size_t m, n;
  std::size_t gap;  // between the rows of either matrix
};

// The right-hand side and its solution, with NaN in the gaps, and the factor, with NaN in its gaps
// and above its diagonal.
struct System {
  std::size_t order, stride, l_stride;
  std::vector<real> l, b;

  explicit System(const TrsmCase& t)
      : order(t.side == Side::kLeft ? t.m : t.n),
        stride(t.n + t.gap + (t.n + t.gap == 0)),
        l_stride(order + t.gap + (order + t.gap == 0)),
        l(order * l_stride + 1, kNan),
        b(t.m * stride + 1, kNan) {
    const Plain left = draw({order, order}, {-1, 1}, 1);
    for (std::size_t i = 0; i < order; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        const double value = left.data[i * order + j];
        l[i * l_stride + j] = static_cast<real>(i == j ? 2 + value : value / double(order));
      }
    }
    const Plain right = draw({t.m, t.n}, {-1, 1}, 2);
    for (std::size_t i = 0; i < t.m; ++i) {
      for (std::size_t j = 0; j < t.n; ++j) {
        b[i * stride + j] = static_cast<real>(right.data[i * t.n + j]);
      }
    }
  }

  void solve(const TrsmCase& t) {
    trsm(t.side, t.transpose, t.m, t.n, {l.data(), l_stride}, {b.data(), stride});
  }
  // The element of op(L).
  double factor(const TrsmCase& t, std::size_t i, std::size_t j) const {
    if (t.transpose == Transpose::kYes) std::swap(i, j);
    return j > i ? 0 : l[i * l_stride + j];
  }
};

void check(const TrsmCase& t) {
  INFO("m ", t.m, ", n ", t.n, ", gap ", t.gap, ", left ", t.side == Side::kLeft, ", transposed ",
       t.transpose == Transpose::kYes);
  const System before(t);
  System after(t);
  after.solve(t);
  double worst = 0;
  bool gaps_untouched = std::isnan(after.b.back());
  for (std::size_t i = 0; i < t.m; ++i) {
    for (std::size_t j = 0; j < t.n; ++j) {
      double product = 0;
      for (std::size_t k = 0; k < after.order; ++k) {
        product += t.side == Side::kLeft ? after.factor(t, i, k) * after.b[k * after.stride + j]
                                         : after.b[i * after.stride + k] * after.factor(t, k, j);
      }
      const double error = std::abs(product - before.b[i * after.stride + j]);
      if (!(error <= worst)) worst = error;
    }
    for (std::size_t j = t.n; j < after.stride; ++j) {
      gaps_untouched = gaps_untouched && std::isnan(after.b[i * after.stride + j]);
    }
  }
  CHECK_LE(worst, 8 * std::numeric_limits<real>::epsilon());
  CHECK(gaps_untouched);
}

template <class Check>
void for_each_way(Check check_way) {
  for (const Side side : {Side::kLeft, Side::kRight}) {
    for (const Transpose transpose : {Transpose::kNo, Transpose::kYes}) check_way(side, transpose);
  }
}

}  // namespace

TEST_CASE("trsm: both sides, both transpositions, every kind of shape") {
  for_each_way([](Side side, Transpose transpose) {
    for (const std::size_t m : {0, 1, 5, 33, 130}) {
      for (const std::size_t n : {0, 1, 4, 65, 129})
        check({side, transpose, m, n, (m + n) % 3 * 2});
    }
  });
}

TEST_CASE("trsm: the same bits for any number of threads") {
  const std::size_t before = threads();
  for_each_way([](Side side, Transpose transpose) {
    const TrsmCase t = {side, transpose, side == Side::kLeft ? std::size_t{90} : 500,
                        side == Side::kLeft ? std::size_t{500} : 90, 0};
    std::vector<std::vector<real>> results;
    for (const std::size_t count : {1, 2, 3}) {
      set_threads(count);
      System system(t);
      system.solve(t);
      system.b.pop_back();  // the NaN behind the end
      results.push_back(system.b);
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
  });
  set_threads(before);
}
