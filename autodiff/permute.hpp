#pragma once

#include <evident/autodiff/array.hpp>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// Writes x, or adds it, with its axes in another order: axis i of `to` is axis order[i] of x.
void permute_into(const Array& x, const std::vector<std::size_t>& order, bool adds, real* to);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
