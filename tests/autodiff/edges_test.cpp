#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/edge_rows.hpp>
#include <set>
#include <sstream>

#include "../numbers.hpp"

using namespace evident;
using namespace evident::reference;

namespace {

using evident::testing::kLn2;
constexpr double kTwoOverRootPi = 1.1283791670955125739;

// What the headers state, IEEE 754 and its limits; numbers of many digits are mpmath's (50
// digits). A value of -0.0 asks for its sign.
const EdgeRow kArithmetic[] = {
    {"operator+(a, b)", {kInf, 1}, kInf, {1, 1}},
    {"operator+(a, b)", {kInf, -kInf}, kNan, {1, 1}},
    {"operator+(a, b)", {-0.0, -0.0}, -0.0, {1, 1}},
    {"operator-(a, b)", {kInf, kInf}, kNan, {1, -1}},
    {"operator-(a, b)", {1, kInf}, -kInf, {1, -1}},
    {"operator*(a, b)", {0, 0}, 0, {0, 0}},
    {"operator*(a, b)", {-0.0, 5}, -0.0, {5, 0}},
    {"operator*(a, b)", {0, kInf}, kNan, {kInf, 0}},
    {"operator*(a, b)", {-2, kInf}, -kInf, {kInf, -2}},
    {"operator/(a, b)", {1, 0}, kInf, {kInf, -kInf}},
    {"operator/(a, b)", {1, -0.0}, -kInf, {-kInf, -kInf}},
    {"operator/(a, b)", {-1, 0}, -kInf, {kInf, kInf}},
    {"operator/(a, b)", {0, 0}, kNan, {kInf, kFree}},
    {"operator/(a, b)", {1, kInf}, 0, {0, 0}},
    {"operator/(a, b)", {kInf, 2}, kInf, {0.5, -kInf}},
    {"operator/(a, b)", {kInf, kInf}, kNan, {0, kFree}},
    {"operator-(x)", {0}, -0.0, {-1}},
    {"operator-(x)", {kInf}, -kInf, {-1}},
    {"reciprocal(x)", {0}, kInf, {-kInf}},
    {"reciprocal(x)", {-0.0}, -kInf, {-kInf}},
    {"reciprocal(x)", {kInf}, 0, {0}},
    {"reciprocal(x)", {-kInf}, -0.0, {0}},
    {"square(x)", {-0.0}, 0, {0}},
    {"square(x)", {kInf}, kInf, {kInf}},
    {"square(x)", {-kInf}, kInf, {-kInf}},
};

const EdgeRow kElementary[] = {
    {"exp(x)", {0}, 1, {1}},
    {"exp(x)", {kInf}, kInf, {kInf}},
    {"exp(x)", {-kInf}, 0, {0}},
    {"expm1(x)", {-0.0}, 0, {1}},
    {"expm1(x)", {kInf}, kInf, {kInf}},
    {"expm1(x)", {-kInf}, -1, {0}},
    {"log(x)", {0}, -kInf, {kInf}},
    {"log(x)", {-0.0}, -kInf, {kInf}},
    {"log(x)", {1}, 0, {1}},
    {"log(x)", {kInf}, kInf, {0}},
    {"log(x)", {-1}, kNan, {kFree}},
    {"log(x)", {-kInf}, kNan, {kFree}},
    {"log1p(x)", {-1}, -kInf, {kInf}},
    {"log1p(x)", {-0.0}, 0, {1}},
    {"log1p(x)", {kInf}, kInf, {0}},
    {"log1p(x)", {-1.5}, kNan, {kFree}},
    {"sqrt(x)", {0}, 0, {kInf}},
    {"sqrt(x)", {-0.0}, -0.0, {kInf}},
    {"sqrt(x)", {kInf}, kInf, {0}},
    {"sqrt(x)", {-1}, kNan, {kFree}},
    {"rsqrt(x)", {0}, kInf, {-kInf}},
    {"rsqrt(x)", {kInf}, 0, {0}},
    {"rsqrt(x)", {-1}, kNan, {kFree}},
    {"sin(x)", {-0.0}, -0.0, {1}},
    {"sin(x)", {kInf}, kNan, {kFree}},
    {"cos(x)", {0}, 1, {0}},
    {"cos(x)", {-kInf}, kNan, {kFree}},
    {"atan(x)", {-0.0}, -0.0, {1}},
    {"atan(x)", {0x1p-100}, 0x1p-100, {1}},
    {"atan(x)", {kInf}, 1.5707963267948966192, {0}},
    {"atan(x)", {-kInf}, -1.5707963267948966192, {0}},
    {"tanpi(x)", {-0.0}, -0.0, {3.1415926535897932385}},
    {"tanpi(x)", {0.25}, 1, {6.283185307179586477}},
    {"tanpi(x)", {0.5}, kInf, {kInf}},
    {"tanpi(x)", {-0.5}, -kInf, {kInf}},
    {"tanpi(x)", {1.5}, -kInf, {kInf}},
    {"tanpi(x)", {0.5 - 0x1p-20}, 333772.1072140558, {349985421096.18017}},
    {"tanpi(x)", {3}, 0, {3.1415926535897932385}},
    {"tanpi(x)", {kInf}, kNan, {kFree}},
    {"erf(x)", {-0.0}, -0.0, {kTwoOverRootPi}},
    {"erf(x)", {kInf}, 1, {0}},
    {"erf(x)", {-kInf}, -1, {0}},
    {"erfc(x)", {0}, 1, {-kTwoOverRootPi}},
    {"erfc(x)", {5}, 1.5374597944280348502e-12, {-1.5670866531017335308e-11}},
    {"erfc(x)", {9}, 4.1370317465138102381e-37, {-7.4920734282459744915e-36}},
    {"erfc(x)", {26}, 5.6631924088561428465e-296, {-2.9470349932662695402e-294}},
    {"erfc(x)", {kInf}, 0, {0}},
    {"erfc(x)", {-kInf}, 2, {0}},
};

const EdgeRow kTwoVariables[] = {
    {"pow(a, b)", {0, 0}, 1, {0, 0}},
    {"pow(a, b)", {0, 2}, 0, {0, 0}},
    {"pow(a, b)", {0, 1}, 0, {1, 0}},
    {"pow(a, b)", {0, 0.5}, 0, {kInf, 0}},
    {"pow(a, b)", {0, -1}, kInf, {-kInf, -kInf}},
    {"pow(a, b)", {0, -2}, kInf, {-kInf, -kInf}},
    {"pow(a, b)", {-0.0, 3}, -0.0, {0, 0}},
    {"pow(a, b)", {-0.0, -1}, -kInf, {-kInf, kFree}},
    {"pow(a, b)", {-0.0, -2}, kInf, {kInf, kFree}},
    {"pow(a, b)", {3, 0}, 1, {0, 1.0986122886681096914}},
    {"pow(a, b)", {-3, 0}, 1, {0, kFree}},
    {"pow(a, b)", {kInf, 0}, 1, {0, kInf}},
    {"pow(a, b)", {kNan, 0}, 1, {0, kFree}},
    {"pow(a, b)", {-2, 3}, -8, {12, kFree}},
    {"pow(a, b)", {-2, -2}, 0.25, {0.25, kFree}},
    {"pow(a, b)", {-2, 1}, -2, {1, kFree}},
    {"pow(a, b)", {-2, 0.5}, kNan, {kFree, kFree}},
    {"pow(a, b)", {-1, 0x1p60}, 1, {-0x1p60, kFree}},
    {"pow(a, b)", {kInf, 2}, kInf, {kInf, kInf}},
    {"pow(a, b)", {kInf, 0.5}, kInf, {0, kInf}},
    {"pow(a, b)", {kInf, -1}, 0, {0, 0}},
    {"pow(a, b)", {-kInf, 3}, -kInf, {kInf, kFree}},
    {"pow(a, b)", {-kInf, -3}, -0.0, {0, 0}},
    {"pow(a, b)", {1, kInf}, 1, {kInf, 0}},
    {"pow(a, b)", {1, kNan}, 1, {kFree, kFree}},
    {"pow(a, b)", {-1, kInf}, 1, {kFree, kFree}},
    {"pow(a, b)", {2, kInf}, kInf, {kInf, kInf}},
    {"pow(a, b)", {2, -kInf}, 0, {0, 0}},
    {"pow(a, b)", {0.5, kInf}, 0, {0, 0}},
    {"pow(a, b)", {0.5, -kInf}, kInf, {-kInf, -kInf}},
    {"pow(a, b)", {2, 127}, 0x1p127, {127 * 0x1p126, kLn2 * 0x1p127}},
    {"pow(a, b)", {0.5, 126}, 0x1p-126, {126 * 0x1p-125, -kLn2 * 0x1p-126}},
    {"xlogy(x, y)", {0, 0}, 0, {0, 0}},
    {"xlogy(x, y)", {0, 2}, 0, {kLn2, 0}},
    {"xlogy(x, y)", {0, kInf}, 0, {kInf, 0}},
    {"xlogy(x, y)", {1, 0}, -kInf, {-kInf, kInf}},
    {"xlogy(x, y)", {2, kInf}, kInf, {kInf, 0}},
    {"xlogy(x, y)", {0, -1}, kNan, {kFree, kFree}},
    {"xlog1py(x, y)", {0, -1}, 0, {0, 0}},
    {"xlog1py(x, y)", {0, 1}, 0, {kLn2, 0}},
    {"xlog1py(x, y)", {0, kInf}, 0, {kInf, 0}},
    {"xlog1py(x, y)", {1, -1}, -kInf, {-kInf, kInf}},
    {"xlog1py(x, y)", {2, kInf}, kInf, {kInf, 0}},
    {"xlog1py(x, y)", {0, -2}, kNan, {kFree, kFree}},
    {"logaddexp(a, b)", {0, 0}, kLn2, {0.5, 0.5}},
    {"logaddexp(a, b)", {1, -79}, 1, {1, 1.8048513878454151723e-35}},
    {"logaddexp(a, b)", {1e30, 1e30}, 1e30, {0.5, 0.5}},
    {"logaddexp(a, b)", {kInf, kInf}, kInf, {0.5, 0.5}},
    {"logaddexp(a, b)", {-kInf, -kInf}, -kInf, {0.5, 0.5}},
    {"logaddexp(a, b)", {kInf, -kInf}, kInf, {1, 0}},
    {"logaddexp(a, b)", {-kInf, kInf}, kInf, {0, 1}},
    {"logaddexp(a, b)", {kInf, 3}, kInf, {1, 0}},
    {"logaddexp(a, b)", {3, kInf}, kInf, {0, 1}},
    {"logaddexp(a, b)", {-kInf, 3}, 3, {0, 1}},
    {"logaddexp(a, b)", {3, -kInf}, 3, {1, 0}},
    {"where(condition, a, b)", {1, kInf, kNan}, kInf, {kFree, 1, 0}},
    {"where(condition, a, b)", {-0.0, kNan, -kInf}, -kInf, {kFree, 0, 1}},
};

const EdgeRow kKinked[] = {
    {"abs(x)", {0}, 0, {0}},
    {"abs(x)", {-0.0}, 0, {0}},
    {"abs(x)", {-kInf}, kInf, {-1}},
    {"sign(x)", {0}, 0, {0}},
    {"sign(x)", {-0.0}, -0.0, {0}},
    {"sign(x)", {-kInf}, -1, {0}},
    {"sign(x)", {1e-30}, 1, {0}},
    {"maximum(a, b)", {2, 2}, 2, {0.5, 0.5}},
    {"maximum(a, b)", {0, -0.0}, 0, {0.5, 0.5}},
    {"maximum(a, b)", {kNan, 1}, kNan, {kFree, kFree}},
    {"maximum(a, b)", {1, kNan}, kNan, {kFree, kFree}},
    {"maximum(a, b)", {kInf, kInf}, kInf, {0.5, 0.5}},
    {"maximum(a, b)", {-kInf, -kInf}, -kInf, {0.5, 0.5}},
    {"maximum(a, b)", {-kInf, 3}, 3, {0, 1}},
    {"maximum(a, b)", {kInf, 3}, kInf, {1, 0}},
    {"minimum(a, b)", {2, 2}, 2, {0.5, 0.5}},
    {"minimum(a, b)", {0, -0.0}, 0, {0.5, 0.5}},
    {"minimum(a, b)", {kNan, 1}, kNan, {kFree, kFree}},
    {"minimum(a, b)", {1, kNan}, kNan, {kFree, kFree}},
    {"minimum(a, b)", {kInf, kInf}, kInf, {0.5, 0.5}},
    {"minimum(a, b)", {-kInf, -kInf}, -kInf, {0.5, 0.5}},
    {"minimum(a, b)", {-kInf, 3}, -kInf, {1, 0}},
    {"minimum(a, b)", {kInf, 3}, 3, {0, 1}},
    {"clamp(x, low, high)", {-1, -1, 1}, -1, {1, 0, 0}},
    {"clamp(x, low, high)", {1, -1, 1}, 1, {1, 0, 0}},
    {"clamp(x, low, high)", {-2, -1, 1}, -1, {0, 1, 0}},
    {"clamp(x, low, high)", {2, -1, 1}, 1, {0, 0, 1}},
    {"clamp(x, low, high)", {1, 1, 1}, 1, {1, 0, 0}},
    {"clamp(x, low, high)", {5, -kInf, kInf}, 5, {1, 0, 0}},
    {"clamp(x, low, high)", {kInf, -kInf, kInf}, kInf, {1, 0, 0}},
    {"clamp(x, low, high)", {-kInf, -1, 1}, -1, {0, 1, 0}},
    {"clamp(x, low, high)", {kNan, -1, 1}, kNan, {kFree, kFree, kFree}},
    {"clamp(x, low, high)", {2, kNan, 1}, kNan, {kFree, kFree, kFree}},
    {"clamp(x, low, high)", {-2, -1, kNan}, kNan, {kFree, kFree, kFree}},
    {"clamp(x, low, high)", {0, 2, 1}, 1, {0, 0, 1}},
    {"clamp(x, low, high)", {3, 2, 1}, 1, {0, 0, 1}},
};

const EdgeRow kActivations[] = {
    {"tanh(x)", {-0.0}, -0.0, {1}},
    {"tanh(x)", {20}, 1, {1.6993417021166355837e-17}},
    {"tanh(x)", {kInf}, 1, {0}},
    {"tanh(x)", {-kInf}, -1, {0}},
    {"sigmoid(x)", {0}, 0.5, {0.25}},
    {"sigmoid(x)", {20}, 0.99999999793884638181, {2.0611536139418493437e-9}},
    {"sigmoid(x)", {-30}, 9.3576229688392989538e-14, {9.3576229688384233028e-14}},
    {"sigmoid(x)", {kInf}, 1, {0}},
    {"sigmoid(x)", {-kInf}, 0, {0}},
    {"log1mexp(x)", {0}, -kInf, {-kInf}},
    {"log1mexp(x)", {-kInf}, 0, {0}},
    {"log1mexp(x)", {-80}, -1.8048513878454153e-35, {-1.8048513878454153e-35}},
    {"log1mexp(x)", {1}, kNan, {kFree}},
    {"log_sigmoid(x)", {0}, -kLn2, {0.5}},
    {"log_sigmoid(x)", {80}, -1.8048513878454151723e-35, {1.8048513878454151723e-35}},
    {"log_sigmoid(x)", {-800}, -800, {1}},
    {"log_sigmoid(x)", {kInf}, -0.0, {0}},
    {"log_sigmoid(x)", {-kInf}, -kInf, {1}},
    {"softplus(x)", {-80}, 1.8048513878454151723e-35, {1.8048513878454151723e-35}},
    {"softplus(x)", {30}, 30.000000000000093576, {0.99999999999990642377}},
    {"softplus(x)", {-800}, 0, {0}},
    {"softplus(x)", {800}, 800, {1}},
    {"softplus(x)", {kInf}, kInf, {1}},
    {"softplus(x)", {-kInf}, 0, {0}},
    {"relu(x)", {0}, 0, {0}},
    {"relu(x)", {-0.0}, 0, {0}},
    {"relu(x)", {kInf}, kInf, {1}},
    {"relu(x)", {-kInf}, 0, {0}},
    {"leaky_relu(x, slope)", {0, 0.5}, 0, {0.5, 0}},
    {"leaky_relu(x, slope)", {kInf, 0.5}, kInf, {1, 0}},
    {"leaky_relu(x, slope)", {-kInf, 0.5}, -kInf, {0.5, -kInf}},
    {"elu(x)", {0}, 0, {1}},
    {"elu(x)", {kInf}, kInf, {1}},
    {"elu(x)", {-kInf}, -1, {0}},
    {"gelu(x)", {-0.0}, -0.0, {0.5}},
    {"gelu(x)", {5}, 4.999998566742140604, {1.0000071469460017923}},
    {"gelu(x)", {-5}, -1.4332578593959695584e-6, {-7.1469460017922946279e-6}},
    {"gelu(x)", {-12}, -2.1317785344932147972e-32, {-2.5578956616748956241e-31}},
    {"gelu(x)", {1e30}, 1e30, {1}},
    {"gelu(x)", {-1e30}, 0, {0}},
    {"gelu(x)", {kInf}, kInf, {1}},
    {"gelu(x)", {-kInf}, 0, {0}},
    {"silu(x)", {-0.0}, -0.0, {0.5}},
    {"silu(x)", {30}, 29.999999999997192713, {1.0000000000027137107}},
    {"silu(x)", {-30}, -2.8072868906517896862e-12, {-2.7137106609631340013e-12}},
    {"silu(x)", {-80}, -1.4438811102763321378e-33, {-1.4258325963978779861e-33}},
    {"silu(x)", {1e30}, 1e30, {1}},
    {"silu(x)", {-1e30}, 0, {0}},
    {"silu(x)", {kInf}, kInf, {1}},
    {"silu(x)", {-kInf}, 0, {0}},
};

template <class Check>
void for_each_edge(Check check) {
  const auto walk = [&](const auto& edges) {
    for (const EdgeRow& edge : edges) check(edge);
  };
  walk(kArithmetic);
  walk(kElementary);
  walk(kTwoVariables);
  walk(kKinked);
  walk(kActivations);
  walk(special_edges());
}

const OperationRow& row_of(const EdgeRow& edge) {
  for (const OperationRow& row : operation_table()) {
    if (row.declared == edge.declared) return row;
  }
  FAIL(edge.declared, " is not in the operation table");
  return operation_table().front();
}

std::string words(const std::vector<double>& numbers) {
  std::ostringstream result;
  for (const double number : numbers) result << number << ' ';
  return result.str();
}

std::string compare(double got, double want) {
  // What is no normal number of the type may be 0.
  const double smallest = std::numeric_limits<real>::min();
  return difference({{}, {got}}, {{}, {static_cast<double>(static_cast<real>(want))}},
                    tolerance(1e-14, 6e-7), std::isnormal(static_cast<real>(want)) ? 0 : smallest);
}

}  // namespace

