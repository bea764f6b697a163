#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <limits>

using namespace evident;
using namespace evident::reference;

namespace {

using Long = long double;
constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();

struct TailRow {
  std::string name;
  Var (*apply)(const Var&);
  double from;  // the function is defined at and above this
  Long (*value)(Long);
  Long (*slope)(Long);
};

Long decay(Long x) { return std::exp(-std::abs(x)); }
Long logistic(Long x) { return (x >= 0 ? 1 : decay(x)) / (1 + decay(x)); }
Long inverse_cosh_squared(Long x) {
  const Long e = std::exp(-2 * std::abs(x));
  return 4 * e / ((1 + e) * (1 + e));
}

const TailRow kRows[] = {
    {"exp", exp, -kInf, [](Long x) { return std::exp(x); }, [](Long x) { return std::exp(x); }},
    {"log", log, 0, [](Long x) { return std::log(x); }, [](Long x) { return 1 / std::abs(x); }},
    {"log1p", log1p, -1, [](Long x) { return std::log1p(x); }, [](Long x) { return 1 / (1 + x); }},
    {"expm1", expm1, -kInf, [](Long x) { return std::expm1(x); },
     [](Long x) { return std::exp(x); }},
    {"sqrt", sqrt, 0, [](Long x) { return std::sqrt(x); },
     [](Long x) { return 0.5L / std::sqrt(std::abs(x)); }},
    {"square", square, -kInf, [](Long x) { return x * x; }, [](Long x) { return 2 * x; }},
    {"abs", abs, -kInf, [](Long x) { return std::abs(x); },
     [](Long x) { return Long(x > 0) - Long(x < 0); }},
    {"tanh", tanh, -kInf, [](Long x) { return std::tanh(x); }, inverse_cosh_squared},
    {"sigmoid", sigmoid, -kInf, logistic,
     [](Long x) { return decay(x) / ((1 + decay(x)) * (1 + decay(x))); }},
    {"softplus", softplus, -kInf, [](Long x) { return (x > 0 ? x : 0) + std::log1p(decay(x)); },
     logistic},
    {"relu", relu, -kInf, [](Long x) { return x > 0 ? x : 0; }, [](Long x) { return Long(x > 0); }},
    {"elu", elu, -kInf, [](Long x) { return x > 0 ? x : std::expm1(x); },
     [](Long x) { return x > 0 ? 1 : std::exp(x); }},
};

const double kMagnitudes[] = {0,  1e-30, 1e-15, 1e-8, 1e-3, 0.02, 0.3, 0.7, 1,   1.5, 3,    10,
                              17, 36.5,  60,    80,   88,   104,  300, 700, 746, 1e4, 1e30, kInf};

struct Point {
  double value;
  double slope;
};

Point evaluate(Var (*f)(const Var&), double x) {
  const Var leaf = Var::parameter(scalar(x));
  Tape tape;
  const Var y = f(leaf);
  tape.backward(y);
  return {y.item(), leaf.gradient().data()[0]};
}

std::string compare(double got, Long want, double relative, double smallest) {
  // Below the smallest normal number registers may flush to 0.
  return difference({{}, {got}}, {{}, {static_cast<double>(static_cast<real>(want))}}, relative,
                    smallest);
}

}  // namespace

TEST_CASE("tails: values and slopes keep their relative accuracy from 1e-30 to infinity") {
  const double smallest = tolerance(1e-307, 2e-37);
  for (const TailRow& row : kRows) {
    for (const double magnitude : kMagnitudes) {
      for (const double sign : {1.0, -1.0}) {
        const double x = static_cast<double>(static_cast<real>(sign * magnitude));
        if (x < row.from || (x == 0 && row.from == 0 && std::signbit(x))) continue;
        INFO(row.name, " at ", x);
        const Point point = evaluate(row.apply, x);
        // log1p near -1 and expm1 near 0 need not be exact to the last bit.
        CHECK_EQ(compare(point.value, row.value(x), tolerance(2e-15, 5e-7), smallest), "");
        CHECK_EQ(compare(point.slope, row.slope(x), tolerance(2e-15, 5e-7), smallest), "");
      }
    }
  }
}

TEST_CASE("tails: outside its domain a function is NaN") {
  CHECK(std::isnan(log(Var(-1.0)).item()));
  CHECK(std::isnan(log(Var(-kInf)).item()));
  CHECK(std::isnan(log1p(Var(-1.5)).item()));
  CHECK(std::isnan(sqrt(Var(-1.0)).item()));
}

TEST_CASE("tails: the edges of the domains") {
  CHECK_EQ(log(Var(0.0)).item(), -kInf);
  CHECK_EQ(log(Var(-0.0)).item(), -kInf);
  CHECK_EQ(log1p(Var(-1.0)).item(), -kInf);
  CHECK_EQ(evaluate(log1p, -1).slope, kInf);
  CHECK_EQ(evaluate(sqrt, 0).slope, kInf);
  CHECK_EQ(evaluate(log, 0).slope, kInf);
}

