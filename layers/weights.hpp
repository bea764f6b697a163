#pragma once

#include <evident/layers/safetensors.hpp>
#include <evident/layers/visitor.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Writes named parameters to a safetensors file, all of it or nothing. `metadata` travels along.
///
///     save_weights("model.safetensors", parameters(model));
///
/// Errors: those of `write_safetensors`.
void save_weights(const std::filesystem::path& path, const std::vector<NamedParameter>& parameters,
                  const std::map<std::string, std::string>& metadata = {});

/// Reads named parameters back, from a file of either precision, and returns its metadata.
/// Errors: WeightsError if the file is broken, or does not hold exactly these names and shapes;
/// no parameter has been changed then.
std::map<std::string, std::string> load_weights(const std::filesystem::path& path,
                                                const std::vector<NamedParameter>& parameters);

/// The same from a file that has been read already; `path` is for messages.
void set_weights(const Safetensors& file, const std::filesystem::path& path,
                 const std::vector<NamedParameter>& parameters);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
