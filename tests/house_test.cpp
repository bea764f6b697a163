#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "patterns.hpp"

// The rules of the house: who may include whom, and what a file looks like.

namespace fs = std::filesystem;

using evident::testing::Match;
using evident::testing::matches;

namespace {

// Folders of the library, and what each may include besides itself.
const std::map<std::string, std::set<std::string>> kArrows = {
    {"autodiff", {}},
    {"layers", {"autodiff"}},
    {"distributions", {"autodiff"}},
    {"optim", {"autodiff", "layers"}},
    {"data", {"autodiff"}},
    {"inference", {"autodiff", "distributions", "layers", "optim"}},
    {"models", {"autodiff", "distributions", "layers", "optim", "data", "inference"}},
    {"apps", {"autodiff", "distributions", "layers", "optim", "data", "inference", "models"}},
};

struct SourceFile {
  fs::path path;  // relative to the root
  std::string text;
};

const fs::path kRoot = EVIDENT_SOURCE_DIR;

std::vector<SourceFile> files_in(const std::string& folder) {
  std::vector<SourceFile> result;
  if (!fs::exists(kRoot / folder)) return result;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".hpp" && extension != ".cpp") continue;
    std::ifstream file(entry.path());
    result.push_back(
        {fs::relative(entry.path(), kRoot), {std::istreambuf_iterator<char>(file), {}}});
  }
  return result;
}

std::vector<SourceFile> files_in_every(std::vector<std::string> folders) {
  std::vector<SourceFile> result;
  for (const std::string& folder : folders) {
    for (SourceFile& file : files_in(folder)) result.push_back(std::move(file));
  }
  return result;
}

std::vector<std::string> library_folders() {
  std::vector<std::string> result;
  for (const auto& [folder, arrows] : kArrows) result.push_back(folder);
  return result;
}

std::vector<std::string> all_folders() {
  std::vector<std::string> result = library_folders();
  for (const char* folder : {"examples", "benchmarks", "tests"}) result.push_back(folder);
  return result;
}

// What a file includes, with its brackets or quotes.
std::vector<std::string> includes(const std::string& text) {
  const char* directive = R"((?:^|\n)[ \t]*#[ \t]*include[ \t]*([<"][^>"\n]+[>"]))";
  std::vector<std::string> result;
  for (const Match& m : matches(text, directive)) result.push_back(m[1]);
  return result;
}

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

// Whether `file`, in `folder`, may include `what`.
bool may_include(const std::string& folder, const std::string& file, const std::string& what) {
  if (begins_with(what, "\"")) return false;  // a relative path would hide where it goes
  const bool xtensor = begins_with(what, "<xtensor/");
  const bool blas = begins_with(what, "<xtensor-blas/");
  if (xtensor) return file == "autodiff/array.hpp";
  if (blas) return file == "autodiff/linalg.cpp";
  if (!begins_with(what, "<evident/")) return true;
  const std::string path = what.substr(9);
  const std::string target = path.substr(0, path.find('/'));
  return target == folder || kArrows.at(folder).count(target) == 1 || folder == "apps";
}

}  // namespace

TEST_CASE("house: the arrows between folders run one way") {
  std::size_t seen = 0;
  for (const auto& [folder, arrows] : kArrows) {
    for (const SourceFile& file : files_in(folder)) {
      for (const std::string& what : includes(file.text)) {
        ++seen;
        CHECK_MESSAGE(may_include(folder, file.path.generic_string(), what),
                      file.path.generic_string(), " must not include ", what);
      }
    }
  }
  CHECK_GT(seen, 100);  // the files were read
}

TEST_CASE("house: the rule tells right from wrong") {
  CHECK(may_include("layers", "layers/x.hpp", "<evident/autodiff/var.hpp>"));
  CHECK_FALSE(may_include("autodiff", "autodiff/x.hpp", "<evident/layers/linear.hpp>"));
  CHECK_FALSE(may_include("layers", "layers/x.hpp", "<evident/distributions/normal.hpp>"));
  CHECK_FALSE(may_include("distributions", "distributions/x.hpp", "<evident/layers/linear.hpp>"));
  CHECK_FALSE(may_include("models", "models/x.hpp", "<evident/apps/arguments.hpp>"));
  CHECK_FALSE(may_include("models", "models/x.hpp", "<evident/evident.hpp>"));
  CHECK_FALSE(may_include("layers", "layers/x.hpp", "\"../models/vae.hpp\""));
  CHECK_FALSE(may_include("layers", "layers/x.hpp", "<xtensor/xarray.hpp>"));
  CHECK(may_include("autodiff", "autodiff/array.hpp", "<xtensor/xarray.hpp>"));
  CHECK_FALSE(may_include("autodiff", "autodiff/var.cpp", "<xtensor-blas/xlinalg.hpp>"));
  CHECK_EQ(includes("#include <a>\n  # include \"b\"\n// #include <c>\n"),
           std::vector<std::string>{"<a>", "\"b\""});
}

TEST_CASE("house: files are short, headers are guarded") {
  for (const SourceFile& file : files_in_every(all_folders())) {
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    // Tables of numbers that a script writes are as long as they are.
    const bool written = file.text.find("// Written by ") != std::string::npos;
    CHECK_MESSAGE((written || lines < 450), file.path.generic_string(), " has ", lines, " lines");
    if (file.path.extension() != ".hpp") continue;
    CHECK_MESSAGE(begins_with(file.text, "#pragma once\n"), file.path.generic_string(),
                  " does not begin with #pragma once");
  }
}

TEST_CASE("house: no folder for odds and ends") {
  for (const std::string& folder : all_folders()) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const std::string name = entry.path().stem().string();
      CHECK_MESSAGE((name != "utils" && name != "util" && name != "common" && name != "helpers" &&
                     name != "misc"),
                    entry.path().string(), ": name it after what it holds");
    }
  }
  for (const char* name : {"include", "src", "utils", "common"})
    CHECK_FALSE(fs::exists(kRoot / name));
}

// Source lists are explicit, so a file that is in none is never compiled.
TEST_CASE("house: every source file is in a list") {
  std::string lists;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    const bool list =
        entry.path().filename() == "CMakeLists.txt" || entry.path().extension() == ".cmake";
    if (!list) continue;
    std::ifstream file(entry.path());
    lists.append(std::istreambuf_iterator<char>(file), {});
  }
  for (const char* folder : {".", "apps", "examples", "benchmarks"}) {
    std::ifstream file(kRoot / folder / "CMakeLists.txt");
    lists.append(std::istreambuf_iterator<char>(file), {});
  }
  for (const SourceFile& file : files_in_every(all_folders())) {
    if (file.path.extension() != ".cpp") continue;
    const std::string path = file.path.generic_string();
    // The tests in refused/ are found by their folder, examples by their name.
    if (path.find("/refused/") != std::string::npos || begins_with(path, "examples/")) continue;
    const std::string name = file.path.filename().string();
    CHECK_MESSAGE(lists.find(name) != std::string::npos, path, " is in no CMakeLists.txt");
  }
}
