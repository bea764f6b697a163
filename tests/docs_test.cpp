// The documentation's site is whole: a page for each distribution, with a program that the tests
// run and a plot. Sphinx itself runs in scripts/docs.sh.

#include <doctest/doctest.h>

#include <cctype>
#include <filesystem>
#include <regex>
#include <set>

#include "sources.hpp"

namespace fs = std::filesystem;
using evident::testing::headers;
using evident::testing::read_file;

namespace {

using evident::testing::kRoot;
const fs::path kPages = kRoot / "docs/reference/distributions";

// "HalfNormal" is "half_normal": the name of the page, the example and the plot.
std::string page_name(const std::string& type) {
  std::string name;
  for (const char c : type) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !name.empty()) name += '_';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

// The distributions that a header declares.
std::vector<std::string> declared(const std::string& header) {
  static const std::regex declaration(R"(class (\w+) final : public Distribution\b)");
  std::vector<std::string> types;
  for (std::sregex_iterator i(header.begin(), header.end(), declaration), end; i != end; ++i) {
    types.push_back((*i)[1]);
  }
  return types;
}

struct Declared {
  std::string type, header;
};

// All of the library's; Independent only wraps others.
std::vector<Declared> distributions() {
  std::vector<Declared> result;
  for (const fs::path& header : headers("distributions")) {
    for (const std::string& type : declared(read_file(header))) {
      if (type != "Independent") result.push_back({type, header.filename().string()});
    }
  }
  return result;
}

// What the page of a distribution must have and has not.
std::vector<std::string> missing(const Declared& distribution, const std::string& page) {
  const std::string name = page_name(distribution.type);
  const std::string example =
      "../../../examples/distributions/" + name + ".cpp\n:language: c++\n:start-after: // [";
  std::vector<std::string> result;
  for (const std::string& part :
       {"# " + distribution.type + "\n", "<evident/distributions/" + distribution.header + ">",
        "```{literalinclude} " + example, "build/docs/output/distributions/" + name + ".txt\n",
        "```{figure} ../../../build/docs/plots/" + name + ".svg\n:alt: ", std::string("\n$$\n"),
        std::string("| parameter |"), std::string("\n## Answers\n"),
        std::string("\n## Numerics\n")}) {
    if (page.find(part) == std::string::npos) result.push_back(part);
  }
  return result;
}

bool file_contains(const fs::path& file, const std::string& text) {
  return read_file(kRoot / file).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("docs: every distribution has a page, with a program and a plot, and is in the table") {
  CHECK_GE(distributions().size(), 2);
  for (const Declared& distribution : distributions()) {
    const std::string name = page_name(distribution.type);
    CAPTURE(distribution.type);
    REQUIRE_MESSAGE(fs::exists(kPages / (name + ".md")), "write docs/reference/distributions/",
                    name, ".md; CONTRIBUTING.md says how");
    for (const std::string& part : missing(distribution, read_file(kPages / (name + ".md")))) {
      FAIL_CHECK(name, ".md lacks \"", part, "\"");
    }
    CHECK(file_contains("docs/reference/distributions/index.md",
                        "| [" + distribution.type + "](" + name + ".md) |"));
    CHECK(file_contains("examples/CMakeLists.txt", "evident_example(distributions/" + name + ")"));
    CHECK(file_contains("examples/density_curves.cpp", "{\"" + name + "\","));
  }
}

TEST_CASE("docs: every page of a distribution has its distribution") {
  std::set<std::string> names = {"index"};
  for (const Declared& distribution : distributions()) names.insert(page_name(distribution.type));
  for (const fs::directory_entry& page : fs::directory_iterator(kPages)) {
    CHECK_MESSAGE(names.count(page.path().stem().string()) == 1, page.path().string());
  }
}

TEST_CASE("docs: programs on pages are files that the tests run, and their regions are there") {
  const std::regex include(
      R"(\{literalinclude\} (\S*examples/(\S+)\.cpp)\n:language: c\+\+\n(?::start-after: (\S+ \S+)\n:end-before: (\S+ \S+)\n)?)");
  std::size_t seen = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() != ".md") continue;
    const std::string page = read_file(entry.path());
    CAPTURE(entry.path().string());
    CHECK(page.find("\n```cpp\n") == std::string::npos);
    for (std::sregex_iterator i(page.begin(), page.end(), include), end; i != end; ++i) {
      ++seen;
      const fs::path program = entry.path().parent_path() / (*i)[1].str();
      const std::string text = read_file(program);
      CHECK_MESSAGE(!text.empty(), program.string());
      const std::size_t begin = text.find((*i)[3].str() + "\n");
      CHECK_MESSAGE(begin != std::string::npos, (*i)[3].str());
      CHECK_MESSAGE(text.find((*i)[4].str() + "\n", begin) != std::string::npos, (*i)[4].str());
      CHECK(file_contains("examples/CMakeLists.txt", "evident_example(" + (*i)[2].str() + ")"));
    }
  }
  CHECK_GE(seen, 3);
}

TEST_CASE("docs: the rules tell right from wrong") {
  CHECK_EQ(page_name("HalfNormal"), "half_normal");
  CHECK_EQ(declared("class A final : public Distribution {\nclass B : public Distribution {\n"),
           std::vector<std::string>{"A"});
  const std::string page = read_file(kPages / "normal.md");
  CHECK(missing({"Normal", "normal.hpp"}, page).empty());
  CHECK_FALSE(missing({"Bernoulli", "bernoulli.hpp"}, page).empty());
  CHECK_EQ(
      missing({"Normal", "normal.hpp"}, page.substr(0, page.find("```{literalinclude}"))).size(),
      2);
}
