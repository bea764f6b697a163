// The documentation's site is whole: a page for each distribution, with a program that the tests
// run and a plot. Sphinx itself runs in scripts/docs.sh.

#include <doctest/doctest.h>

#include <cctype>
#include <evident/distributions/kl.hpp>
#include <filesystem>
#include <set>

#include "patterns.hpp"
#include "sources.hpp"

namespace fs = std::filesystem;
using evident::testing::headers;
using evident::testing::Match;
using evident::testing::matches;
using evident::testing::read_file;
using evident::testing::replaced;

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
  std::vector<std::string> types;
  for (const Match& m : matches(header, R"(class (\w+) final : public Distribution\b)")) {
    types.push_back(m[1]);
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
        std::string("| parameter |"), std::string("\n## What it is for\n"),
        std::string("\n## Answers\n"), std::string("\n## Draws and gradients\n"),
        std::string("\n## Numerics\n"), std::string("\n## KL\n")}) {
    if (page.find(part) == std::string::npos) result.push_back(part);
  }
  return result;
}

// What stands under a heading of the second level.
std::string section(const std::string& page, const std::string& heading) {
  const std::string line = "\n## " + heading + "\n";
  const std::size_t begin = page.find(line);
  if (begin == std::string::npos) return "";
  const std::size_t end = page.find("\n## ", begin + 1);
  return page.substr(begin + line.size(), end - begin - line.size());
}

// The words of a text, of code and formulas none.
std::set<std::string> words(const std::string& text) {
  const std::string plain = replaced(text, R"(```[^`]*```|`[^`]*`|\$\$[^$]*\$\$|\$[^$]*\$)", " ");
  std::set<std::string> result;
  for (const Match& m : matches(plain, R"(\w+)")) result.insert(m[0]);
  return result;
}

// The distributions that kl has a rule for together with this one, in one order or the other.
std::set<std::string> divergent(const std::string& type) {
  std::set<std::string> result;
  for (const evident::KlPair& pair : evident::kl_pairs()) {
    if (pair.q == type) result.insert(pair.p);
    if (pair.p == type) result.insert(pair.q);
  }
  return result;
}

// What the library finds the most probable parameters of.
std::set<std::string> families() {
  const char* family = R"(EVIDENT_LIKELIHOOD\((\w\w+),|struct Likelihood<(\w\w+)>)";
  const std::string header = read_file(kRoot / "inference/likelihoods.hpp");
  std::set<std::string> result;
  for (const Match& m : matches(header, family)) result.insert(m[1] + m[2]);
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

TEST_CASE("docs: a page's KL section has the pairs that there are, and speaks of no others") {
  for (const Declared& distribution : distributions()) {
    const std::string& type = distribution.type;
    CAPTURE(type);
    const std::string kl = section(read_file(kPages / (page_name(type) + ".md")), "KL");
    const std::string list =
        "```{include} ../../../build/docs/output/kl_table.txt\n:start-after: <!-- [" + type +
        "] -->\n:end-before: <!-- [/" + type + "] -->\n```";
    const std::set<std::string> others = divergent(type);
    const bool listed = kl.find(list) != std::string::npos;
    CHECK_MESSAGE(listed == !others.empty(), "the section ", listed ? "must not have " : "lacks ",
                  list);
    const std::set<std::string> mentioned = words(kl);
    for (const Declared& other : distributions()) {
      if (other.type == type || mentioned.count(other.type) == 0) continue;
      CHECK_MESSAGE(others.count(other.type) == 1, "there is no rule with ", other.type);
    }
  }
}

TEST_CASE("docs: the families of maximum_likelihood are those that its page lists") {
  const std::set<std::string> listed =
      words(section(read_file(kRoot / "docs/reference/maximum_likelihood.md"), "Families"));
  const std::set<std::string> known = families();
  CHECK_GE(known.size(), 10);
  for (const std::string& type : known) CHECK_MESSAGE(listed.count(type) == 1, type);
  for (const Declared& distribution : distributions()) {
    if (listed.count(distribution.type) == 1) CHECK_EQ(known.count(distribution.type), 1);
  }
}

TEST_CASE("docs: every example stands on a page") {
  std::string pages;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() == ".md") pages += read_file(entry.path());
  }
  const std::string list = read_file(kRoot / "examples/CMakeLists.txt");
  for (const Match& m : matches(list, R"(evident_example\(([\w/]+)\))")) {
    const std::string& name = m[1];
    CHECK_MESSAGE((pages.find("examples/" + name + ".cpp\n") != std::string::npos ||
                   pages.find("output/" + name + ".txt\n") != std::string::npos),
                  name);
  }
}

TEST_CASE("docs: programs on pages are files that the tests run, and their regions are there") {
  const char* include =
      R"(\{literalinclude\} (\S*examples/(\S+)\.cpp)\n:language: c\+\+\n(?::start-after: (\S+ \S+)\n:end-before: (\S+ \S+)\n)?)";
  std::size_t seen = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() != ".md") continue;
    const std::string page = read_file(entry.path());
    CAPTURE(entry.path().string());
    CHECK(page.find("\n```cpp\n") == std::string::npos);
    for (const Match& m : matches(page, include)) {
      ++seen;
      const fs::path program = entry.path().parent_path() / m[1];
      const std::string text = read_file(program);
      CHECK_MESSAGE(!text.empty(), program.string());
      const std::size_t begin = text.find(m[3] + "\n");
      CHECK_MESSAGE(begin != std::string::npos, m[3]);
      CHECK_MESSAGE(text.find(m[4] + "\n", begin) != std::string::npos, m[4]);
      CHECK(file_contains("examples/CMakeLists.txt", "evident_example(" + m[2] + ")"));
    }
  }
  CHECK_GE(seen, 3);
}

TEST_CASE("docs: the rules tell right from wrong") {
  CHECK_EQ(page_name("HalfNormal"), "half_normal");
  CHECK_EQ(declared("class A final : public Distribution {\nclass B : public Distribution {\n"),
           std::vector<std::string>{"A"});
  CHECK_EQ(section("# A\n\n## B\nb\n## C\nc\n", "B"), "b");
  CHECK_EQ(section("# A\n\n## B\nb\n", "B"), "b\n");
  CHECK_EQ(words("a $b$ `c` d\n$$\ne\n$$"), std::set<std::string>{"a", "d"});
  CHECK_EQ(divergent("Logistic").count("Cauchy"), 1);
  CHECK_EQ(divergent("Logistic").count("Poisson"), 0);
  const std::string page = read_file(kPages / "normal.md");
  CHECK(missing({"Normal", "normal.hpp"}, page).empty());
  CHECK_FALSE(missing({"Bernoulli", "bernoulli.hpp"}, page).empty());
  CHECK_EQ(
      missing({"Normal", "normal.hpp"}, page.substr(0, page.find("```{literalinclude}"))).size(),
      2);
}
