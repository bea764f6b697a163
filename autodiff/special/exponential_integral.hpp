#pragma once

// The exponential integral E1(x) = integral_x^inf e^-t / t dt of a double number. Nothing throws.

namespace evident {
namespace special {

/// E1(e^s), which is -gamma - s far below 0, where e^s underflows, and 0 far above; its derivative
/// is -exp(-e^s).
double exponential_integral_of_exp(double s);

}  // namespace special
}  // namespace evident