TEST_CASE("edges: values and derivatives are those stated") {
  for_each_edge([](const EdgeRow& edge) {
    const OperationRow& row = row_of(edge);
    REQUIRE_EQ(edge.at.size(), row.arity());
    REQUIRE_EQ(edge.slopes.size(), row.arity());
    INFO(edge.declared, " at ", words(edge.at));
    Vars leaves;
    for (const double x : edge.at) leaves.push_back(Var::parameter(scalar(x)));
    Tape tape;
    const Var y = row.apply(leaves);
    CHECK_EQ(compare(y.item(), edge.value), "");
    if (edge.value == 0 && std::signbit(edge.value)) CHECK(std::signbit(y.item()));
    const std::vector<Array> slopes = tape.gradients(y, leaves);
    for (std::size_t k = 0; k < row.arity(); ++k) {
      INFO("derivative ", k);
      if (edge.slopes[k] != kFree) CHECK_EQ(compare(slopes[k].data()[0], edge.slopes[k]), "");
    }
  });
}

TEST_CASE("edges: every elementwise operation has some, infinities among them") {
  std::set<std::string> known;
  std::set<std::string> infinite;
  for_each_edge([&](const EdgeRow& edge) {
    known.insert(edge.declared);
    for (const double x : edge.at) {
      if (std::isinf(x)) infinite.insert(edge.declared);
    }
  });
  for (const OperationRow& row : operation_table()) {
    if (!row.elementwise) continue;
    CHECK_MESSAGE(known.count(row.declared) == 1, row.declared, " has no edges");
    CHECK_MESSAGE(infinite.count(row.declared) == 1, row.declared, " has none at infinity");
  }
}

TEST_CASE("edges: a NaN gradient is not lost, a gradient of 0 stays 0") {
  for (const OperationRow& row : operation_table()) {
    if (!row.elementwise) continue;
    INFO(row.name());
    for (const double factor : {kNan, 0.0}) {
      const Plains x = row.draw_arguments(std::vector<Shape>(row.arity(), Shape{}));
      Vars leaves;
      for (const Plain& argument : x) leaves.push_back(Var::parameter(array(argument)));
      Tape tape;
      const std::vector<Array> slopes = tape.gradients(row.apply(leaves) * factor, leaves);
      for (std::size_t k = 0; k < row.arity(); ++k) {
        if (!row.differentiable[k]) continue;
        const double slope = slopes[k].data()[0];
        CHECK((factor == 0 ? slope == 0 : std::isnan(slope)));
      }
    }
  }
}
