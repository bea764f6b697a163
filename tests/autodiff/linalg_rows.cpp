#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// Matrices of long doubles, one after the other.
struct Longs {
  std::size_t count, rows, columns;
  std::vector<Long> data;

  Longs(std::size_t c, std::size_t m, std::size_t n)
      : count(c), rows(m), columns(n), data(c * m * n) {}
  Long& at(std::size_t c, std::size_t i, std::size_t j) {
    return data[(c * rows + i) * columns + j];
  }
};

Plain plain(const Longs& x, const Shape& shape) {
  return {shape, std::vector<double>(x.data.begin(), x.data.end())};
}

std::size_t count_of(const Shape& shape, std::size_t matrix_axes) {
  std::size_t count = 1;
  for (std::size_t i = 0; i + matrix_axes < shape.size(); ++i) count *= shape[i];
  return count;
}

Array swapped(const Array& x) {
  Shape shape = x.shape();
  const std::size_t m = shape[shape.size() - 2];
  const std::size_t n = shape.back();
  std::swap(shape[shape.size() - 2], shape.back());
  Array result = uninitialised(shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    result.data()[i / (m * n) * (m * n) + i % n * m + i / n % m] = x.data()[i];
  }
  return result;
}

Var swapped(const Var& x) {
  return record("swapped", swapped(x.value()),
                edge(x, [](const Array& gradient, const Array&, GradSink& sink) {
                  sink.add(swapped(gradient));
                }));
}

// x x' + n I, positive definite whatever x is: what operations are fed so that moving an element of
// x keeps them defined. A vector is a column.
Var definite(const Var& x) {
  if (x.dimension() == 1) return definite(reshape(x, {x.size(), 1}));
  const std::size_t n = x.shape()[x.dimension() - 2];
  Array unit = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) unit.data()[i * (n + 1)] = static_cast<real>(n);
  return matmul(x, swapped(x)) + unit;
}

Longs definite(const Plain& x) {
  const bool vector = x.shape.size() == 1;
  const std::size_t n = vector ? x.shape[0] : x.shape[x.shape.size() - 2];
  const std::size_t m = vector ? 1 : x.shape.back();
  Longs a(vector ? 1 : count_of(x.shape, 2), n, n);
  for (std::size_t c = 0; c < a.count; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        a.at(c, i, j) = i == j ? Long(n) : 0;
        for (std::size_t k = 0; k < m; ++k) {
          a.at(c, i, j) += Long(x.data[(c * n + i) * m + k]) * x.data[(c * n + j) * m + k];
        }
      }
    }
  }
  return a;
}

Longs factor(Longs a) {
  Longs l(a.count, a.rows, a.rows);
  for (std::size_t c = 0; c < a.count; ++c) {
    for (std::size_t i = 0; i < a.rows; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        Long rest = a.at(c, i, j);
        for (std::size_t k = 0; k < j; ++k) rest -= l.at(c, i, k) * l.at(c, j, k);
        l.at(c, i, j) = i == j ? std::sqrt(rest) : rest / l.at(c, j, j);
      }
    }
  }
  return l;
}

// The solution for matrix `c` of l and the columns of b, in place; forwards, or backwards for l'.
void solve(Longs& l, std::size_t c, bool transposed, Longs& x, std::size_t item) {
  const std::size_t n = l.rows;
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = transposed ? n - 1 - step : step;
    for (std::size_t j = 0; j < x.columns; ++j) {
      Long rest = x.at(item, i, j);
      for (std::size_t p = 0; p < n; ++p) {
        if (transposed ? p > i : p < i) {
          rest -= (transposed ? l.at(c, p, i) : l.at(c, i, p)) * x.at(item, p, j);
        }
      }
      x.at(item, i, j) = rest / l.at(c, i, i);
    }
  }
}

Plain solve_reference(const Plains& x, bool transposed) {
  Longs l = definite(x[0]);
  const std::size_t n = l.rows;
  const bool vector = x[1].shape.size() == 1;
  const Shape left =
      x[0].shape.size() == 1 ? Shape{} : Shape(x[0].shape.begin(), x[0].shape.end() - 2);
  const Shape right = vector ? Shape{} : Shape(x[1].shape.begin(), x[1].shape.end() - 2);
  const std::size_t k = vector ? 1 : x[1].shape.back();
  const Shape batch = broadcast_shape(left, right, "reference");
  Longs result(size_of(batch), n, k);
  for (std::size_t item = 0; item < result.count; ++item) {
    const std::size_t from = broadcast_index(batch, item, right) * n * k;
    std::copy_n(x[1].data.begin() + static_cast<std::ptrdiff_t>(from), n * k,
                result.data.begin() + static_cast<std::ptrdiff_t>(item * n * k));
    solve(l, broadcast_index(batch, item, left), transposed, result, item);
  }
  return plain(result, vector ? joined(batch, {n}) : joined(batch, {n, k}));
}

