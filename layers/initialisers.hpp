#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>

// Initial weights of shape (in, out). Biases start as `zeros`.
//
//     Linear layer(he_normal(784, 500, rng), zeros({500}));

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Uniform on +-sqrt(6 / (in + out)): variance 2 / (in + out), which keeps the variance of signals
/// and gradients alike from layer to layer where activations are nearly linear (Glorot and Bengio
/// 2010).
Array xavier_uniform(std::size_t in, std::size_t out, Rng& rng);

/// Normal of mean 0 and variance 2 / (in + out) (Glorot and Bengio 2010).
Array xavier_normal(std::size_t in, std::size_t out, Rng& rng);

/// Uniform on +-sqrt(6 / in): variance 2 / in, which keeps the variance of signals from layer to
/// layer where activations are zero for half of their inputs, as ReLU (He et al. 2015).
Array he_uniform(std::size_t in, std::size_t out, Rng& rng);

/// Normal of mean 0 and variance 2 / in (He et al. 2015).
Array he_normal(std::size_t in, std::size_t out, Rng& rng);

/// A uniform draw from the matrices with orthonormal columns, or orthonormal rows if there are
/// fewer of those (Saxe et al. 2014): every singular value is 1.
Array orthogonal(std::size_t in, std::size_t out, Rng& rng);

/// Every weight `value`.
Array constant(std::size_t in, std::size_t out, double value);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
