#pragma once

#include <evident/autodiff/products.hpp>
#include <evident/layers/initialisers.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// x weight + bias: (..., in) becomes (..., out).
struct Linear {
  Var weight;  ///< (in, out)
  Var bias;    ///< (out)

  /// Xavier weights, zero biases.
  Linear(Rng& rng, std::size_t in, std::size_t out)
      : weight(Var::parameter(xavier_uniform(in, out, rng))), bias(Var::parameter(zeros({out}))) {}
  /// A given start: `Linear(he_normal(784, 500, rng), zeros({500}))`.
  Linear(Array initial_weight, Array initial_bias)
      : weight(Var::parameter(std::move(initial_weight))),
        bias(Var::parameter(std::move(initial_bias))) {}

  /// x weight + bias. Errors: shapes that do not fit.
  Var operator()(const Var& x, Rng* = nullptr) const { return linear(x, weight, bias); }

  template <class V>
  void visit(V& v) {
    v("weight", weight);
    v("bias", bias);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
