#include "patterns.hpp"

#include <regex>

namespace evident::testing {

std::vector<Match> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<Match> all;
  for (std::sregex_iterator i(text.begin(), text.end(), expression), end; i != end; ++i) {
    all.emplace_back();
    for (const std::ssub_match& group : *i) all.back().push_back(group.str());
  }
  return all;
}

std::string replaced(const std::string& text, const std::string& pattern,
                     const std::string& replacement) {
  return std::regex_replace(text, std::regex(pattern), replacement);
}

}  // namespace evident::testing
