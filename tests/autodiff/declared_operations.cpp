#include <evident/tests/autodiff/declared_operations.hpp>
#include <evident/tests/patterns.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

using evident::testing::Match;
using evident::testing::matches;

// Headers whose functions make operations, and are none.
const std::set<std::string> kEngine = {"elementwise.hpp", "record.hpp", "tape.hpp"};

// What a header declares for users to return a Var or two.
std::set<std::string> declared_in(std::string text) {
  const std::string begin = "namespace detail {", end = "}  // namespace detail";
  for (std::size_t at; (at = text.find(begin)) != std::string::npos;) {
    text.erase(at, text.find(end, at) + end.size() - at);
  }
  const char* declaration =
      R"((?:^|\n)(?:Var|std::array<Var, 2>) (operator[^\s\w]+|\w+)\(([^)]*)\))";
  const char* parameter = R"((\w+)\s*(?:=[^,]*)?(?:,|$))";
  std::set<std::string> result;
  for (const Match& d : matches(text, declaration)) {
    std::string names;
    for (const Match& p : matches(d[2], parameter)) names += (names.empty() ? "" : ", ") + p[1];
    result.insert(d[1] + "(" + names + ")");
  }
  return result;
}

}  // namespace

std::set<std::string> declared_operations() {
  std::set<std::string> result;
  const std::filesystem::path folder = std::string(EVIDENT_SOURCE_DIR) + "/autodiff";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path path = entry.path();
    if (path.extension() != ".hpp" || kEngine.count(path.filename().string()) == 1) continue;
    std::ifstream file(path);
    const std::set<std::string> found = declared_in({std::istreambuf_iterator<char>(file), {}});
    result.insert(found.begin(), found.end());
  }
  return result;
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
