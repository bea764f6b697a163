#pragma once

#include <array>
#include <evident/autodiff/axes.hpp>
#include <evident/autodiff/var.hpp>
#include <vector>

// Operations that move elements and change none: a result is a copy, in the order of its own shape.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The same elements in another shape of the same size. Errors: another size.
Var reshape(const Var& x, const Shape& shape);

/// The last two axes exchanged: (..., m, n) becomes (..., n, m). An Array goes in as
/// `Var(array)`: xtensor has a function of this name. Errors: fewer than two axes.
Var transpose(const Var& x);

/// The axes in another order: axis i of the result is axis `order[i]` of `x`. Errors: an axis that
/// is not there, is missing or is named twice.
///
///     Var heads = permute(reshape(x, {batch, length, count, width}), {0, 2, 1, 3});
Var permute(const Var& x, const Axes& order);

/// `x` repeated to `shape`: aligned at the last axis, where `x` has length 1 or no axis. Its
/// gradient is summed where it was repeated. Errors: a shape that `x` does not broadcast to.
Var broadcast_to(const Var& x, const Shape& shape);

/// The parts one after the other along an axis that they have.
///
///     Var both = concatenate({x, y}, -1);
///
/// Errors: no parts; parts that differ off the axis; an axis that is not there.
Var concatenate(const std::vector<Var>& parts, int axis = -1);

/// Parts of one shape along an axis of their own, which the result has in addition: `n` parts of
/// shape (a, b) become (n, a, b), or (a, b, n) for axis -1. Errors: no parts; different shapes; an
/// axis that the result does not have.
Var stack(const std::vector<Var>& parts, int axis = 0);

/// Cuts the last axis in two: the first `first` elements and the rest.
///
///     auto [loc, raw] = split(encoder(x), latent);
///
/// Errors: a scalar; an axis shorter than `first`.
std::array<Var, 2> split(const Var& x, std::size_t first);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
