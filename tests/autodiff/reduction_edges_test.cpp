#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <sstream>

#include "../numbers.hpp"

using namespace evident;
using namespace evident::reference;

namespace {

using evident::testing::kInf;
using evident::testing::kLn2;
using evident::testing::kNan;

// What an operation makes of `x`, and the gradient for an incoming gradient of 1, 2, 3, ...; none
// where the headers promise nothing.
struct EdgeRow {
  const char* name;
  Var (*apply)(const Var&);
  Plain x;
  Plain value;
  std::vector<double> gradient;
};

Var last(Var (*f)(const Var&, const Axes&, Keep), const Var& x) { return f(x, {-1}, Keep::kNo); }
Var none(Var (*f)(const Var&, const Axes&, Keep), const Var& x) { return f(x, {}, Keep::kNo); }
Var first(Var (*f)(const Var&, const Axes&, Keep), const Var& x) { return f(x, {0}, Keep::kNo); }

const EdgeRow kReductionEdges[] = {
    {"sum", sum, {{2}, {kInf, 1}}, {{}, {kInf}}, {1, 1}},
    {"sum", sum, {{2}, {kInf, -kInf}}, {{}, {kNan}}, {1, 1}},
    {"sum", sum, {{0}, {}}, {{}, {0}}, {}},
    {"sum", [](const Var& x) { return first(sum, x); }, {{0, 2}, {}}, {{2}, {0, 0}}, {}},
    {"sum", [](const Var& x) { return none(sum, x); }, {{2}, {3, kInf}}, {{2}, {3, kInf}}, {1, 2}},
    {"mean", mean, {{0}, {}}, {{}, {kNan}}, {}},
    {"mean", mean, {{2}, {kInf, 1}}, {{}, {kInf}}, {0.5, 0.5}},
    {"mean", [](const Var& x) { return first(mean, x); }, {{0, 1}, {}}, {{1}, {kNan}}, {}},
    {"variance", variance, {{1}, {5}}, {{}, {0}}, {0}},
    {"variance", variance, {{}, {5}}, {{}, {0}}, {0}},
    {"variance", variance, {{0}, {}}, {{}, {kNan}}, {}},
    {"variance", variance, {{2}, {kInf, 1}}, {{}, {kNan}}, {}},
    {"variance", variance, {{3}, {7, 7, 7}}, {{}, {0}}, {0, 0, 0}},
    {"variance", variance, {{2}, {1e6 + 1, 1e6 - 1}}, {{}, {1}}, {1, -1}},
    {"variance",
     [](const Var& x) { return variance(x, {}); },
     {{2}, {3, 4}},
     {{2}, {0, 0}},
     {0, 0}},
    {"variance, unbiased, of one",
     [](const Var& x) { return variance(x, {0}, Keep::kNo, 1); },
     {{1}, {5}},
     {{}, {kNan}},
     {}},
    {"prod", prod, {{3}, {2, 0, 3}}, {{}, {0}}, {0, 6, 0}},
    {"prod", prod, {{3}, {0, 0, 3}}, {{}, {0}}, {0, 0, 0}},
    {"prod", prod, {{1}, {0}}, {{}, {0}}, {1}},
    {"prod", prod, {{2}, {-0.0, 5}}, {{}, {0}}, {5, 0}},
    {"prod", prod, {{2}, {kInf, 2}}, {{}, {kInf}}, {2, kInf}},
    {"prod", prod, {{2}, {0, kInf}}, {{}, {kNan}}, {kInf, 0}},
    {"prod", prod, {{2}, {1e30, 1e30}}, {{}, {1e60}}, {1e30, 1e30}},
    {"prod", prod, {{2}, {1e-30, 1e-30}}, {{}, {1e-60}}, {1e-30, 1e-30}},
    {"prod", prod, {{4}, {1e-30, 1e30, 1e30, 1e-30}}, {{}, {1}}, {1e30, 1e-30, 1e-30, 1e30}},
    {"prod", prod, {{0}, {}}, {{}, {1}}, {}},
    {"prod", [](const Var& x) { return first(prod, x); }, {{0, 2}, {}}, {{2}, {1, 1}}, {}},
    {"prod", [](const Var& x) { return none(prod, x); }, {{2}, {3, 0}}, {{2}, {3, 0}}, {1, 2}},
    {"prod",
     [](const Var& x) {
       return prod(x, {0, 2});
     },
     {{2, 2, 2}, {2, 0, 1, 3, 5, 7, 0, 0}},
     {{2}, {0, 0}},
     {0, 70, 0, 0, 0, 0, 0, 0}},
    {"max", max, {{3}, {3, 1, 3}}, {{}, {3}}, {0.5, 0, 0.5}},
    {"max", max, {{2}, {-0.0, 0}}, {{}, {0}}, {0.5, 0.5}},
    {"max", max, {{2}, {-kInf, -kInf}}, {{}, {-kInf}}, {0.5, 0.5}},
    {"max", max, {{3}, {kInf, 1, kInf}}, {{}, {kInf}}, {0.5, 0, 0.5}},
    {"max", max, {{2}, {-kInf, 2}}, {{}, {2}}, {0, 1}},
    {"max", max, {{2}, {kNan, 1}}, {{}, {kNan}}, {}},
    {"max", max, {{2}, {kInf, kNan}}, {{}, {kNan}}, {}},
    {"max",
     [](const Var& x) { return last(max, x); },
     {{2, 2}, {1, 1, 2, 3}},
     {{2}, {1, 3}},
     {0.5, 0.5, 0, 2}},
    {"max",
     [](const Var& x) { return none(max, x); },
     {{2}, {3, -kInf}},
     {{2}, {3, -kInf}},
     {1, 2}},
    {"min", min, {{3}, {3, 1, 1}}, {{}, {1}}, {0, 0.5, 0.5}},
    {"min", min, {{2}, {kInf, kInf}}, {{}, {kInf}}, {0.5, 0.5}},
    {"min", min, {{3}, {-kInf, 1, -kInf}}, {{}, {-kInf}}, {0.5, 0, 0.5}},
    {"min", min, {{2}, {1, kNan}}, {{}, {kNan}}, {}},
    {"min", min, {{2}, {kNan, -kInf}}, {{}, {kNan}}, {}},
    {"logsumexp", logsumexp, {{0}, {}}, {{}, {-kInf}}, {}},
    {"logsumexp", logsumexp, {{2}, {-kInf, -kInf}}, {{}, {-kInf}}, {0.5, 0.5}},
    {"logsumexp", logsumexp, {{3}, {-kInf, 3, -kInf}}, {{}, {3}}, {0, 1, 0}},
    {"logsumexp", logsumexp, {{3}, {2, kInf, -kInf}}, {{}, {kInf}}, {0, 1, 0}},
    {"logsumexp", logsumexp, {{2}, {kInf, kInf}}, {{}, {kInf}}, {0.5, 0.5}},
    {"logsumexp", logsumexp, {{2}, {1e4, 1e4}}, {{}, {1e4 + kLn2}}, {0.5, 0.5}},
    {"logsumexp", logsumexp, {{2}, {-1e4, 0}}, {{}, {0}}, {0, 1}},
    {"logsumexp", logsumexp, {{2}, {kNan, kInf}}, {{}, {kNan}}, {}},
    {"logsumexp", logsumexp, {{3}, {-kInf, -kInf, kNan}}, {{}, {kNan}}, {}},
    {"logsumexp",
     [](const Var& x) { return first(logsumexp, x); },
     {{0, 2}, {}},
     {{2}, {-kInf, -kInf}},
     {}},
    {"logsumexp",
     [](const Var& x) { return none(logsumexp, x); },
     {{2}, {3, -kInf}},
     {{2}, {3, -kInf}},
     {1, 2}},
    {"softmax",
     [](const Var& x) { return softmax(x); },
     {{3}, {-kInf, 0, 0}},
     {{3}, {0, 0.5, 0.5}},
     {0, -0.25, 0.25}},
    {"softmax",
     [](const Var& x) { return softmax(x); },
     {{2}, {-kInf, -kInf}},
     {{2}, {0.5, 0.5}},
     {-0.25, 0.25}},
    {"softmax",
     [](const Var& x) { return softmax(x); },
     {{3}, {kInf, 3, kInf}},
     {{3}, {0.5, 0, 0.5}},
     {-0.5, 0, 0.5}},
    {"softmax",
     [](const Var& x) { return softmax(x); },
     {{2}, {kInf, -kInf}},
     {{2}, {1, 0}},
     {0, 0}},
    {"softmax", [](const Var& x) { return softmax(x); }, {{2}, {1e4, -1e4}}, {{2}, {1, 0}}, {0, 0}},
    {"softmax", [](const Var& x) { return softmax(x); }, {{2}, {0, kNan}}, {{2}, {kNan, kNan}}, {}},
    {"softmax",
     [](const Var& x) { return softmax(x, {}); },
     {{2}, {3, -kInf}},
     {{2}, {1, 1}},
     {0, 0}},
    {"log_softmax",
     [](const Var& x) { return log_softmax(x); },
     {{3}, {-kInf, 0, 0}},
     {{3}, {-kInf, -kLn2, -kLn2}},
     {1, -1, 0}},
    {"log_softmax",
     [](const Var& x) { return log_softmax(x); },
     {{2}, {-kInf, -kInf}},
     {{2}, {-kLn2, -kLn2}},
     {-0.5, 0.5}},
    {"log_softmax",
     [](const Var& x) { return log_softmax(x); },
     {{2}, {kInf, 1}},
     {{2}, {0, -kInf}},
     {-2, 2}},
    {"log_softmax",
     [](const Var& x) { return log_softmax(x); },
     {{2}, {1e4, -1e4}},
     {{2}, {0, -2e4}},
     {-2, 2}},
    {"log_softmax",
     [](const Var& x) { return log_softmax(x, {}); },
     {{2}, {3, kInf}},
     {{2}, {0, 0}},
     {0, 0}},
    {"cumsum",
     [](const Var& x) { return cumsum(x); },
     {{3}, {1, kInf, 2}},
     {{3}, {1, kInf, kInf}},
     {6, 5, 3}},
    {"cumsum",
     [](const Var& x) { return cumsum(x); },
     {{3}, {1, kInf, -kInf}},
     {{3}, {1, kInf, kNan}},
     {6, 5, 3}},
    {"cumsum", [](const Var& x) { return cumsum(x); }, {{2, 0}, {}}, {{2, 0}, {}}, {}},
};

// In the precision of the program, where 1e60 is infinite and 1e-60 is 0.
Plain rounded(Plain x) {
  for (double& value : x.data) value = static_cast<double>(static_cast<real>(value));
  return x;
}

std::string words(const std::vector<double>& numbers) {
  std::ostringstream result;
  for (const double number : numbers) result << number << ' ';
  return result.str();
}

}  // namespace

