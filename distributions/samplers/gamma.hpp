#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Independent draws from Gamma(concentration, rate 1), of `shape`, to which `concentration`
/// broadcasts. Marsaglia and Tsang 2000, "A simple method for generating gamma variables";
/// concentrations a below 1 by X = G U^(1/a) with G of Gamma(a + 1). A small concentration's draws
/// may be too small for a `real`, and are then 0: take their logarithms. A concentration of 0 gives
/// 0; one that is negative, infinite or NaN gives NaN. Errors: a concentration that does not
/// broadcast to `shape`.
Array standard_gamma(const Array& concentration, const Shape& shape, Rng& rng);

/// The logarithms of the draws that `standard_gamma` makes with the same generator, finite for any
/// concentration a > 0 whose reciprocal is: log X = log G + log(U) / a. A concentration of 0 gives
/// -inf.
Array log_standard_gamma(const Array& concentration, const Shape& shape, Rng& rng);

/// The logarithms of two independent gammas, of which a Beta is made: two draws of the generator.
std::pair<Array, Array> log_standard_gamma_pair(const Array& first, const Array& second,
                                                const Shape& shape, Rng& rng);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
