#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Independent draws from the uniform distribution on (0, 1); never 0 or 1.
Array uniform(const Shape& shape, Rng& rng);

/// Independent draws from the standard normal distribution (Box and Muller 1958).
Array standard_normal(const Shape& shape, Rng& rng);

/// Independent draws, 1 with probability `probability` and 0 otherwise, each times `scale`.
Array bernoulli_mask(const Shape& shape, double probability, double scale, Rng& rng);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
