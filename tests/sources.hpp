#pragma once

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "temporary_directory.hpp"

// The library's own text, for tests that nothing has been left out of a table.

namespace evident::testing {

/// The headers of a folder of the library, in the order of their names.
inline std::vector<std::filesystem::path> headers(const std::string& folder) {
  std::vector<std::filesystem::path> result;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / folder)) {
    if (entry.path().extension() == ".hpp") result.push_back(entry.path());
  }
  std::sort(result.begin(), result.end());
  return result;
}

inline std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::istringstream text(read_file(file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace evident::testing
