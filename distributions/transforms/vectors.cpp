#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <cmath>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/transforms.hpp>

// Transforms of vectors, the last axis.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

Shape with_last(Shape shape, std::size_t length) {
  shape.back() = length;
  return shape;
}

class StickBreaking final : public Bijection {
 public:
  std::string name() const override { return "StickBreaking"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override { return constraints::simplex(); }
  std::size_t axes_in() const override { return 1; }
  std::size_t axes_out() const override { return 1; }
  Shape forward_shape(const Shape& in) const override { return with_last(in, in.back() + 1); }
  Shape inverse_shape(const Shape& out) const override {
    if (out.back() == 0) {
      throw ShapeError("StickBreaking: a simplex has at least one element, got shape " +
                       to_string(out));
    }
    return with_last(out, out.back() - 1);
  }

  // log y_i = log sigmoid(t_i) + sum over j < i of log sigmoid(-t_j), with t_k = inf.
  Var forward(const Var& x) const override {
    const Var t = x - offsets(x.shape().back());
    const Var none = zeros(with_last(x.shape(), 1));
    const Var own = concatenate({evident::softplus(-t), none});
    const Var left = concatenate({none, cumsum(evident::softplus(t))});
    return evident::exp(-(own + left));
  }

  Var inverse(const Var& y) const override {
    const std::size_t count = y.shape().back() - 1;
    Array backwards = uninitialised({count + 1});
    for (std::size_t i = 0; i <= count; ++i) {
      backwards.data()[i] = static_cast<real>(count - i);
    }
    const Var from_the_end = index_select(cumsum(index_select(y, -1, backwards)), -1, backwards);
    return elementwise(
        [](auto y, auto rest, auto offset) {
          // With nothing left to share any x would do.
          return where(y == 0.0, -kInfinity, log(y) - log(rest) + offset);
        },
        slice(y, -1, 0, count), slice(from_the_end, -1, 1, count + 1), offsets(count),
        "StickBreaking::inverse");
  }

  // dy/dx is triangular: the slopes of y_i in x_i.
  Var log_abs_det(const Var& x) const override {
    const Var t = x - offsets(x.shape().back());
    return -sum(evident::softplus(-t) + cumsum(evident::softplus(t)), {-1});
  }

 private:
  // log(k - i) for i = 1, ..., k - 1, k being one more than `count`.
  static Var offsets(std::size_t count) {
    Array result = uninitialised({count});
    for (std::size_t i = 0; i < count; ++i) {
      result.data()[i] = static_cast<real>(std::log(static_cast<double>(count - i)));
    }
    return result;
  }
};

class Ordered final : public Bijection {
 public:
  std::string name() const override { return "Ordered"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override { return constraints::ordered(); }
  std::size_t axes_in() const override { return 1; }
  std::size_t axes_out() const override { return 1; }
  Var forward(const Var& x) const override {
    const auto [first, others] = split(x, std::min<std::size_t>(1, x.shape().back()));
    return cumsum(concatenate({first, evident::exp(others)}));
  }
  Var inverse(const Var& y) const override {
    const std::size_t count = y.shape().back();
    if (count < 2) return y;
    const Var steps = slice(y, -1, 1, count) - slice(y, -1, 0, count - 1);
    return concatenate({slice(y, -1, 0, 1), log(steps)});
  }
  Var log_abs_det(const Var& x) const override {
    const std::size_t count = x.shape().back();
    return sum(slice(x, -1, std::min<std::size_t>(1, count), count), {-1});
  }
};

}  // namespace

Transform transforms::stick_breaking() { return StickBreaking(); }

Transform transforms::ordered() { return Ordered(); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
