#pragma once

#include <evident/distributions/distribution.hpp>
#include <functional>

namespace evident::testing {

/// The integral of a smooth function between two numbers, to about 13 digits.
double integral(const std::function<double(double)>& f, double from, double to);

/// The integral over the support of a continuous distribution, of a function that vanishes where
/// the distribution does.
double integral_over_support(const std::function<double(double)>& f, const Distribution& d);

}  // namespace evident::testing
