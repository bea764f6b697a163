#include <doctest/doctest.h>

#include <evident/version.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "patterns.hpp"
#include "temporary_directory.hpp"

using evident::testing::read_file;

namespace {

using evident::testing::kRoot;

// What the first group of the pattern matches in a file of the repository.
std::string found(const char* file, const char* pattern) {
  const auto all = evident::testing::matches(read_file(kRoot / file), pattern);
  return all.empty() ? "nothing" : all[0][1];
}

}  // namespace

TEST_CASE("the version is one, wherever it is written") {
  const std::string version = evident::version();
  CHECK_EQ(found("CMakeLists.txt", R"(project\(evident VERSION (\S+) )"), version);
  CHECK_EQ(found("CHANGELOG.md", R"(## (\d\S*))"), version);
  CHECK_EQ(nlohmann::json::parse(read_file(kRoot / "vcpkg.json"))["version"], version);
  CHECK_EQ(std::to_string(EVIDENT_VERSION_MAJOR) + "." + std::to_string(EVIDENT_VERSION_MINOR) +
               "." + std::to_string(EVIDENT_VERSION_PATCH),
           version);
}
