#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <evident/autodiff/gemm.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <limits>
#include <vector>

#include "../numbers.hpp"
#include "../thread_count.hpp"

using namespace evident;
using namespace evident::reference;

namespace {

using evident::testing::kNan;
using evident::testing::Threads;

// A matrix in memory whose rows are further apart than they are long; NaN in between.
struct Matrix {
  std::size_t rows, columns, stride;
  std::vector<real> data;

  Matrix(std::size_t r, std::size_t c, std::size_t gap, std::uint64_t seed)
      : rows(r), columns(c), stride(c + gap + (c + gap == 0)), data(r * stride + 1, kNan) {
    const Plain values = draw({r, c}, {-1, 1}, seed);
    for (std::size_t i = 0; i < r; ++i) {
      for (std::size_t j = 0; j < c; ++j)
        data[i * stride + j] = static_cast<real>(values.data[i * c + j]);
    }
  }
  MatrixView<const real> view() const { return {data.data(), stride}; }
  MatrixView<real> view() { return {data.data(), stride}; }
};

struct GemmCase {
  Transpose ta, tb;
  std::size_t m, n, k;
  double alpha, beta;
  std::size_t gap;
};

// What C should be, element by element in double.
std::vector<double> expected(const GemmCase& g, const Matrix& a, const Matrix& b, const Matrix& c) {
  std::vector<double> result(g.m * g.n);
  for (std::size_t i = 0; i < g.m; ++i) {
    double* row = result.data() + i * g.n;
    for (std::size_t l = 0; l < g.k; ++l) {
      const double left =
          g.ta == Transpose::kYes ? a.data[l * a.stride + i] : a.data[i * a.stride + l];
      const real* right = b.data.data() + (g.tb == Transpose::kYes ? l : l * b.stride);
      const std::size_t step = g.tb == Transpose::kYes ? b.stride : 1;
      for (std::size_t j = 0; j < g.n; ++j) row[j] += g.alpha * left * right[j * step];
    }
    if (g.beta == 0) continue;
    for (std::size_t j = 0; j < g.n; ++j) row[j] += g.beta * c.data[i * c.stride + j];
  }
  return result;
}

Matrix left_of(const GemmCase& g) {
  return g.ta == Transpose::kYes ? Matrix(g.k, g.m, g.gap, 1) : Matrix(g.m, g.k, g.gap, 1);
}
Matrix right_of(const GemmCase& g) {
  return g.tb == Transpose::kYes ? Matrix(g.n, g.k, g.gap, 2) : Matrix(g.k, g.n, g.gap, 2);
}

void run(const GemmCase& g, const Matrix& a, const Matrix& b, Matrix& c) {
  gemm(g.ta, g.tb, g.m, g.n, g.k, static_cast<real>(g.alpha), a.view(), b.view(),
       static_cast<real>(g.beta), c.view());
}

void check(const GemmCase& g) {
  INFO("m ", g.m, ", n ", g.n, ", k ", g.k, ", alpha ", g.alpha, ", beta ", g.beta, ", gap ", g.gap,
       ", transposed ", g.ta == Transpose::kYes, g.tb == Transpose::kYes);
  const Matrix a = left_of(g);
  const Matrix b = right_of(g);
  Matrix c(g.m, g.n, g.gap, 3);
  const std::vector<double> want = expected(g, a, b, c);
  if (g.beta == 0) std::fill(c.data.begin(), c.data.end(), kNan);  // written without being read
  run(g, a, b, c);
  // Every one of k + 2 additions may round a sum that stays well below k.
  const double allowed = std::numeric_limits<real>::epsilon() *
                         (2 + std::abs(g.beta) + std::abs(g.alpha) * static_cast<double>(g.k));
  double worst = 0;
  bool gaps_untouched = true;
  for (std::size_t i = 0; i < c.data.size(); ++i) {
    const std::size_t row = i / c.stride;
    const std::size_t column = i % c.stride;
    if (row >= g.m || column >= g.n) {
      gaps_untouched = gaps_untouched && std::isnan(c.data[i]);
      continue;
    }
    const double error = std::abs(c.data[i] - want[row * g.n + column]);
    if (!(error <= worst)) worst = error;
  }
  CHECK_LE(worst, allowed);
  CHECK(gaps_untouched);
}

constexpr Transpose kBoth[] = {Transpose::kNo, Transpose::kYes};

}  // namespace

TEST_CASE("gemm: every transposition, every kind of side") {
  const std::size_t sides[] = {0, 1, 17, 255, 257};
  const std::pair<double, double> factors[] = {{1, 0}, {1, 1}, {-0.5, 2}, {0, 1}, {2, 0}};
  std::size_t next = 0;
  for (const Transpose ta : kBoth) {
    for (const Transpose tb : kBoth) {
      for (const std::size_t m : sides) {
        for (const std::size_t n : sides) {
          for (const std::size_t k : sides) {
            const auto [alpha, beta] = factors[next % 5];
            check({ta, tb, m, n, k, alpha, beta, next % 3 * 5});
            ++next;
          }
        }
      }
    }
  }
}

