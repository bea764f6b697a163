#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>

using namespace evident;

namespace {

TapeOptions checking(std::vector<NamedParameter> names = {}) {
  TapeOptions options;
  options.check_values = true;
  options.names = std::move(names);
  return options;
}

template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void check_contains(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, "'", part, "' is not in: ", text);
  }
}

}  // namespace

TEST_CASE("tape that checks: infinity of finite inputs stops, with its place and its chain") {
  const Var weight = Var::parameter(matrix({{300, 0}, {0, 1}}));
  const Var bias = Var::parameter(vector({0, 0}));
  const Tape tape(checking({{"encoder.0.weight", weight}, {"encoder.0.bias", bias}}));
  const std::string message = message_of([&] {
    const Var x = linear(matrix({{0, 1}, {2, 3}}), weight, bias);
    const Scope scope("z");
    const Var y = exp(4.0 * x);
  });
  check_contains(message,
                 {"exp: the result of shape (2, 2) is inf at (1, 0), made of finite inputs",
                  "input 0 is 2400 there", "at \"z\"",
                  "made by exp (2, 2) <- multiply (2, 2) <- linear (2, 2) of encoder.0"});
}

TEST_CASE("tape that checks: a NaN stops where it is made") {
  const Var x = Var::parameter(vector({4, -1, 0}));
  const Tape tape(checking());
  check_contains(message_of([&] { const Var y = sqrt(x + 0.0); }),
                 {"sqrt: the result of shape (3) is ", "nan at (1)", "input 0 is -1 there",
                  "made by sqrt (3) <- add (3)"});
}

TEST_CASE("tape that checks: a NaN that came in is told from one that was made") {
  const Var x = Var::parameter(vector({1, std::nan("")}));
  const Tape tape(checking({{"scale", x}}));
  check_contains(message_of([&] { const Var y = 2.0 * x; }),
                 {"multiply: input 1 (scale) of shape (2) is NaN at (1) already"});
}

TEST_CASE("tape that checks: operations that say log may make infinities, others pass them on") {
  const Var x = Var::parameter(vector({0, 1}));
  const Tape tape(checking());
  CHECK(message_of([&] { CHECK(std::isinf((log(x) * 2.0).value()(0))); }).empty());
  check_contains(message_of([&] { const Var y = reciprocal(x); }), {"reciprocal: ", "inf at (0)"});
  check_contains(message_of([&] { const Var y = 0.0 * log(x); }),
                 {"multiply: ", "nan at (0)", "made of infinite inputs"});
}

TEST_CASE("tape that checks: an infinity that passes does not excuse one that is made") {
  const Var x = Var::parameter(vector({0, 1000}));
  const Tape tape(checking());
  const Var masked = log(x) + x;  // -inf and about 1007
  check_contains(message_of([&] { const Var y = exp(masked); }),
                 {"exp: the result of shape (2) is inf at (1), made of finite inputs"});
}

TEST_CASE("tape that checks: a name that begins like a logarithm is none") {
  const Var x = Var::parameter(scalar(1000));
  const Tape tape(checking());
  check_contains(
      message_of([&] { elementwise([](auto x) { return exp(x); }, x, "logistic_growth"); }),
      {"logistic_growth: the result of shape () is inf"});
}

TEST_CASE("tape that checks: an infinite gradient stops the walk") {
  const Var x = Var::parameter(vector({1, 0}));
  Tape tape(checking({{"variance", x}}));
  const Var y = sum(sqrt(x));
  check_contains(
      message_of([&] { tape.backward(y); }),
      {"sqrt: the backward step makes the gradient of input 0 (variance) of shape (2) inf "
       "at (1), where the input is 0 there"});
}

TEST_CASE("tape that checks: what is in order passes, and gradients are the same") {
  const Var x = Var::parameter(vector({0.5, 2}));
  Tape plain;
  const Array expected = plain.gradients(sum(tanh(x) * x), {x})[0];
  Tape tape(checking());
  CHECK(tape.gradients(sum(tanh(x) * x), {x})[0] == expected);
}

TEST_CASE("profile: counts, bytes and times by operation") {
  TapeOptions options;
  options.profile = true;
  Tape tape(options);
  const Var x = Var::parameter(ones({100}));
  const Var y = sum(tanh(tanh(x)));
  tape.backward(y);
  const std::vector<OperationProfile> rows = tape.profile();
  REQUIRE(rows.size() == 2);
  for (const OperationProfile& row : rows) {
    const bool is_tanh = row.operation == "tanh";
    CHECK(row.operation == (is_tanh ? "tanh" : "sum"));
    CHECK(row.count == (is_tanh ? 2 : 1));
    CHECK(row.bytes == (is_tanh ? 200 : 1) * sizeof(real));
    CHECK(row.forward_seconds > 0);
    CHECK(row.backward_seconds > 0);
  }
  const std::string table = to_string(rows);
  check_contains(table, {"operation", "tanh", "sum", "in all"});
  CHECK(std::count(table.begin(), table.end(), '\n') == 4);
}

TEST_CASE("profile: a tape that keeps no times says so") {
  const Tape tape;
  check_contains(message_of([&] { tape.profile(); }), {"Tape::profile", "TapeOptions::profile"});
}

TEST_CASE("to_dot: operations, shapes, layers and scopes") {
  const Var weight = Var::parameter(ones({3, 2}));
  const Var bias = Var::parameter(ones({2}));
  Tape tape;
  const Var hidden = linear(ones({4, 3}), weight, bias);
  {
    const Scope outer("z");
    const Scope inner("log_prob");
    sum(hidden);
  }
  const std::string dot = tape.to_dot({{"decoder.\"1\".weight", weight}});
  check_contains(dot, {"digraph tape {", "label=\"linear\\ndecoder.\\\"1\\\"\\n(4, 2)\"",
                       "label=\"decoder.\\\"1\\\".weight\\n(3, 2)\", shape=ellipse",
                       "label=\"parameter\\n(2)\"", "label=\"z/log_prob\"", "label=\"sum\\n()\""});
  CHECK(std::count(dot.begin(), dot.end(), '{') == std::count(dot.begin(), dot.end(), '}'));
  std::size_t edges = 0;
  for (std::size_t at = dot.find("->"); at != std::string::npos; at = dot.find("->", at + 1))
    ++edges;
  CHECK(edges == 4);  // data, weight and bias to linear, linear to sum
}

TEST_CASE("scope: without a tape it does nothing, and it ends with its block") {
  { const Scope nobody("nobody"); }
  const Var x = Var::parameter(ones({}));
  Tape tape;
  { const Scope scope("first"); }
  exp(x);
  CHECK(tape.to_dot().find("cluster") == std::string::npos);
}
