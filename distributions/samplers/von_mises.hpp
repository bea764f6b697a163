#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Independent angles in radians, in (-pi, pi), from the von Mises distribution about 0, whose
/// density is in proportion to e^(concentration cos x); of `shape`, to which `concentration`
/// broadcasts. Best and Fisher 1979, "Efficient simulation of the von Mises distribution":
/// rejection from the wrapped Cauchy distribution, in double. Concentration 0 is uniform; a large
/// one tends to the normal distribution of variance 1 / concentration. One that is negative or NaN
/// gives NaN. Errors: a concentration that does not broadcast to `shape`.
Array von_mises(const Array& concentration, const Shape& shape, Rng& rng);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