#ifdef EVIDENT_F64
TEST_CASE("tails: the slope of softplus far to the left is e^x") {
  for (const double x : {-20.0, -80.0, -700.0}) {
    CHECK_EQ(
        difference({{}, {evaluate(softplus, x).slope}}, {{}, {std::exp(x)}}, 1e-12 + std::exp(x)),
        "");
  }
  CHECK_GT(evaluate(tanh, 20).slope, 0);  // 1 - tanh^2 has nothing left from 19 on
}
#endif

TEST_CASE("kinks: the slopes that the headers state") {
  for (const double zero : {0.0, -0.0}) {
    CHECK_EQ(evaluate(relu, zero).slope, 0);
    CHECK_EQ(evaluate(abs, zero).slope, 0);
    CHECK_EQ(evaluate(elu, zero).slope, 1);
  }
}

TEST_CASE("NaN in, NaN out, and NaN gradients are not lost") {
  for (const TailRow& row : kRows) {
    INFO(row.name);
    CHECK(std::isnan(evaluate(row.apply, kNan).value));
    const Var x = Var::parameter(scalar(1.5));
    Tape tape;
    tape.backward(row.apply(x) * kNan);
    CHECK(std::isnan(x.gradient().data()[0]));
  }
}

TEST_CASE("mask rule: the branch not taken sends no gradient, however steep it is") {
  const Var x = Var::parameter(vector({0, 0, 2, 4}));
  Tape tape;
  tape.backward(sum(where(vector({0, 0, 1, 1}), log(x), 0.0) +
                    where(vector({0, 0, 1, 1}), sqrt(x), 0.0) +
                    where(vector({0, 0, 1, 1}), 1.0 / x, 0.0)));
  CHECK_EQ(difference(plain(x.gradient()),
                      {{4}, {0, 0, 0.5 + 0.5 / std::sqrt(2) - 0.25, 0.25 + 0.25 - 0.0625}},
                      tolerance(1e-15, 1e-6)),
           "");
}

TEST_CASE("mask rule: where inside one formula picks value and derivative together") {
  const Var x = Var::parameter(vector({0, -1, 1, 4}));
  Tape tape;
  const Var y = elementwise([](auto x) { return where(x > 0.0, log(x), 0.0 * x); }, x);
  tape.backward(sum(y));
  CHECK_EQ(difference(plain(x.gradient()), {{4}, {0, 0, 1, 0.25}}, 0), "");
}

TEST_CASE("mask rule: a broadcast argument sums only what was taken") {
  const Var scale = Var::parameter(scalar(0));
  Tape tape;
  tape.backward(sum(where(vector({0, 1, 1}), vector({1, 2, 3}), log(scale))) * 0.0);
  CHECK_EQ(scale.gradient().data()[0], 0);
}

TEST_CASE("where: no gradient flows to the condition") {
  const Var condition = Var::parameter(vector({0, 1}));
  const Var x = Var::parameter(vector({5, 6}));
  Tape tape;
  tape.backward(sum(where(condition, x, 2.0 * x)));
  CHECK_FALSE(condition.has_gradient());
  CHECK_EQ(difference(plain(x.gradient()), {{2}, {2, 1}}, 0), "");
}

TEST_CASE("logsumexp: infinite and NaN elements") {
  CHECK_EQ(logsumexp(Var(vector({-kInf, -kInf}))).item(), -kInf);
  CHECK_EQ(logsumexp(Var(vector({-kInf, 3, -kInf}))).item(), 3);
  CHECK_EQ(logsumexp(Var(vector({kInf, 3}))).item(), kInf);
  CHECK_EQ(logsumexp(Var(vector({kInf, -kInf}))).item(), kInf);
  CHECK_EQ(logsumexp(Var(zeros({0}))).item(), -kInf);
  CHECK_EQ(logsumexp(Var(vector({1e4, 1e4}))).item(), doctest::Approx(1e4 + std::log(2)));
  for (const double other : {kInf, -kInf, 0.0}) {
    CHECK(std::isnan(logsumexp(Var(vector({other, kNan}))).item()));
    CHECK(std::isnan(logsumexp(Var(vector({kNan, other}))).item()));
    CHECK(std::isnan(logsumexp(Var(vector({kNan, other, other}))).item()));
  }
  for (const Plain& values : {Plain{{3}, {-kInf, 3, -kInf}}, Plain{{3}, {2, kInf, -kInf}}}) {
    const Var x = Var::parameter(array(values));
    Tape tape;
    tape.backward(logsumexp(x));
    CHECK_EQ(difference(plain(x.gradient()), {{3}, {0, 1, 0}}, 0), "");
  }
}
