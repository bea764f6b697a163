#pragma once

#include <evident/layers/safetensors.hpp>
#include <evident/optim/optimiser.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Writes what an optimiser has gathered to a safetensors file, all of it or nothing: its states,
/// named "<parameter>.<state>", its kind and its number of steps. Its options and the parameters'
/// values are not in it (see `save_weights`).
/// Errors: those of `write_safetensors`.
void save_optimiser(const std::filesystem::path& path, const Optimiser& optimiser);

/// Reads it back, from a file of either precision, into an optimiser of the same kind for the same
/// parameters: with the same options, it goes on as if it had not stopped.
/// Errors: WeightsError if the file is broken, or belongs to an optimiser of another kind, with
/// other states, or for other parameters; the optimiser has not been changed then.
void load_optimiser(const std::filesystem::path& path, Optimiser& optimiser);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
