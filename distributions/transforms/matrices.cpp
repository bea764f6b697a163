#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/gaussian_pieces.hpp>
#include <evident/distributions/transforms.hpp>

// Transforms to matrices, the last two axes.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Where element (i, j) of a lower triangle stands among its n (n + 1) / 2, row by row.
std::size_t place(std::size_t i, std::size_t j) { return i * (i + 1) / 2 + j; }

Shape leading(const Shape& shape, std::size_t axes) {
  return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(axes)};
}

std::size_t square_order(const char* name, const Shape& shape) {
  const std::size_t n = shape.back();
  if (shape[shape.size() - 2] == n) return n;
  throw ShapeError(
      fmt::format("{}: got {}, expected square matrices (..., n, n)", name, to_string(shape)));
}

class LowerCholesky final : public Bijection {
 public:
  std::string name() const override { return "LowerCholesky"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override { return constraints::lower_cholesky(); }
  std::size_t axes_in() const override { return 1; }
  std::size_t axes_out() const override { return 2; }
  Shape forward_shape(const Shape& in) const override {
    const std::size_t n = order(in);
    return joined(leading(in, 1), {n, n});
  }
  Shape inverse_shape(const Shape& out) const override {
    const std::size_t n = square_order("LowerCholesky", out);
    return joined(leading(out, 2), {place(n, 0)});
  }

  Var forward(const Var& x) const override {
    const std::size_t n = order(x.shape()), size = x.shape().back();
    // Above the diagonal stands the zero that follows the elements.
    Array source = full({n * n}, static_cast<double>(size));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        source.data()[i * n + j] = static_cast<real>(place(i, j));
      }
    }
    const Var padded = concatenate({x, zeros(joined(leading(x.shape(), 1), {1}))});
    const Var lower = reshape(index_select(padded, -1, source), forward_shape(x.shape()));
    return elementwise(
        [](auto x, auto on_diagonal) { return where(on_diagonal > 0.5, evident::exp(x), x); },
        lower, detail::identity_matrix(n), "LowerCholesky::forward");
  }

  Var inverse(const Var& y) const override {
    const std::size_t n = square_order("LowerCholesky", y.shape());
    Array source = uninitialised({place(n, 0)}), on_diagonal = zeros({place(n, 0)});
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        source.data()[place(i, j)] = static_cast<real>(i * n + j);
      }
      on_diagonal.data()[place(i, i)] = 1;
    }
    const Var flat = reshape(y, joined(leading(y.shape(), 2), {n * n}));
    return elementwise(
        [](auto y, auto on_diagonal) {
          const auto on = on_diagonal > 0.5;
          return where(on, log(where(on, y, 1.0)), y);
        },
        index_select(flat, -1, source), on_diagonal, "LowerCholesky::inverse");
  }

  Var log_abs_det(const Var& x) const override {
    const std::size_t n = order(x.shape());
    Array diagonal = uninitialised({n});
    for (std::size_t i = 0; i < n; ++i) diagonal.data()[i] = static_cast<real>(place(i, i));
    return sum(index_select(x, -1, diagonal), {-1});
  }

 private:
  static std::size_t order(const Shape& in) {
    std::size_t n = 0;
    while (place(n, 0) < in.back()) ++n;
    if (place(n, 0) == in.back()) return n;
    throw ShapeError(
        fmt::format("LowerCholesky: got {}, expected vectors of n (n + 1) / 2 elements, such as {} "
                    "for n = {}",
                    to_string(in), place(n, 0), n));
  }
};

class CholeskyProduct final : public Bijection {
 public:
  std::string name() const override { return "CholeskyProduct"; }
  Constraint domain() const override { return constraints::lower_cholesky(); }
  Constraint codomain() const override { return constraints::positive_definite(); }
  std::size_t axes_in() const override { return 2; }
  std::size_t axes_out() const override { return 2; }
  Shape forward_shape(const Shape& in) const override {
    square_order("CholeskyProduct", in);
    return in;
  }
  Shape inverse_shape(const Shape& out) const override { return forward_shape(out); }
  Var forward(const Var& x) const override { return matmul(x, transpose(x)); }
  Var inverse(const Var& y) const override { return cholesky(y); }

  // Of the lower triangle: 2^n times the product of L_ii^(n + 1 - i).
  Var log_abs_det(const Var& x) const override {
    const std::size_t n = x.shape().back();
    Array powers = uninitialised({n});
    for (std::size_t i = 0; i < n; ++i) powers.data()[i] = static_cast<real>(n - i);
    return sum(log(diagonal(x)) * powers, {-1}) + static_cast<double>(n) * std::log(2.0);
  }
};

}  // namespace

Transform transforms::lower_cholesky() { return LowerCholesky(); }

Transform transforms::cholesky_product() { return CholeskyProduct(); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
