#pragma once

#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A function of one argument as a layer; it has no parameters.
template <Var (*function)(const Var&)>
struct Activation {
  Var operator()(const Var& x, Rng* = nullptr) const { return function(x); }
};

using Elu = Activation<elu>;            ///< `elu`
using Gelu = Activation<gelu>;          ///< `gelu`
using Relu = Activation<relu>;          ///< `relu`
using Sigmoid = Activation<sigmoid>;    ///< `sigmoid`
using Silu = Activation<silu>;          ///< `silu`
using Softplus = Activation<softplus>;  ///< `softplus`
using Tanh = Activation<tanh>;          ///< `tanh`

}  // namespace EVIDENT_PRECISION
}  // namespace evident
