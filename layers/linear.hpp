#pragma once

#include <evident/autodiff/products.hpp>
#include <evident/layers/initialisers.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// x weight + bias: (..., in) becomes (..., out).
struct Linear {
  Var weight;  ///< (in, out)
  Var bias;    ///< (out)

  /// Xavier weights, zero biases.
  Linear(Rng& rng, std::size_t in, std::size_t out)
      : weight(Var::parameter(xavier_uniform(in, out, rng))), bias(Var::parameter(zeros({out}))) {}

  /// x weight + bias. Errors: a last axis of `x` other than `in`.
  Var operator()(const Var& x, Rng* = nullptr) const { return linear(x, weight, bias); }

  template <class V>
  void visit(V& v) {
    v("weight", weight);
    v("bias", bias);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