Plain inverse_reference(const Plain& x) {
  Longs l = factor(definite(x));
  Longs result(l.count, l.rows, l.rows);
  for (std::size_t c = 0; c < l.count; ++c) {
    for (std::size_t i = 0; i < l.rows; ++i) result.at(c, i, i) = 1;
    solve(l, c, false, result, c);
    solve(l, c, true, result, c);
  }
  return plain(result, x.shape);
}

Plain log_determinant_reference(const Plain& x) {
  Longs l = factor(definite(x));
  Plain result{Shape(x.shape.begin(), x.shape.end() - 2), {}};
  for (std::size_t c = 0; c < l.count; ++c) {
    Long total = 0;
    for (std::size_t i = 0; i < l.rows; ++i) total += 2 * std::log(l.at(c, i, i));
    result.data.push_back(static_cast<double>(total));
  }
  return result;
}

Plain diagonal_reference(const Plain& x) {
  const std::size_t m = x.shape[x.shape.size() - 2];
  const std::size_t n = x.shape.back();
  Plain result{joined(Shape(x.shape.begin(), x.shape.end() - 2), {std::min(m, n)}), {}};
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    if (i / n % m == i % n) result.data.push_back(x.data[i]);
  }
  return result;
}

}  // namespace

void add_linalg(Table& t) {
  // One matrix; a few; a register of them and more; none; larger than a block of plain loops.
  const std::vector<std::vector<Shape>> squares = {{{5, 5}},     {{1, 1}},       {{2, 3, 3}},
                                                   {{19, 2, 2}}, {{2, 9, 3, 3}}, {{0, 0}},
                                                   {{3, 0, 0}},  {{0, 3, 3}},    {{37, 37}}};
  structural(
      t, "cholesky(a)", "", 1, [](const Vars& v) { return cholesky(definite(v[0])); }, squares,
      [](const Plains& x) { return plain(factor(definite(x[0])), x[0].shape); });
  structural(
      t, "log_determinant(a)", "", 1, [](const Vars& v) { return log_determinant(definite(v[0])); },
      squares, [](const Plains& x) { return log_determinant_reference(x[0]); });
  structural(
      t, "inverse_spd(a)", "", 1, [](const Vars& v) { return inverse_spd(definite(v[0])); },
      squares, [](const Plains& x) { return inverse_reference(x[0]); });
  structural(
      t, "diagonal(x)", "", 1, [](const Vars& v) { return diagonal(v[0]); },
      {{{4, 4}}, {{2, 3, 5}}, {{2, 2, 5, 3}}, {{1, 1}}, {{0, 3}}, {{2, 0, 0}}},
      [](const Plains& x) { return diagonal_reference(x[0]); });
  for (const bool transposed : {false, true}) {
    const Transpose way = transposed ? Transpose::kYes : Transpose::kNo;
    structural(
        t, "triangular_solve(l, b, transpose)", transposed ? "transposed" : "", 2,
        [way](const Vars& v) { return triangular_solve(definite(v[0]), v[1], way); },
        {{{4, 4}, {4, 3}},
         {{4, 4}, {4}},
         {{1, 1}, {1, 1}},
         {{2, 3, 3}, {2, 3, 2}},
         {{2, 3, 3}, {3}},
         {{3, 3}, {2, 3, 2}},
         {{3, 3}, {21, 3, 1}},
         {{2, 1, 3, 3}, {1, 20, 3, 1}},
         {{21, 2, 2}, {21, 2, 3}},
         {{21, 2, 2}, {2, 3}},
         {{5, 1, 2, 2}, {4, 2, 1}},
         {{19, 19}, {19, 2}},
         {{0, 0}, {0, 3}},
         {{3, 3}, {3, 0}},
         {{0, 3, 3}, {1, 3, 2}},
         {{1, 3, 3}, {0, 3, 2}}},
        [transposed](const Plains& x) { return solve_reference(x, transposed); });
  }
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