TEST_CASE("gemm: sides at the edge of a tile and beyond it") {
  for (const Transpose ta : kBoth) {
    for (const Transpose tb : kBoth) {
      for (const std::size_t side : {256, 272, 512, 513}) {
        check({ta, tb, side, 3, 40, 1, 1, 0});
        check({ta, tb, 3, side, 40, 1, 0, 1});
        check({ta, tb, 3, 5, side, -1, 0.5, 2});
      }
      check({ta, tb, 300, 700, 150, 1, 0, 3});
    }
  }
}

TEST_CASE("gemm: by a vector large enough for parts, the same bits for any number of threads") {
  const std::pair<double, double> factors[] = {{1, 0}, {-0.5, 2}};
  for (const Transpose ta : kBoth) {
    for (const Transpose tb : kBoth) {
      for (const auto& [alpha, beta] : factors) {
        for (const std::size_t gap : {0, 3}) {
          check({ta, tb, 7001, 1, 50, alpha, beta, gap});
          check({ta, tb, 50, 1, 7001, alpha, beta, gap});
          check({ta, tb, 1, 7001, 50, alpha, beta, gap});
          check({ta, tb, 1, 50, 7001, alpha, beta, gap});
        }
      }
      const GemmCase g{ta, tb, 50, 1, 7001, 1, 0, 0};
      const Matrix a = left_of(g), b = right_of(g);
      std::vector<std::vector<real>> results;
      for (const std::size_t count : {1, 2, 3}) {
        const Threads scope(count);
        Matrix c(g.m, g.n, g.gap, 3);
        run(g, a, b, c);
        results.emplace_back(c.data.begin(), c.data.begin() + 50);
      }
      CHECK(results[0] == results[1]);
      CHECK(results[0] == results[2]);
    }
  }
}

TEST_CASE("gemm: every pair of factors") {
  for (const double alpha : {0.0, 1.0, -1.0, 0.25}) {
    for (const double beta : {0.0, 1.0, -1.0, 0.25}) {
      for (const std::size_t k : {0, 5})
        check({Transpose::kNo, Transpose::kYes, 300, 20, k, alpha, beta, 1});
    }
  }
}

TEST_CASE("gemm: begins from another matrix, or from one row for all") {
  for (const std::size_t m : {0, 1, 5, 300}) {
    for (const std::size_t n : {0, 1, 7, 270}) {
      for (const std::size_t k : {0, 1, 40}) {
        for (const bool one_row : {false, true}) {
          INFO("m ", m, ", n ", n, ", k ", k, ", one row ", one_row);
          const GemmCase g{Transpose::kNo, Transpose::kYes, m, n, k, 0.5, 1, 3};
          const Matrix a = left_of(g);
          const Matrix b = right_of(g);
          const Matrix start(one_row ? 1 : m, n, 2, 4);
          // The same by way of a copy and beta = 1, bit by bit.
          Matrix want(m, n, g.gap, 3);
          for (std::size_t i = 0; i < m; ++i) {
            std::copy_n(start.data.data() + (one_row ? 0 : i * start.stride), n,
                        want.data.data() + i * want.stride);
          }
          run(g, a, b, want);
          Matrix c(m, n, g.gap, 3);
          std::fill(c.data.begin(), c.data.end(), kNan);
          gemm(g.ta, g.tb, m, n, k, static_cast<real>(g.alpha), a.view(), b.view(),
               MatrixView<const real>{start.data.data(), one_row ? 0 : start.stride}, c.view());
          bool same = true;
          for (std::size_t i = 0; i < c.data.size(); ++i) {
            const bool gap = i / c.stride >= m || i % c.stride >= n;
            same = same && (gap ? std::isnan(c.data[i]) : c.data[i] == want.data[i]);
          }
          CHECK(same);
        }
      }
    }
  }
}

TEST_CASE("gemm: the same bits for any number of threads") {
  const std::size_t before = threads();
  for (const Transpose ta : kBoth) {
    for (const Transpose tb : kBoth) {
      const GemmCase g{ta, tb, 300, 700, 333, 1, 1, 0};
      const Matrix a = left_of(g);
      const Matrix b = right_of(g);
      std::vector<std::vector<real>> results;
      for (const std::size_t count : {1, 2, 3}) {
        set_threads(count);
        Matrix c(g.m, g.n, 0, 3);
        run(g, a, b, c);
        c.data.pop_back();  // the NaN behind the end
        results.push_back(c.data);
      }
      CHECK(results[0] == results[1]);
      CHECK(results[0] == results[2]);
    }
  }
  set_threads(before);
}
