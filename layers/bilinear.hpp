#pragma once

#include <evident/autodiff/rng.hpp>
#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// y_k = x1' W_k x2 + b_k: (..., in1) and (..., in2) become (..., out).
struct Bilinear {
  Var weight;  ///< (in1, in2, out)
  Var bias;    ///< (out)

  /// Xavier weights, as of a Linear of the in1 in2 products, and zero biases.
  Bilinear(Rng& rng, std::size_t in1, std::size_t in2, std::size_t out);

  /// y; the axes before the last broadcast. Errors: shapes that do not fit.
  Var operator()(const Var& x1, const Var& x2) const;

  template <class V>
  void visit(V& v) {
    v("weight", weight);
    v("bias", bias);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
