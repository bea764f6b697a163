#include <doctest/doctest.h>

#include <algorithm>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace evident;
using namespace evident::reference;

namespace {

// The functions that a header declares to return a Var or two, as "name(parameter, parameter)".
std::set<std::string> declared_in(const std::string& header) {
  std::ifstream file(std::string(EVIDENT_SOURCE_DIR) + "/autodiff/" + header);
  REQUIRE(file.is_open());
  std::string text{std::istreambuf_iterator<char>(file), {}};
  // What is not for users has no row.
  for (std::size_t at; (at = text.find("namespace detail {")) != std::string::npos;) {
    text.erase(at, text.find("}  // namespace detail", at) - at);
  }
  const std::regex declaration(
      R"((?:^|\n)(?:Var|std::array<Var, 2>) (operator[^\s\w]+|\w+)\(([^)]*)\))");
  const std::regex parameter(R"((\w+)\s*(?:=[^,]*)?(?:,|$))");
  std::set<std::string> result;
  for (std::sregex_iterator d(text.begin(), text.end(), declaration), end; d != end; ++d) {
    const std::string parameters = (*d)[2];
    std::string names;
    for (std::sregex_iterator p(parameters.begin(), parameters.end(), parameter); p != end; ++p) {
      names += (names.empty() ? "" : ", ") + (*p)[1].str();
    }
    result.insert((*d)[1].str() + "(" + names + ")");
  }
  return result;
}

}  // namespace

TEST_CASE("operation table: every declared operation has a row") {
  std::set<std::string> rows;
  for (const OperationRow& row : operation_table()) rows.insert(row.declared);
  std::set<std::string> declared;
  for (const char* header : {"cumulative.hpp", "indexing.hpp", "linalg.hpp", "operations.hpp",
                             "products.hpp", "reductions.hpp", "shapes.hpp", "softmax.hpp"}) {
    const std::set<std::string> found = declared_in(header);
    CHECK_FALSE(found.empty());
    declared.insert(found.begin(), found.end());
  }
  for (const std::string& operation : declared) {
    CHECK_MESSAGE(rows.count(operation) == 1, operation, " has no row in operation_table.cpp");
  }
  for (const std::string& row : rows) {
    CHECK_MESSAGE(declared.count(row) == 1, "the row ", row, " names no declared operation");
  }
}

#ifdef EVIDENT_F64

namespace {

// Whether differences find fault with `f` on an array of this shape.
bool refused(const std::function<Var(const Vars&)>& f, const Shape& shape) {
  const GradientCheck check = check_gradients(f, {array(draw(shape, {0.5, 2}, 5))});
  CHECK_EQ(check.passed, check.message.empty());
  CHECK_EQ(check.passed, check.largest_error <= 1);
  return !check.passed;
}

// The operation `f` whose backward step is that of `wrong`.
Var with_step_of(const Var& x, Var (*f)(const Var&), Var (*wrong)(const Var&)) {
  return record("wrong", f(stop_gradient(x)).value(),
                edge(x, [x, wrong](const Array& gradient, const Array&, GradSink& sink) {
                  const Var leaf = Var::parameter(x.value());
                  Tape tape;
                  sink.add(tape.gradients(sum(wrong(leaf) * gradient), {leaf})[0]);
                }));
}

Var transposed_step(const Var& x) {
  const Var weight = array(draw({4, 4}, {-1, 1}, 8));
  return record("wrong", matmul(stop_gradient(x), weight).value(),
                edge(x, [weight](const Array& gradient, const Array&, GradSink& sink) {
                  sink.add(matmul(gradient, weight).value());
                }));
}

}  // namespace

