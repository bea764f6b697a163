// What the README shows is what the repository holds.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "patterns.hpp"
#include "temporary_directory.hpp"

using evident::testing::matches;
using evident::testing::read_file;

namespace {

using evident::testing::kRoot;

}  // namespace

TEST_CASE("the README's model is examples/own_model.cpp, at most 40 lines") {
  const std::string example = read_file(kRoot / "examples/own_model.cpp");
  CHECK(std::count(example.begin(), example.end(), '\n') <= 40);
  CHECK(read_file(kRoot / "README.md").find("```cpp\n" + example + "```") != std::string::npos);
}

TEST_CASE("a distribution of one's own, with a KL pair, takes at most 40 lines") {
  const std::string example = read_file(kRoot / "examples/own_distribution.cpp");
  CHECK(std::count(example.begin(), example.end(), '\n') <= 40);
}

TEST_CASE("the README finds the package as tests/consumer/find_package does") {
  const std::string consumer = read_file(kRoot / "tests/consumer/find_package/CMakeLists.txt");
  const std::string readme = read_file(kRoot / "README.md");
  const std::size_t begin = readme.find("find_package(evident");
  REQUIRE(begin != std::string::npos);
  std::istringstream block(readme.substr(begin, readme.find("```", begin) - begin));
  for (std::string line; std::getline(block, line);) {
    CHECK_MESSAGE(consumer.find(line + "\n") != std::string::npos, line);
  }
}

TEST_CASE("the README and the docs link only to files that are there") {
  std::vector<std::filesystem::path> pages = {kRoot / "README.md", kRoot / "CHANGELOG.md",
                                              kRoot / "CONTRIBUTING.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  for (const std::filesystem::path& page : pages) {
    for (const auto& link : matches(read_file(page), R"(\[[^\]]+\]\(([^)#]+)\))")) {
      const std::string& target = link[1];
      if (target.rfind("http", 0) == 0) continue;
      const std::filesystem::path file = page.parent_path() / target;
      CHECK_MESSAGE(std::filesystem::exists(file), page.string() << " links to " << target);
    }
  }
}
