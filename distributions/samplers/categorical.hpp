#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Independent draws of an outcome 0 ... k - 1, shape (sample_shape, batch), with probabilities in
/// proportion to `weights`, shape (batch, k): one uniform u a draw, whose outcome is how many of
/// the cumulative sums, in double, are at most u times the last. An outcome of weight 0 is never
/// drawn. Weights are finite and at least 0; where their sum is 0 or NaN, NaN is drawn. Errors:
/// `weights` is a scalar, or has no outcomes.
Array categorical(const Array& weights, const Shape& sample_shape, Rng& rng);

/// The same with the weights e^l, which are taken relative to the largest, so that logits of any
/// size will do, -inf included. Where the largest is +inf, those that are share the probability.
Array categorical_from_logits(const Array& logits, const Shape& sample_shape, Rng& rng);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
