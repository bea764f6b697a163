#pragma once

#include <evident/autodiff/axes.hpp>
#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// exp(x) over its sum along `axes`, without overflow. Where the largest is infinite, the elements
/// equal to it share 1. Errors: an axis that is not there, or is named twice.
Var softmax(const Var& x, const Axes& axes = {-1});

/// log softmax(x), x less its `logsumexp` along `axes`, exact where softmax is 0 to rounding.
/// Errors: those of `softmax`.
Var log_softmax(const Var& x, const Axes& axes = {-1});

namespace detail {

// softmax(x) along the `reduced` axes.
Array shares(const Array& x, const std::vector<bool>& reduced);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
