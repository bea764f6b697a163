#pragma once

#include <evident/autodiff/axes.hpp>
#include <evident/autodiff/var.hpp>

// Reductions, over all elements or over `axes`, which go or stay with length 1. Errors: an axis
// that is not there, or is named twice.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The sum of all elements, shape (). Blocks of 1024 are summed in `real`, the blocks in double.
Var sum(const Var& x);
/// The sum over `axes`.
Var sum(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// The mean of all elements, shape (); NaN if there are none.
Var mean(const Var& x);
/// The mean over `axes`.
Var mean(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// The variance of all elements, shape (): the mean squared deviation from their mean.
Var variance(const Var& x);
/// The variance over `axes`, the sum of squared deviations divided by their number less
/// `correction`: 0 for the population's, 1 for the unbiased estimate from a sample.
Var variance(const Var& x, const Axes& axes, Keep keep = Keep::kNo, double correction = 0);

/// The product of all elements, shape (), in double; 1 if there are none.
Var prod(const Var& x);
/// The product over `axes`. The gradient is right where some factors are 0.
Var prod(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// The largest of all elements, shape (); NaN if one is. Equal ones share the gradient.
/// Errors: no elements.
Var max(const Var& x);
/// The largest over `axes`.
Var max(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// The smallest of all elements, shape (); NaN if one is. Equal ones share the gradient.
/// Errors: no elements.
Var min(const Var& x);
/// The smallest over `axes`.
Var min(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

/// log sum exp of all elements, shape (), without overflow; -inf if there are none. Where it is
/// infinite, the elements equal to it share the gradient.
Var logsumexp(const Var& x);
/// log sum exp over `axes`.
Var logsumexp(const Var& x, const Axes& axes, Keep keep = Keep::kNo);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
