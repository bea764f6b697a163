#pragma once

#include <evident/autodiff/operations.hpp>
#include <evident/layers/sequential.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// x + layer(x), the way around a layer (He et al. 2016).
template <class L>
struct Residual {
  L layer;

  explicit Residual(L l) : layer(std::move(l)) {}

  /// x + layer(x). Errors: a layer that changes the shape.
  Var operator()(const Var& x, Rng* noise = nullptr) const {
    const Var y = detail::call_layer(layer, x, noise);
    if (y.shape() != x.shape()) {
      throw ShapeError("Residual: the layer makes " + to_string(y.shape()) + " of input " +
                       to_string(x.shape()) + ": it must keep the shape");
    }
    return x + y;
  }

  template <class V>
  void visit(V& v) {
    v("layer", layer);
  }
};

/// A layer with a way around it: `residual(Sequential(LayerNorm(500), Linear(rng, 500, 500)))`.
template <class L>
Residual<L> residual(L layer) {
  return Residual<L>(std::move(layer));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
