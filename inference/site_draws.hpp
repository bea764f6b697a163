#pragma once

#include <evident/inference/trace.hpp>
#include <map>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Draws by the name of their site, each of shape (draws, site).
using SiteDraws = std::map<std::string, Array>;

namespace detail {

// Puts a run's value behind those of the runs before. Errors: another shape than theirs.
void store_draw(SiteDraws& all, const Site& site, std::size_t draws, std::size_t k);

}  // namespace detail

/// A name for every number of a site of this shape: "tau", "theta[3]", "w[0, 2]".
std::vector<std::string> element_names(const std::string& site, const Shape& shape);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
