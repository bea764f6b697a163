#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/batched_product.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reduction_kernels.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::Sides;

// One operand of a product, and the shape of its batch of matrices.
struct Operand {
  Var var;
  Shape batch;

  detail::Factor read(Transpose transpose) const { return {var.value().data(), batch, transpose}; }
};

// The gradient of the left operand: G B', added up over what its batch was repeated for.
auto left_step(const Sides& e, const Operand& a, const Operand& b, const Shape& batch) {
  return [e, own = a.batch, b, batch](const Array& gradient, const Array&, GradSink& sink) {
    detail::batched_product({e.m, e.k, e.n}, 1, {gradient.data(), batch}, b.read(Transpose::kYes),
                            sink.adds(), sink.data(), own);
  };
}

// The gradient of the right operand: A' G.
auto right_step(const Sides& e, const Operand& a, const Operand& b, const Shape& batch) {
  return [e, a, own = b.batch, batch](const Array& gradient, const Array&, GradSink& sink) {
    detail::batched_product({e.k, e.n, e.m}, 1, a.read(Transpose::kYes), {gradient.data(), batch},
                            sink.adds(), sink.data(), own);
  };
}

Shape with_last(Shape shape, std::size_t length) {
  shape.back() = length;
  return shape;
}

[[noreturn]] void refuse(const Shape& a, const Shape& b, const std::string& reason) {
  throw ShapeError(
      fmt::format("matmul: {} times {} does not fit: {}", to_string(a), to_string(b), reason));
}

}  // namespace

Var matmul(const Var& a, const Var& b) {
  const Shape& left = a.shape();
  const Shape& right = b.shape();
  const bool row = left.size() == 1;
  const bool column = right.size() == 1;
  if (left.empty() || right.empty() || left.back() != right[right.size() - (column ? 1 : 2)]) {
    refuse(left, right,
           fmt::format("expected (..., m, k) times (..., k, n), where k is {}",
                       left.empty() ? 0 : left.back()));
  }
  const Operand x = {a, detail::leading(left, row ? 1 : 2)};
  const Operand y = {b, detail::leading(right, column ? 1 : 2)};
  Shape batch;
  try {
    batch = broadcast_shape(x.batch, y.batch, "as batches of matrices");
  } catch (const ShapeError& error) {
    refuse(left, right, error.what());
  }
  const Sides e = {row ? 1 : left[left.size() - 2], column ? 1 : right.back(), left.back()};
  std::vector<std::size_t> lengths(batch.begin(), batch.end());
  if (!row) lengths.push_back(e.m);
  if (!column) lengths.push_back(e.n);
  Array value = uninitialised(Shape(lengths.begin(), lengths.end()));
  detail::batched_product(e, 1, x.read(Transpose::kNo), y.read(Transpose::kNo), false, value.data(),
                          batch);
  return record("matmul", std::move(value), edge(a, left_step(e, x, y, batch)),
                edge(b, right_step(e, x, y, batch)));
}

Var matvec(const Var& matrix, const Var& vectors) {
  if (matrix.dimension() != 2 || vectors.dimension() == 0 ||
      vectors.shape().back() != matrix.shape()[1]) {
    throw ShapeError(
        fmt::format("matvec: a matrix of shape {} and vectors of shape {} do not fit: expected (m, "
                    "k) and (..., k)",
                    to_string(matrix.shape()), to_string(vectors.shape())));
  }
  if (vectors.dimension() == 1) return matmul(matrix, vectors);
  const std::size_t m = matrix.shape()[0], k = matrix.shape()[1];
  const std::size_t count = size_of(with_last(vectors.shape(), 1));
  const Operand rows = {vectors, {}};
  const Operand columns = {matrix, {}};
  Array value = uninitialised(with_last(vectors.shape(), m));
  detail::batched_product({count, m, k}, 1, rows.read(Transpose::kNo),
                          columns.read(Transpose::kYes), false, value.data(), {});
  return record(
      "matvec", std::move(value),
      edge(matrix,
           [m, k, count, rows](const Array& gradient, const Array&, GradSink& sink) {
             detail::batched_product({m, k, count}, 1, {gradient.data(), {}, Transpose::kYes},
                                     rows.read(Transpose::kNo), sink.adds(), sink.data(), {});
           }),
      edge(vectors, [m, k, count, columns](const Array& gradient, const Array&, GradSink& sink) {
        detail::batched_product({count, k, m}, 1, {gradient.data(), {}},
                                columns.read(Transpose::kNo), sink.adds(), sink.data(), {});
      }));
}

Var linear(const Var& x, const Var& weight, const Var& bias) {
  const Shape& w = weight.shape();
  if (w.size() != 2) {
    throw ShapeError(
        fmt::format("linear: the weight has shape {}, expected (in, out)", to_string(w)));
  }
  if (x.dimension() == 0 || x.shape().back() != w[0]) {
    throw ShapeError(
        fmt::format("linear: input {} does not fit weight {}: the last dimension must be {}",
                    to_string(x.shape()), to_string(w), w[0]));
  }
  if (bias.dimension() != 1 || bias.size() != w[1]) {
    throw ShapeError(fmt::format("linear: bias {} does not fit weight {}: expected ({})",
                                 to_string(bias.shape()), to_string(w), w[1]));
  }
  const Sides e = {size_of(with_last(x.shape(), 1)), w[1], w[0]};
  Array value = uninitialised(with_last(x.shape(), e.n));
  const MatrixView<const real> bias_rows = {bias.value().data(), 0};
  const std::size_t out = std::max<std::size_t>(1, e.n);
  gemm(Transpose::kNo, Transpose::kNo, e.m, e.n, e.k, real(1),
       {x.value().data(), std::max<std::size_t>(1, e.k)}, {weight.value().data(), out}, bias_rows,
       {value.data(), out});
  // The rows of a whole batch are one product.
  const Operand rows = {x, {}};
  const Operand columns = {weight, {}};
  return record("linear", std::move(value), edge(x, left_step(e, rows, columns, {})),
                edge(weight, right_step(e, rows, columns, {})),
                edge(bias, [e](const Array& gradient, const Array&, GradSink& sink) {
                  detail::sum_rows(gradient.data(), e.m, e.n, sink.adds(), sink.data());
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
