#pragma once

namespace evident {
namespace special {

/// E_1(e^-z), the integral of exp(-e^-t) from -inf to z: of the distribution function of a standard
/// Gumbel. Relatively accurate where it is small. Nothing throws; NaN gives NaN.
double expint_of_exp(double z);

}  // namespace special
}  // namespace evident
