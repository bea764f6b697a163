#include <fmt/format.h>

#include <evident/autodiff/watch.hpp>
#include <map>
#include <set>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// A name in quotes, as Graphviz reads it.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || (c == '\\')) result += '\\';
    result += c;
  }
  return result + "\"";
}

// Lines of a label; "\n" is Graphviz's own.
std::string label(const std::vector<std::string>& lines) {
  std::string result;
  for (const std::string& line : lines) {
    if (line.empty()) continue;
    const std::string inner = quoted(line);
    result += (result.empty() ? "" : "\\n") + inner.substr(1, inner.size() - 2);
  }
  return "\"" + result + "\"";
}

std::string id_of(const Var& value) {
  return fmt::format("n{}", static_cast<const void*>(&value.node()));
}

}  // namespace

std::string Tape::scope_name(const detail::Record& record) const {
  std::string name;
  for (std::uint32_t s = record.scope(); s != 0; s = scopes_[s - 1].outer) {
    name = scopes_[s - 1].name + (name.empty() ? "" : "/" + name);
  }
  return name;
}

std::string Tape::to_dot(const std::vector<NamedParameter>& names) const {
  const detail::LeafNames leaves(names);
  std::string text =
      "digraph tape {\n"
      "  rankdir=BT; labeljust=l; fontname=\"sans-serif\"; fontsize=11;\n"
      "  node [fontname=\"sans-serif\", fontsize=11];\n";
  std::string edges;
  std::set<const detail::Node*> drawn;
  std::map<std::string, std::string> scopes;  // the operations of each
  for (const detail::Record* record : records_) {
    const Var& output = record->output();
    const std::string layer = leaves.layer(*record);
    scopes[scope_name(*record)] +=
        fmt::format("    {} [label={}, shape=box, style=\"rounded,filled\", fillcolor=\"{}\"];\n",
                    id_of(output), label({record->name(), layer, to_string(output.shape())}),
                    layer.empty() ? "#ffffff" : "#e8f0fe");
    for (std::size_t k = 0; k < record->input_count(); ++k) {
      const Var& input = record->inputs()[k];
      edges += fmt::format("  {} -> {};\n", id_of(input), id_of(output));
      if (holds(input) || !drawn.insert(&input.node()).second) continue;
      const std::string name = leaves.of(input);
      const char* kind = input.needs_gradient() ? "parameter" : "constant";
      text += fmt::format("  {} [label={}, shape={}];\n", id_of(input),
                          label({name.empty() ? kind : name, to_string(input.shape())}),
                          input.needs_gradient() ? "ellipse" : "plaintext");
    }
  }
  std::size_t cluster = 0;
  for (const auto& [scope, operations] : scopes) {
    if (scope.empty()) {
      text += operations;
    } else {
      text += fmt::format("  subgraph cluster_{} {{\n    label={}; color=\"#9aa0a6\";\n{}  }}\n",
                          cluster++, quoted(scope), operations);
    }
  }
  return text + edges + "}\n";
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
