// Prints every pair of distributions that kl has a rule for, as tables for the documentation's
// pages: of all of them, and of each distribution's own. A page includes what is between two
// markers.

#include <cctype>
#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <set>
#include <string>
#include <vector>

using namespace evident;

namespace {

// What pairs have on one side, by how their divergences are found: "Beta, Normal".
struct Names {
  std::string closed_form, quadrature, infinite;

  std::string& of(KlMethod method) {
    return method == KlMethod::kInfinite     ? infinite
           : method == KlMethod::kQuadrature ? quadrature
                                             : closed_form;
  }
};

// What is on `side` of the pairs that have `type` on the other.
Names beside(const std::string& type, std::string KlPair::*other, std::string KlPair::*side) {
  Names names;
  for (const KlPair& pair : kl_pairs()) {
    if (pair.*other != type) continue;
    std::string& list = names.of(pair.method);
    list += (list.empty() ? "" : ", ") + pair.*side;
  }
  return names;
}

// A link to the page of a distribution: that of HalfNormal is half_normal.md. What to_event makes
// is told of on the page of all.
std::string linked(const std::string& type) {
  std::string page;
  for (const char c : type == "Independent" ? "index" : type) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !page.empty()) page += '_';
    page += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return "[" + type + "](distributions/" + page + ".md)";
}

// A row for each p, with every q, in lines by how it is found.
void print_all(const std::set<std::string>& types) {
  std::printf("<!-- [all] -->\n\n| $p$ | $q$ |\n| --- | --- |\n");
  for (const std::string& type : types) {
    const Names q = beside(type, &KlPair::p, &KlPair::q);
    std::string lines = q.closed_form;
    const auto add = [&](const char* method, const std::string& list) {
      if (!list.empty()) lines += (lines.empty() ? "" : "<br>") + (method + (" " + list));
    };
    add("*by quadrature*", q.quadrature);
    add("*infinite*", q.infinite);
    if (!lines.empty()) std::printf("| %s | %s |\n", linked(type).c_str(), lines.c_str());
  }
  std::printf("\n<!-- [/all] -->\n");
}

// What one distribution has a divergence from, and what has one from it.
void print_own(const std::string& type) {
  const Names p = beside(type, &KlPair::q, &KlPair::p), q = beside(type, &KlPair::p, &KlPair::q);
  const auto row = [](const char* method, const std::string& p, const std::string& q) {
    if (!p.empty() || !q.empty()) std::printf("| %s | %s | %s |\n", method, p.c_str(), q.c_str());
  };
  const char* const name = type.c_str();
  std::printf("\n<!-- [%s] -->\n\n| | %s against | against %s |\n", name, name, name);
  std::printf("| --- | --- | --- |\n");
  row("closed form", p.closed_form, q.closed_form);
  row("quadrature", p.quadrature, q.quadrature);
  row("infinite", p.infinite, q.infinite);
  std::printf("\nBetween others there is [no rule](../kl.md#where-there-is-no-rule).\n");
  std::printf("\n<!-- [/%s] -->\n", name);
}

}  // namespace

int main() {
  std::set<std::string> types;
  for (const KlPair& pair : kl_pairs()) types.insert({pair.q, pair.p});
  print_all(types);
  for (const std::string& type : types) print_own(type);
}
