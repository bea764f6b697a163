#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/tape.hpp>
#include <functional>
#include <string>
#include <vector>

#include "../numbers.hpp"

using namespace evident;

namespace {

struct ErrorRow {
  std::string what;  // the misuse
  std::function<void()> misuse;
  std::string message;  // how it begins
};

// A batch of unit matrices, with one element changed.
Var units(const Shape& batch, std::size_t n, std::size_t element, double value) {
  Array result = zeros(joined(batch, {n, n}));
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (i / n % n == i % n) result.data()[i] = 1;
  }
  result.data()[element] = static_cast<real>(value);
  return result;
}

Var ones_of(const Shape& shape) { return ones(shape); }

using evident::testing::kInf;
using evident::testing::kNan;

const ErrorRow kShapes[] = {
    {"cholesky: not square",
     [] {
       cholesky(ones_of({2, 3, 4}));
     },
     "cholesky: got (2, 3, 4), expected square matrices (..., n, n)"},
    {"cholesky: a vector", [] { cholesky(ones_of({3})); },
     "cholesky: got (3), expected square matrices (..., n, n)"},
    {"log_determinant: a scalar", [] { log_determinant(2.0); },
     "log_determinant: got (), expected square matrices (..., n, n)"},
    {"inverse_spd: not square",
     [] {
       inverse_spd(ones_of({3, 2}));
     },
     "inverse_spd: got (3, 2), expected square matrices (..., n, n)"},
    {"diagonal: a vector", [] { diagonal(ones_of({3})); },
     "diagonal: got (3), expected matrices (..., m, n)"},
    {"triangular_solve: factor",
     [] {
       triangular_solve(ones_of({2, 3}), ones_of({3}));
     },
     "triangular_solve: got (2, 3), expected square matrices (..., n, n)"},
    {"triangular_solve: a scalar",
     [] {
       triangular_solve(ones_of({1, 1}), 1.0);
     },
     "triangular_solve: factor (1, 1) and right-hand side () do not fit: expected a vector (1) or "
     "matrices (..., 1, k)"},
    {"triangular_solve: a longer vector",
     [] {
       triangular_solve(ones_of({3, 3}), ones_of({4}));
     },
     "triangular_solve: factor (3, 3) and right-hand side (4) do not fit: expected a vector (3) or "
     "matrices (..., 3, k)"},
    {"triangular_solve: vectors without their axis",
     [] {
       triangular_solve(ones_of({3, 3}), ones_of({7, 4}));
     },
     "triangular_solve: factor (3, 3) and right-hand side (7, 4) do not fit: expected a vector (3) "
     "or matrices (..., 3, k)"},
    {"triangular_solve: batches",
     [] {
       triangular_solve(ones_of({2, 3, 3}), ones_of({5, 3, 1}));
     },
     "triangular_solve: factor (2, 3, 3) and right-hand side (5, 3, 1) do not fit: as batches: "
     "shapes (2) and (5) do not broadcast: axis 0 has lengths 2 and 5, which must be equal or 1"},
    {"matvec: sides",
     [] {
       matvec(ones_of({3, 4}), ones_of({2, 3}));
     },
     "matvec: a matrix of shape (3, 4) and vectors of shape (2, 3) do not fit: expected (m, k) and "
     "(..., k)"},
    {"matvec: a batch of matrices",
     [] {
       matvec(ones_of({2, 3, 4}), ones_of({2, 4}));
     },
     "matvec: a matrix of shape (2, 3, 4) and vectors of shape (2, 4) do not fit: expected (m, k) "
     "and (..., k)"},
    {"matmul: batches",
     [] {
       matmul(ones_of({2, 3, 4}), ones_of({5, 4, 6}));
     },
     "matmul: (2, 3, 4) times (5, 4, 6) does not fit: as batches of matrices: shapes (2) and (5) "
     "do "
     "not broadcast: axis 0 has lengths 2 and 5, which must be equal or 1"},
    {"matmul: sides of batches",
     [] {
       matmul(ones_of({2, 3, 4}), ones_of({2, 3, 4}));
     },
     "matmul: (2, 3, 4) times (2, 3, 4) does not fit: expected (..., m, k) times (..., k, n), "
     "where "
     "k is 4"},
    {"matmul: a vector and a batch",
     [] {
       matmul(ones_of({3}), ones_of({2, 4, 3}));
     },
     "matmul: (3) times (2, 4, 3) does not fit: expected (..., m, k) times (..., k, n), where k is "
     "3"},
};

