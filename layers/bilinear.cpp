#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/layers/bilinear.hpp>
#include <evident/layers/initialisers.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Shape without_last(const Shape& shape) { return Shape(shape.begin(), shape.end() - 1); }

}  // namespace

Bilinear::Bilinear(Rng& rng, std::size_t in1, std::size_t in2, std::size_t out)
    : weight(Var::parameter(reshaped(xavier_uniform(in1 * in2, out, rng), {in1, in2, out}))),
      bias(Var::parameter(zeros({out}))) {}

Var Bilinear::operator()(const Var& x1, const Var& x2) const {
  const Shape& w = weight.shape();
  if (x1.dimension() == 0 || x2.dimension() == 0 || x1.shape().back() != w[0] ||
      x2.shape().back() != w[1]) {
    throw ShapeError(fmt::format(
        "Bilinear: inputs {} and {} do not fit weight {}: the last dimensions must be {} and {}",
        to_string(x1.shape()), to_string(x2.shape()), to_string(w), w[0], w[1]));
  }
  const Shape batch1 = without_last(x1.shape());
  const Shape batch2 = without_last(x2.shape());
  const Shape batch = broadcast_shape(batch1, batch2, "Bilinear");
  // With all products x1_i x2_j in a row it is one linear layer of them.
  const std::size_t count = w[0] * w[1];
  const Var products =
      elementwise([](auto a, auto b) { return a * b; }, reshape(x1, joined(batch1, {w[0], 1})),
                  reshape(x2, joined(batch2, {1, w[1]})), "Bilinear");
  return linear(reshape(products, joined(batch, {count})), reshape(weight, {count, w[2]}), bias);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
