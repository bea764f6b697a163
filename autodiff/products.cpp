#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/gemm.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reduction_kernels.hpp>
#include <evident/autodiff/threads.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// C = op(A) op(B) + (adds ? C : 0) for matrices stored without gaps.
void multiply(Transpose ta, Transpose tb, std::size_t m, std::size_t n, std::size_t k,
              const real* a, const real* b, bool adds, real* c) {
  const std::size_t a_stride = std::max<std::size_t>(1, ta == Transpose::kYes ? m : k);
  const std::size_t b_stride = std::max<std::size_t>(1, tb == Transpose::kYes ? k : n);
  gemm(ta, tb, m, n, k, real(1), {a, a_stride}, {b, b_stride}, adds ? real(1) : real(0),
       {c, std::max<std::size_t>(1, n)});
}

// (m x k) times (k x n).
struct Extents {
  std::size_t m, n, k;
};

void add_product(const Extents& e, const Var& a, const Var& b, bool adds, real* c) {
  multiply(Transpose::kNo, Transpose::kNo, e.m, e.n, e.k, a.value().data(), b.value().data(), adds,
           c);
}

// The gradient of the left factor: G B'.
auto left_step(const Extents& e, const Var& b) {
  return [e, b](const Array& gradient, const Array&, GradSink& sink) {
    multiply(Transpose::kNo, Transpose::kYes, e.m, e.k, e.n, gradient.data(), b.value().data(),
             sink.adds(), sink.data());
  };
}

// The gradient of the right factor: A' G.
auto right_step(const Extents& e, const Var& a) {
  return [e, a](const Array& gradient, const Array&, GradSink& sink) {
    multiply(Transpose::kYes, Transpose::kNo, e.k, e.n, e.m, a.value().data(), gradient.data(),
             sink.adds(), sink.data());
  };
}

Shape with_last(Shape shape, std::size_t length) {
  shape.back() = length;
  return shape;
}

}  // namespace

Var matmul(const Var& a, const Var& b) {
  const Shape& left = a.shape();
  const Shape& right = b.shape();
  if (left.empty() || right.empty() || right.size() > 2 || left.back() != right.front()) {
    throw ShapeError(fmt::format(
        "matmul: {} times {} does not fit: expected (..., m, k) times (k, n), where k is {}",
        to_string(left), to_string(right), left.empty() ? 0 : left.back()));
  }
  std::vector<std::size_t> lengths(left.begin(), left.end() - 1);
  if (right.size() == 2) lengths.push_back(right[1]);
  const Shape shape(lengths.begin(), lengths.end());
  const Extents e = {size_of(with_last(left, 1)), right.size() == 2 ? right[1] : 1, right[0]};
  Array value = uninitialised(shape);
  add_product(e, a, b, false, value.data());
  return record("matmul", std::move(value), edge(a, left_step(e, b)), edge(b, right_step(e, a)));
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
  const Extents e = {size_of(with_last(x.shape(), 1)), w[1], w[0]};
  Array value = uninitialised(with_last(x.shape(), e.n));
  const real* b = bias.value().data();
  for (std::size_t row = 0; row < e.m; ++row) std::copy_n(b, e.n, value.data() + row * e.n);
  add_product(e, x, weight, true, value.data());
  return record("linear", std::move(value), edge(x, left_step(e, weight)),
                edge(weight, right_step(e, x)),
                edge(bias, [e](const Array& gradient, const Array&, GradSink& sink) {
                  detail::sum_rows(gradient.data(), e.m, e.n, sink.adds(), sink.data());
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
