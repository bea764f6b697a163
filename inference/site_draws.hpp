#pragma once

#include <evident/inference/trace.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Draws by the name of their site, each of shape (draws, site).
using SiteDraws = std::map<std::string, Array>;

namespace detail {

// Puts the values of run k of `draws` behind those of the runs before, at the sites that are
// wanted. Errors: other sites than those runs had, or in other shapes.
void store_draws(SiteDraws& all, const Trace& run, std::size_t draws, std::size_t k,
                 const std::function<bool(const Site&)>& wanted);

}  // namespace detail

/// A name for every number of a site of this shape: "tau", "theta[3]", "w[0, 2]".
std::vector<std::string> element_names(const std::string& site, const Shape& shape);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