const ErrorRow kValues[] = {
    {"one matrix", [] { cholesky(units({}, 3, 4, -0.25)); },
     "cholesky: the matrix, 3 x 3, is not positive definite: its leading minor of order 2 is not "
     "positive (pivot -0.25): "},
    {"a pivot that elimination makes negative",
     [] {
       cholesky(matrix({{4, 0, 0}, {2, 5, 0}, {6, 5, 10}}));
     },
     "cholesky: the matrix, 3 x 3, is not positive definite: its leading minor of order 3 is not "
     "positive (pivot 0): "},
    {"the first of two bad ones, among many small ones",
     [] {
       Var a = units({4, 20}, 3, 27 * 9 + 8, 0);
       a.mutable_value().data()[61 * 9] = -1;
       cholesky(a);
     },
     "cholesky: matrix (1, 7) of the batch (4, 20), 3 x 3, is not positive definite: its leading "
     "minor of order 3 is not positive (pivot 0): "},
    {"the last of a batch", [] { log_determinant(units({37}, 2, 36 * 4 + 3, -2)); },
     "log_determinant: matrix (36) of the batch (37), 2 x 2, is not positive definite: its leading "
     "minor of order 2 is not positive (pivot -2): "},
    {"deep in a large matrix", [] { inverse_spd(units({2}, 200, 40000 + 150 * 201, -3)); },
     "inverse_spd: matrix (1) of the batch (2), 200 x 200, is not positive definite: its leading "
     "minor of order 151 is not positive (pivot -3): "},
    {"NaN",
     [] {
       cholesky(units({2, 1}, 4, 16 + 9, kNan));
     },
     "cholesky: matrix (1, 0) of the batch (2, 1), 4 x 4, holds nan at row 2, column 1: "},
    {"NaN in a large matrix", [] { cholesky(units({}, 100, 7000, kNan)); },
     "cholesky: the matrix, 100 x 100, holds nan at row 70, column 0: "},
    {"infinite", [] { cholesky(units({}, 2, 3, kInf)); },
     "cholesky: the matrix, 2 x 2, holds inf at row 1, column 1: "},
    {"negative infinite, among many", [] { cholesky(units({40}, 2, 5 * 4 + 2, -kInf)); },
     "cholesky: matrix (5) of the batch (40), 2 x 2, holds -inf at row 1, column 0: "},
};

std::string message_of(const ErrorRow& row, bool& shapes) {
  try {
    row.misuse();
  } catch (const ShapeError& error) {
    shapes = true;
    return error.what();
  } catch (const Error& error) {
    shapes = false;
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("linalg errors: shapes that do not fit") {
  for (const ErrorRow& row : kShapes) {
    INFO(row.what);
    bool shapes = false;
    CHECK_EQ(message_of(row, shapes), row.message);
    CHECK(shapes);
  }
}

TEST_CASE("linalg errors: what has no factor says which, where and what to do") {
  for (const ErrorRow& row : kValues) {
    INFO(row.what);
    bool shapes = true;
    const std::string message = message_of(row, shapes);
    CHECK_EQ(message.substr(0, row.message.size()), row.message);
    CHECK_FALSE(shapes);
    const bool undefined = message.find("holds") != std::string::npos;
    CHECK_NE(message.find(undefined ? "look for what computed it" : "jitter"), std::string::npos);
    CHECK_EQ(message.find('\n'), std::string::npos);
  }
}

TEST_CASE("linalg errors: nothing above the diagonal is read") {
  const Var upper = units({30}, 3, 17 * 9 + 2, kNan);
  CHECK_EQ(log_determinant(upper).value().data()[17], 0);
  CHECK_EQ(inverse_spd(upper).value().data()[17 * 9 + 2], 0);
  CHECK_EQ(cholesky(units({}, 90, 89, kNan)).value().data()[89], 0);
  CHECK_EQ(triangular_solve(upper, ones({3, 1})).value().data()[17 * 3], 1);
  CHECK_EQ(triangular_solve(upper, ones({3, 1}), Transpose::kYes).value().data()[17 * 3 + 2], 1);
  CHECK_EQ(triangular_solve(units({}, 90, 89, kNan), ones({90})).value().data()[89], 1);
}
