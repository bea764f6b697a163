#pragma once

#include <array>
#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The same elements in another shape of the same size. Errors: another size.
Var reshape(const Var& x, const Shape& shape);

/// Cuts the last axis in two: the first `first` elements and the rest.
///
///     auto [loc, raw] = split(encoder(x), latent);
///
/// Errors: a scalar; an axis shorter than `first`.
std::array<Var, 2> split(const Var& x, std::size_t first);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
