#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <evident/autodiff/batched_product.hpp>
#include <evident/autodiff/cholesky.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/triangular.hpp>
#include <numeric>
#include <optional>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::leading;

// A batch of square matrices.
struct Squares {
  Shape batch;
  std::size_t count;
  std::size_t order;
};

Squares squares(const char* operation, const Shape& shape) {
  if (shape.size() < 2 || shape.back() != shape[shape.size() - 2]) {
    throw ShapeError(fmt::format("{}: got {}, expected square matrices (..., n, n)", operation,
                                 to_string(shape)));
  }
  const Shape batch = leading(shape, 2);
  return {batch, size_of(batch), shape.back()};
}

// Which matrix of a batch this is, in words.
std::string place(const Shape& batch, std::size_t matrix) {
  if (batch.empty()) return "the matrix";
  Shape index = batch;
  for (std::size_t axis = batch.size(); axis-- > 0; matrix /= batch[axis]) {
    index[axis] = matrix % batch[axis];
  }
  return fmt::format("matrix {} of the batch {}", to_string(index), to_string(batch));
}

[[noreturn]] void refuse(const char* operation, const Array& a, const Array& l, const Squares& s,
                         const detail::NotPositiveDefinite& failure) {
  const std::string which = place(s.batch, failure.matrix);
  const real* matrix = a.data() + failure.matrix * s.order * s.order;
  for (std::size_t i = 0; i < s.order; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const real value = matrix[i * s.order + j];
      if (std::isfinite(value)) continue;
      throw DomainError(
          fmt::format("{}: {}, {} x {}, holds {} at row {}, column {}: look for what "
                      "computed it",
                      operation, which, s.order, s.order, value, i, j));
    }
  }
  const std::size_t row = failure.order - 1;
  const real* factor = l.data() + (failure.matrix * s.order + row) * s.order;
  double pivot = matrix[row * s.order + row];
  for (std::size_t j = 0; j < row; ++j) pivot -= double(factor[j]) * double(factor[j]);
  throw DomainError(fmt::format(
      "{}: {}, {} x {}, is not positive definite: its leading minor of order {} is not positive "
      "(pivot {:.3g}): check what made it, or add jitter to its diagonal, such as 1e-6 of its mean",
      operation, which, s.order, s.order, failure.order, pivot));
}

// The factors of a batch.
Array factors(const char* operation, const Array& a, const Squares& s) {
  Array l = uninitialised(a.shape());
  const auto failure = detail::cholesky_factor(s.count, s.order, a.data(), l.data());
  if (failure) refuse(operation, a, l, s, *failure);
  return l;
}

// (M + M') / 2.
void symmetrise(std::size_t n, real* matrix) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      real& lower = matrix[i * n + j];
      real& upper = matrix[j * n + i];
      lower = upper = real(0.5) * (lower + upper);
    }
  }
}

// The sum of what an array of this shape was repeated for.
Array summed_to(Array x, const Shape& shape) {
  const std::size_t lead = x.dimension() - shape.size();
  Axes axes;
  for (std::size_t i = 0; i < x.dimension(); ++i) {
    if (i < lead || shape[i - lead] != x.shape()[i]) axes.push_back(static_cast<int>(i));
  }
  if (!axes.empty()) x = sum(Var(std::move(x)), axes).value();
  return reshaped(std::move(x), shape);
}

// The shapes of a solution: matrices of n x k, of which a vector is one with a column.
struct Solving {
  std::size_t n, k;
  Shape l_batch;
  Shape right;  // of b
  Shape batch;
  Shape shape;  // of x
  bool transposed;

  // Replaces b by x, or the gradient of x by that of b.
  void solve(const Var& l, bool backwards, Array& x) const {
    detail::solve_triangular(transposed == backwards ? Transpose::kNo : Transpose::kYes, n, k,
                             l.value().data(), l_batch, batch, x.data());
  }
};

// The solutions of a triangular system, whose two gradients have most of their work in common: with
// H = inv(op(L)') G, that of b is H, and that of L is -H x' or, transposed, -x H'.
class SolveRecord final : public detail::Record {
 public:
  SolveRecord(Var output, const Var& l, const Var& b, Solving s)
      : Record("triangular_solve", std::move(output)), inputs_{l, b}, s_(std::move(s)) {}

  const Var* inputs() const override { return inputs_.data(); }
  std::size_t input_count() const override { return inputs_.size(); }

  void backward(Array gradient, const detail::Walk& walk) override {
    const auto& [l, b] = inputs_;
    detail::GradientSlot* const l_slot = walk.slot(l);
    detail::GradientSlot* const b_slot = walk.slot(b);
    if (l_slot == nullptr && b_slot == nullptr) return;
    Array h = detail::expanded(std::move(gradient), output().shape());
    s_.solve(l, true, h);
    if (l_slot != nullptr) {
      const Array& x = output().value();
      Array result = uninitialised(l.shape());
      detail::subtracted_outer(s_.n, s_.k, (s_.transposed ? x : h).data(),
                               (s_.transposed ? h : x).data(), s_.batch, result.data(), s_.l_batch);
      GradSink(*l_slot, l.shape()).add(std::move(result));
    }
    if (b_slot != nullptr) {
      h = summed_to(reshaped(std::move(h), s_.shape), s_.right);
      GradSink(*b_slot, b.shape()).add(reshaped(std::move(h), b.shape()));
    }
  }

 private:
  std::array<Var, 2> inputs_;
  Solving s_;
};

}  // namespace

