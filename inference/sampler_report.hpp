#pragma once

#include <evident/inference/sampler.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What is wrong with the draws of a sampler and what to do about it, a sentence each; nothing if
/// nothing is seen to be wrong.
///
///     for (const std::string& warning : warnings(draws)) fmt::print("{}\n", warning);
///
/// Looks for divergences; trajectories that left the support or were cut off; energies that are not
/// explored (`Draws::energy_bfmi` below 0.3); values whose chains disagree (`split_r_hat` above
/// 1.01), are worth little (`ess_bulk` or `ess_tail` below 100 a chain) or never change. `names`
/// are those of the n values, `LatentSpace::free_names` of a model's; without them a value goes by
/// its number.
/// Errors: another number of names.
std::vector<std::string> warnings(const Draws& draws, const std::vector<std::string>& names = {});

}  // namespace EVIDENT_PRECISION
}  // namespace evident