TEST_CASE("check_gradients: refuses a wrong derivative of every family") {
  // The construction itself is sound: the right step passes.
  const auto softplus_as_itself = [](const Vars& v) {
    return with_step_of(v[0], softplus, softplus);
  };
  CHECK_FALSE(refused(softplus_as_itself, {3, 4}));

  SUBCASE("elementwise: the derivative of a near relation") {
    CHECK(refused([](const Vars& v) { return with_step_of(v[0], softplus, elu); }, {3, 4}));
  }
  SUBCASE("elementwise: one part in a hundred thousand") {
    CHECK(refused(
        [](const Vars& v) {
          return with_step_of(v[0], exp, [](const Var& x) { return exp(x) * (1 + 1e-5); });
        },
        {3, 4}));
  }
  SUBCASE("elementwise: a formula that hides a dependence") {
    CHECK(refused([](const Vars& v) { return v[0] * stop_gradient(v[0]); }, {3, 4}));
  }
  SUBCASE("reduction: the mean's derivative for the sum") {
    CHECK(refused([](const Vars& v) { return with_step_of(v[0], sum, mean); }, {3, 4}));
  }
  SUBCASE("reduction: another axis") {
    CHECK(refused(
        [](const Vars& v) {
          return with_step_of(
              v[0], [](const Var& x) { return logsumexp(x, {0}); },
              [](const Var& x) { return logsumexp(x, {1}); });
        },
        {4, 4}));
  }
  SUBCASE("product: the weight not transposed") {
    CHECK(refused([](const Vars& v) { return transposed_step(v[0]); }, {4, 4}));
  }
  SUBCASE("shape: the other half") {
    CHECK(refused(
        [](const Vars& v) {
          return with_step_of(
              v[0], [](const Var& x) { return split(x, 2)[0]; },
              [](const Var& x) { return split(x, 2)[1]; });
        },
        {3, 4}));
  }
  SUBCASE("a single wrong element") {
    CHECK(refused(
        [](const Vars& v) {
          return with_step_of(
              v[0], [](const Var& x) { return x * 1.0; },
              [](const Var& x) {
                Array factor = ones(x.shape());
                factor.data()[7] += 1e-4;
                return x * factor;
              });
        },
        {3, 4}));
  }
}

TEST_CASE("check_gradients: a NaN derivative is refused") {
  const auto f = [](const Vars& v) {
    return record("wrong", v[0].value(),
                  edge(v[0], [](const Array& g, const Array&, GradSink& sink) {
                    sink.add(full(g.shape(), std::nan("")));
                  }));
  };
  CHECK(refused(f, {3}));
}

// Operations chosen at random, each on results chosen at random: an input is used many times, or
// never, and by operations of every kind.
TEST_CASE("operations: gradients of random graphs agree with central differences") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed ", seed);
    const Plain choices = draw({64}, {0, 1}, seed);
    const auto graph = [&](const Vars& leaves) {
      Vars pool = leaves;
      std::size_t next = 0;
      const auto pick = [&](std::size_t count) {
        const double u = choices.data[next++ % choices.data.size()];
        return std::min(count - 1, static_cast<std::size_t>(u * static_cast<double>(count)));
      };
      for (int step = 0; step < 14; ++step) {
        const Var a = pool[pick(pool.size())];
        const Var b = pool[pick(pool.size())];
        switch (pick(10)) {
          case 0:
            pool.push_back(tanh(a));
            break;
          case 1:
            pool.push_back(sigmoid(a + b));
            break;
          case 2:
            pool.push_back(softplus(a) - b);
            break;
          case 3:
            pool.push_back(tanh(a * b));
            break;
          case 4:
            pool.push_back(a / (1.0 + square(b)));
            break;
          case 5:
            pool.push_back(tanh(matmul(a, b)));
            break;
          case 6:
            pool.push_back(b - logsumexp(a, {1}, Keep::kYes));
            break;
          case 7:
            pool.push_back(mean(a, {0}) * sigmoid(b));
            break;
          case 8:
            pool.push_back(reshape(tanh(reshape(a, {9})), {3, 3}) * b);
            break;
          default: {
            const auto [left, right] = split(a, 1);
            pool.push_back(left + b * mean(right));
          }
        }
        if (pool.back().shape() != Shape{3, 3}) pool.back() = pool.back() + zeros({3, 3});
      }
      return pool.back() + tanh(pool[pool.size() - 2]);
    };
    const GradientCheck check = check_gradients(graph, {array(draw({3, 3}, {-1, 1}, seed + 100)),
                                                        array(draw({3, 3}, {-1, 1}, seed + 200))});
    CHECK_MESSAGE(check.passed, check.message);
  }
}

#endif
