#pragma once

#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>

// Draws that count something. All are made in double, whatever `real` is, and rounded to it at the
// end: a float holds whole numbers up to 2^24 exactly. Parameters broadcast to `shape`, that of the
// draws; it is an error if one does not.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Independent draws from Poisson(rate): by inversion below 10, above by transformed rejection with
/// a squeeze (Hoermann 1993, "The transformed rejection method for generating Poisson random
/// variables", PTRS). Rates up to 1e15. A rate of 0 gives 0; one that is negative, infinite or NaN
/// gives NaN.
Array poisson(const Array& rate, const Shape& shape, Rng& rng);

/// Independent draws from Binomial(n, p), the successes of n trials: by inversion where n p or
/// n (1 - p) is below 10, otherwise by transformed rejection with a squeeze (Hoermann 1993, "The
/// generation of binomial random variates", BTRS). Exactly 0 for p = 0 or n = 0, n for p = 1. NaN
/// unless n is finite, n >= 0 and 0 <= p <= 1; of an n that is no whole number, the whole part
/// counts.
Array binomial(const Array& n, const Array& p, const Shape& shape, Rng& rng);

/// The same with p = sigmoid(logits).
Array binomial_of_logits(const Array& n, const Array& logits, const Shape& shape, Rng& rng);

/// Independent draws that are 1 with probability p and else 0; of a p that is NaN, NaN.
Array bernoulli(const Array& p, const Shape& shape, Rng& rng);

/// The same with p = sigmoid(logits).
Array bernoulli_of_logits(const Array& logits, const Shape& shape, Rng& rng);

/// Independent draws of the whole numbers from `low` to `high`, each as likely as another.
Array discrete_uniform(const Array& low, const Array& high, const Shape& shape, Rng& rng);

/// Independent draws of the number of failures before the first success, each trial one with
/// probability p: floor(log U / log(1 - p)). 0 for p = 1, infinite for p = 0, NaN outside [0, 1].
Array geometric(const Array& p, const Shape& shape, Rng& rng);

/// How often each of k outcomes occurs in n draws, with probabilities in proportion to `weights`,
/// shape (..., k): shape (shape, k) for counts `n` and leading axes of `weights` that broadcast to
/// `shape`. A binomial for each outcome in turn, given those before it, so that they sum to n;
/// an outcome of weight 0 never occurs. NaN where n or the sum of the weights is no count or no
/// positive number. Errors: `weights` is a scalar.
Array multinomial_counts(const Array& n, const Array& weights, const Shape& shape, Rng& rng);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
