#include <doctest/doctest.h>

#include <evident/version.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "temporary_directory.hpp"

using evident::testing::read_file;

namespace {

using evident::testing::kRoot;

// What the first group of the pattern matches in a file of the repository.
std::string found(const char* file, const std::regex& pattern) {
  const std::string text = read_file(kRoot / file);
  std::smatch match;
  return std::regex_search(text, match, pattern) ? match[1].str() : "nothing";
}

}  // namespace

TEST_CASE("the version is one, wherever it is written") {
  const std::string version = evident::version();
  CHECK_EQ(found("CMakeLists.txt", std::regex(R"(project\(evident VERSION (\S+) )")), version);
  CHECK_EQ(found("CHANGELOG.md", std::regex(R"(## (\d\S*))")), version);
  CHECK_EQ(nlohmann::json::parse(read_file(kRoot / "vcpkg.json"))["version"], version);
  CHECK_EQ(std::to_string(EVIDENT_VERSION_MAJOR) + "." + std::to_string(EVIDENT_VERSION_MINOR) +
               "." + std::to_string(EVIDENT_VERSION_PATCH),
           version);
}
