#pragma once

#include <evident/distributions/distribution.hpp>
#include <functional>
#include <optional>

namespace evident::testing {

/// The integral of a smooth function between two numbers, to about 13 digits.
double integral(const std::function<double(double)>& f, double from, double to);

/// The integral over the support of a continuous distribution, of a function that vanishes where
/// the distribution does. It may have a kink in the distribution's median, and where `kink` says.
double integral_over_support(const std::function<double(double)>& f, const Distribution& d,
                             std::optional<double> kink = std::nullopt);

}  // namespace evident::testing
