#pragma once

#include <evident/distributions/transform.hpp>
#include <vector>

// The library's transforms. Logarithms of determinants are written so that they neither overflow
// nor cancel, however far out x lies; what rounds to an end of a set goes back to infinity.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The transforms that others are made of.
namespace transforms {

/// y = x, of numbers.
Transform identity();
/// y = loc + scale x, of numbers. `loc` and `scale` broadcast with x. Errors: a loc that is not
/// finite, a scale that is 0 or not finite; shapes that do not broadcast.
Transform affine(Var loc, Var scale);
/// y = e^x > 0.
Transform exp();
/// y = lower + e^x.
Transform exp_above(Var lower);
/// y = upper - e^x, which decreases: the smaller e^x, the nearer the bound.
Transform exp_below(Var upper);
/// y = 1 / (1 + e^-x), in [0, 1].
Transform sigmoid();
/// y = low + (high - low) / (1 + e^-x), in [low, high], from the nearer end, so that neither is
/// passed and both keep their digits. Errors: a low that is not less than high.
Transform sigmoid_between(Var low, Var high);
/// y = log(1 + e^x) > 0.
Transform softplus();
/// y = tanh x, in [-1, 1]; log |det| = 2 (log 2 - |x| - softplus(-2 |x|)).
Transform tanh();
/// Vectors of k - 1 numbers to vectors of k numbers >= 0 that add up to 1: y_i is the share
/// sigmoid(x_i - log(k - i)) of what y_1, ..., y_(i-1) left, so that zeros go to equal shares
/// (Stan Reference Manual, "Unit simplex"). It works on logarithms throughout.
Transform stick_breaking();
/// Vectors to ascending ones: y_1 = x_1, y_i = y_(i-1) + e^x_i. Steps below rounding are lost.
Transform ordered();
/// Vectors of n (n + 1) / 2 numbers, row by row, to lower-triangular n x n matrices, with e^x on
/// the diagonal. Errors: another length.
Transform lower_cholesky();
/// Lower-triangular matrices L with a positive diagonal to symmetric positive-definite ones, L L'.
Transform cholesky_product();
/// One after the other, the first first. A part that maps numbers is applied to every element of
/// what the others take as one value. Errors: no parts.
Transform compose(std::vector<Transform> parts);

}  // namespace transforms

/// The transform from real numbers onto a set, or its interior; `inverse_shape` of a value's shape
/// says how many numbers it takes.
///
/// real: identity. Bounded below, or above: `exp` and its kind and not `softplus`: their inverse is
/// a logarithm and keeps its digits at both ends, log |det| is x itself, and a change of units is a
/// shift, so that a step is a factor whatever the magnitude. An interval: `sigmoid_between`.
/// simplex: `stick_breaking`. weights: `exp`. logits: identity. ordered, lower_cholesky: those of
/// these names. positive_definite: `lower_cholesky` and `cholesky_product`. Errors: a discrete set,
/// which has none; bounds of which some are infinite and some are not.
Transform transform_to(const Constraint& constraint);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
