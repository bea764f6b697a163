#pragma once

#include <evident/layers/safetensors.hpp>
#include <evident/layers/visitor.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Writes what a model holds to a safetensors file, all of it or nothing. `metadata` travels along.
///
///     save_weights("model.safetensors", state(model));
///
/// Errors: those of `write_safetensors`.
void save_weights(const std::filesystem::path& path, const std::vector<NamedParameter>& state,
                  const std::map<std::string, std::string>& metadata = {});

/// Reads it back, from a file of either precision, and returns the file's metadata. What was frozen
/// is frozen still.
///
///     load_weights("model.safetensors", state(model));
///
/// Errors: WeightsError if the file is broken, or does not hold exactly these names and shapes;
/// nothing has been changed then.
std::map<std::string, std::string> load_weights(const std::filesystem::path& path,
                                                const std::vector<NamedParameter>& state);

/// The same from a file that has been read already; `path` and `function` are for messages.
void set_weights(const Safetensors& file, const std::filesystem::path& path,
                 const std::vector<NamedParameter>& state, const char* function = "load_weights");

}  // namespace EVIDENT_PRECISION
}  // namespace evident