Var cholesky(const Var& a) {
  const Squares s = squares("cholesky", a.shape());
  return record("cholesky", factors("cholesky", a.value(), s),
                edge(a, [s](const Array& gradient, const Array& l, GradSink& sink) {
                  Array result = uninitialised(l.shape());
                  detail::cholesky_adjoint(s.count, s.order, l.data(), gradient.data(),
                                           result.data());
                  sink.add(std::move(result));
                }));
}

Var triangular_solve(const Var& l, const Var& b, Transpose transpose) {
  const Squares s = squares("triangular_solve", l.shape());
  const std::size_t n = s.order;
  const bool vector = b.dimension() == 1;
  const Shape column = vector ? joined(b.shape(), {1}) : b.shape();
  const auto misfit = [&](const std::string& reason) {
    return ShapeError(
        fmt::format("triangular_solve: factor {} and right-hand side {} do not fit: {}",
                    to_string(l.shape()), to_string(b.shape()), reason));
  };
  if (column.size() < 2 || column[column.size() - 2] != n) {
    throw misfit(fmt::format("expected a vector ({}) or matrices (..., {}, k)", n, n));
  }
  const std::size_t k = column.back();
  Shape batch;
  try {
    batch = broadcast_shape(s.batch, leading(column, 2), "as batches");
  } catch (const ShapeError& error) {
    throw misfit(error.what());
  }
  const Solving solving = {
      n, k, s.batch, column, batch, joined(batch, {n, k}), transpose == Transpose::kYes};
  Array value = detail::expanded(reshaped(b.value(), column), solving.shape);
  solving.solve(l, false, value);
  if (vector) value = reshaped(std::move(value), joined(batch, {n}));

  const char* const name = "triangular_solve";
  const Var* const inputs[] = {&l, &b};
  if (!Tape::records(name, inputs, 2)) return Var(std::move(value));
  Var output = detail::recorded(name, std::move(value), inputs, 2);
  Tape::current()->emplace<SolveRecord>(0, output, l, b, solving);
  return output;
}

Var log_determinant(const Var& a) {
  const Squares s = squares("log_determinant", a.shape());
  const Array l = factors("log_determinant", a.value(), s);
  const std::size_t n = s.order;
  Array diagonals = uninitialised({s.count, n});
  for (std::size_t i = 0; i < s.count; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      diagonals.data()[i * n + j] = l.data()[(i * n + j) * n + j];
    }
  }
  Array logs = uninitialised(diagonals.shape());
  detail::compute_into(
      logs, [](auto x) { return log(x); }, diagonals);
  Array value = uninitialised(s.batch);
  for (std::size_t i = 0; i < s.count; ++i) {
    const real* row = logs.data() + i * n;
    value.data()[i] = static_cast<real>(2 * std::accumulate(row, row + n, 0.0));
  }
  return record("log_determinant", std::move(value),
                edge(a, [s, l](const Array& gradient, const Array&, GradSink& sink) {
                  Array result = uninitialised(l.shape());
                  detail::cholesky_inverse(s.count, s.order, l.data(), result.data());
                  const Var scale = reshaped(gradient, joined(s.batch, {1, 1}));
                  sink.add((scale * Var(std::move(result))).value());
                }));
}

Var inverse_spd(const Var& a) {
  const Squares s = squares("inverse_spd", a.shape());
  const Array l = factors("inverse_spd", a.value(), s);
  Array value = uninitialised(a.shape());
  detail::cholesky_inverse(s.count, s.order, l.data(), value.data());
  return record("inverse_spd", std::move(value),
                edge(a, [s](const Array& gradient, const Array& y, GradSink& sink) {
                  // -Y (G + G') / 2 Y: symmetric, as everything that reads one triangle.
                  const std::size_t n = s.order;
                  Array right = uninitialised(y.shape());
                  Array result = uninitialised(y.shape());
                  const detail::Sides e = {n, n, n};
                  detail::batched_product(e, 1, {gradient.data(), s.batch}, {y.data(), s.batch},
                                          false, right.data(), s.batch);
                  detail::batched_product(e, -1, {y.data(), s.batch}, {right.data(), s.batch},
                                          false, result.data(), s.batch);
                  for (std::size_t i = 0; i < s.count; ++i)
                    symmetrise(n, result.data() + i * n * n);
                  sink.add(std::move(result));
                }));
}

Var diagonal(const Var& x) {
  if (x.dimension() < 2) {
    throw ShapeError(
        fmt::format("diagonal: got {}, expected matrices (..., m, n)", to_string(x.shape())));
  }
  const Shape batch = leading(x.shape(), 2);
  const std::size_t count = size_of(batch);
  const std::size_t columns = x.shape().back();
  const std::size_t size = x.shape()[x.dimension() - 2] * columns;
  const std::size_t length = std::min(x.shape()[x.dimension() - 2], columns);
  Array value = uninitialised(joined(batch, {length}));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < length; ++j) {
      value.data()[i * length + j] = x.value().data()[i * size + j * (columns + 1)];
    }
  }
  return record("diagonal", std::move(value),
                edge(x, [=](const Array& gradient, const Array&, GradSink& sink) {
                  real* out = sink.data();
                  if (!sink.adds()) std::fill_n(out, count * size, real(0));
                  for (std::size_t i = 0; i < count; ++i) {
                    for (std::size_t j = 0; j < length; ++j) {
                      out[i * size + j * (columns + 1)] += gradient.data()[i * length + j];
                    }
                  }
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
