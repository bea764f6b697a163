#include <evident/autodiff/products.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// The axes of a batch of matrices, or of one vector, which is a matrix without an axis.
Shape batch_of(const Shape& shape) {
  return shape.size() < 2 ? Shape{} : Shape(shape.begin(), shape.end() - 2);
}

Plain matmul_reference(const Plains& x) {
  const bool row = x[0].shape.size() == 1;
  const bool column = x[1].shape.size() == 1;
  const std::size_t m = row ? 1 : x[0].shape[x[0].shape.size() - 2];
  const std::size_t k = x[0].shape.back();
  const std::size_t n = column ? 1 : x[1].shape.back();
  const Shape left = batch_of(x[0].shape);
  const Shape right = batch_of(x[1].shape);
  const Shape batch = broadcast_shape(left, right, "reference");
  Shape shape = batch;
  if (!row) shape = joined(shape, {m});
  if (!column) shape = joined(shape, {n});
  Plain y{shape, {}};
  for (std::size_t i = 0; i < size_of(shape); ++i) {
    const std::size_t item = i / (m * n);
    const std::size_t a = broadcast_index(batch, item, left) * m * k + i / n % m * k;
    const std::size_t b = broadcast_index(batch, item, right) * k * n + i % n;
    Long total = 0;
    for (std::size_t l = 0; l < k; ++l) total += Long(x[0].data[a + l]) * x[1].data[b + l * n];
    y.data.push_back(static_cast<double>(total));
  }
  return y;
}

Plain linear_reference(const Plains& x) {
  Plain y = matmul_reference({x[0], x[1]});
  for (std::size_t i = 0; i < y.data.size(); ++i) y.data[i] += x[2].data[i % x[2].data.size()];
  return y;
}

Plain matvec_reference(const Plains& x) {
  const std::size_t m = x[0].shape[0], k = x[0].shape[1];
  Shape shape = x[1].shape;
  shape.back() = m;
  Plain y{shape, {}};
  for (std::size_t i = 0; i < size_of(shape); ++i) {
    Long total = 0;
    for (std::size_t l = 0; l < k; ++l) {
      total += Long(x[0].data[i % m * k + l]) * x[1].data[i / m * k + l];
    }
    y.data.push_back(static_cast<double>(total));
  }
  return y;
}

}  // namespace

void add_products(Table& t) {
  structural(
      t, "matmul(a, b)", "", 2, [](const Vars& v) { return matmul(v[0], v[1]); },
      {{{3, 4}, {4, 5}},
       {{2, 3, 4}, {4, 5}},
       {{4}, {4, 5}},
       {{3, 4}, {4}},
       {{4}, {4}},
       {{2, 3, 4}, {4}},
       {{1, 1}, {1, 1}},
       {{17, 37}, {37, 9}},
       {{0, 4}, {4, 5}},
       {{3, 0}, {0, 5}},
       {{3, 4}, {4, 0}},
       {{0}, {0}},
       {{2, 0, 4}, {4, 3}},
       {{2, 3, 0}, {0, 2}},
       // batches on both sides, that broadcast, with every choice of what is repeated
       {{2, 3, 4}, {2, 4, 5}},
       {{3, 2, 4}, {1, 4, 2}},
       {{1, 3, 4}, {2, 4, 5}},
       {{3, 4}, {2, 4, 5}},
       {{2, 1, 3, 2}, {4, 2, 3}},
       {{4, 3, 2}, {2, 1, 2, 3}},
       {{2, 3, 2, 4}, {1, 3, 4, 1}},
       {{2, 3, 1, 4}, {2, 1, 4, 3}},
       {{3, 1, 2, 2}, {1, 2, 2, 2}},
       {{2, 1, 3, 1, 2, 2}, {3, 1, 2, 2, 2}},
       // vectors and batches
       {{4}, {2, 4, 5}},
       {{4}, {3, 2, 4, 1}},
       {{2, 2, 3, 4}, {4}},
       {{3, 4}, {5, 4, 1}},
       {{2, 1, 3, 4}, {5, 4, 1}},
       {{5, 3, 1}, {5, 1, 3}},
       // nothing in one place or another
       {{0, 3, 4}, {0, 4, 2}},
       {{1, 3, 4}, {0, 4, 2}},
       {{0, 3, 4}, {4, 2}},
       {{2, 3, 0}, {2, 0, 2}},
       {{2, 0, 3}, {2, 3, 2}},
       {{3, 0, 2}, {3, 2, 0}},
       // past what plain loops compute
       {{3, 9, 7}, {3, 7, 8}},
       {{9, 7}, {3, 7, 8}}},
      matmul_reference);
  structural(
      t, "matvec(matrix, vectors)", "", 2, [](const Vars& v) { return matvec(v[0], v[1]); },
      {{{3, 4}, {4}},
       {{3, 4}, {2, 4}},
       {{3, 4}, {3, 4}},
       {{3, 4}, {2, 1, 4}},
       {{17, 37}, {9, 37}},
       {{1, 1}, {1, 1}},
       {{0, 4}, {2, 4}},
       {{3, 0}, {2, 0}},
       {{3, 4}, {0, 4}}},
      matvec_reference);
  structural(
      t, "linear(x, weight, bias)", "", 3, [](const Vars& v) { return linear(v[0], v[1], v[2]); },
      {{{3, 4}, {4, 5}, {5}},
       {{4}, {4, 5}, {5}},
       {{2, 3, 4}, {4, 5}, {5}},
       {{17, 37}, {37, 9}, {9}},
       {{0, 4}, {4, 5}, {5}},
       {{3, 0}, {0, 5}, {5}},
       {{3, 4}, {4, 0}, {0}}},
      linear_reference);
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
