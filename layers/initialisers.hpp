#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A weight (in, out), uniform on +-sqrt(6 / (in + out)), which keeps the variance of signals and
/// gradients alike from layer to layer (Glorot and Bengio 2010). Biases start as `zeros`.
Array xavier_uniform(std::size_t in, std::size_t out, Rng& rng);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