TEST_CASE("edges: reductions of infinities, ties, zeros, NaN and nothing") {
  for (const EdgeRow& row : kReductionEdges) {
    INFO(row.name, " of ", words(row.x.data));
    const Var x = Var::parameter(array(row.x));
    Tape tape;
    const Var y = row.apply(x);
    CHECK_EQ(difference(plain(y.value()), rounded(row.value), tolerance(1e-15, 3e-7)), "");
    Array incoming = uninitialised(y.shape());
    for (std::size_t i = 0; i < incoming.size(); ++i) incoming.data()[i] = static_cast<real>(i + 1);
    const Plain gradient = plain(tape.gradients(sum(y * incoming), {x})[0]);
    if (row.gradient.empty()) continue;
    CHECK_EQ(difference(gradient, rounded({row.x.shape, row.gradient}), tolerance(1e-15, 3e-7)),
             "");
  }
}

#ifdef EVIDENT_F64
TEST_CASE("edges: a product with a factor 0 has no NaN from others that overflow together") {
  const Var x = Var::parameter(vector({0, 3, 1e200, 1e200}));
  Tape tape;
  tape.backward(prod(x));
  CHECK_EQ(difference(plain(x.gradient()), {{4}, {kInf, 0, 0, 0}}, 0), "");
}
#endif
