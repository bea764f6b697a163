#pragma once

#include <string>
#include <vector>

// Regular expressions over texts of the repository. Each file that includes <regex> takes five
// seconds more to compile: one does.

namespace evident::testing {

/// What a pattern matches, and then its groups: empty where they have no part in it.
using Match = std::vector<std::string>;

/// All places of a text that the pattern matches, the first one first.
std::vector<Match> matches(const std::string& text, const std::string& pattern);

/// The text with `replacement` in place of what the pattern matches.
std::string replaced(const std::string& text, const std::string& pattern,
                     const std::string& replacement);

}  // namespace evident::testing
