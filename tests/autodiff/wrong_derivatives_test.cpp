#ifdef EVIDENT_F64
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/operation_table.hpp>

using namespace evident;
using namespace evident::reference;

namespace {

// Whether differences find fault with `f`.
bool refused(const std::function<Var(const Vars&)>& f, const std::vector<Array>& at,
             const std::vector<bool>& differentiate = {}) {
  const GradientCheck check = check_gradients(f, at, differentiate);
  CHECK_EQ(check.passed, check.message.empty());
  CHECK_EQ(check.passed, check.largest_error <= 1);
  return !check.passed;
}

using Operation = Var (*)(const Var&);

// The operation `right` whose backward step is that of `wrong`.
bool refused(Operation right, Operation wrong, const Shape& shape = {4, 4}) {
  return refused(
      [=](const Vars& v) {
        const Var& x = v[0];
        return record("wrong", right(stop_gradient(x)).value(),
                      edge(x, [=](const Array& gradient, const Array&, GradSink& sink) {
                        const Var leaf = Var::parameter(x.value());
                        Tape tape;
                        sink.add(tape.gradients(sum(wrong(leaf) * gradient), {leaf})[0]);
                      }));
      },
      {array(draw(shape, {0.5, 2}, 5))});
}

// A positive-definite matrix whatever x is.
Var definite(const Var& x) {
  return matmul(x, transpose(x)) + matrix({{4, 0, 0, 0}, {0, 4, 0, 0}, {0, 0, 4, 0}, {0, 0, 0, 4}});
}

Var fixed(std::uint64_t seed) { return array(draw({4, 4}, {0.5, 2}, seed)); }

}  // namespace

TEST_CASE("check_gradients: refuses a wrong derivative of every family") {
  // The construction itself is sound: the right step passes.
  CHECK_FALSE(refused(softplus, softplus));

  SUBCASE("arithmetic") {
    CHECK(refused([](const Var& x) { return fixed(1) / x; },
                  [](const Var& x) { return fixed(1) * x; }));
    CHECK(refused([](const Var& x) { return fixed(1) - x; },
                  [](const Var& x) { return x - fixed(1); }));
    CHECK(refused(exp, [](const Var& x) { return exp(x) * (1 + 1e-5); }));
    CHECK(refused([](const Vars& v) { return v[0] * stop_gradient(v[0]); }, {fixed(1).value()}));
  }
  SUBCASE("powers") {
    CHECK(refused([](const Var& x) { return pow(x, 2.5); },
                  [](const Var& x) { return pow(x, 1.5); }));
    CHECK(refused([](const Var& x) { return pow(fixed(1), x); },
                  [](const Var& x) { return pow(x, fixed(1)); }));
    CHECK(refused(rsqrt, reciprocal));
    CHECK(refused(square, [](const Var& x) { return x; }));
  }
  SUBCASE("trigonometric") {
    CHECK(refused(sin, cos));
    CHECK(refused(cos, [](const Var& x) { return -cos(x); }));
    CHECK(refused(atan, tanh));
    CHECK(refused(tanpi, [](const Var& x) { return 1.001 * tanpi(x); }));
  }
  SUBCASE("error functions") {
    CHECK(refused(erf, erfc));
    CHECK(refused(erfc, [](const Var& x) { return -tanh(x); }));
  }
  SUBCASE("activations") {
    CHECK(refused(softplus, elu));
    CHECK(refused(gelu, silu));
    CHECK(refused(relu, [](const Var& x) { return leaky_relu(x, 0.01) * 1.0001; }));
    CHECK(refused(log_sigmoid, sigmoid));
  }
  SUBCASE("two variables") {
    CHECK(refused([](const Var& x) { return maximum(x, fixed(1)); },
                  [](const Var& x) { return minimum(x, fixed(1)); }));
    CHECK(refused([](const Var& x) { return clamp(x, 0.8, 1.5); },
                  [](const Var& x) { return clamp(x, 0.8, 1.6); }));
    CHECK(refused([](const Var& x) { return logaddexp(x, fixed(1)); },
                  [](const Var& x) { return logaddexp(fixed(1), -x); }));
    CHECK(refused([](const Var& x) { return xlogy(x, fixed(1)); },
                  [](const Var& x) { return xlog1py(x, fixed(1)); }));
  }
  SUBCASE("reductions") {
    CHECK(refused(sum, mean));
    CHECK(refused([](const Var& x) { return variance(x, {1}); },
                  [](const Var& x) { return variance(x, {1}, Keep::kNo, 1); }));
    CHECK(refused(prod, logsumexp));
    CHECK(refused(max, min));
    CHECK(refused([](const Var& x) { return logsumexp(x, {0}); },
                  [](const Var& x) { return logsumexp(x, {1}); }));
  }
  SUBCASE("softmax") {
    CHECK(refused([](const Var& x) { return softmax(x); },
                  [](const Var& x) { return log_softmax(x); }));
    CHECK(refused([](const Var& x) { return log_softmax(x); }, [](const Var& x) { return x; }));
    CHECK(refused([](const Var& x) { return softmax(x, {0}); },
                  [](const Var& x) { return softmax(x, {1}); }));
  }
  SUBCASE("cumulative") {
    CHECK(
        refused([](const Var& x) { return cumsum(x); }, [](const Var& x) { return cumsum(x, 0); }));
    CHECK(refused([](const Var& x) { return cumsum(x); },
                  [](const Var& x) { return cumsum(x) - x; }));
  }
  SUBCASE("products") {
    CHECK(refused([](const Var& x) { return matmul(x, fixed(1)); },
                  [](const Var& x) { return matmul(fixed(1), x); }));
    CHECK(refused(
        [](const Var& x) {
          return linear(x, fixed(1), vector({1, 2, 3, 4}));
        },
        [](const Var& x) {
          return linear(x, fixed(2), vector({1, 2, 3, 4}));
        }));
  }
  SUBCASE("shapes") {
    CHECK(refused([](const Var& x) { return split(x, 2)[0]; },
                  [](const Var& x) { return split(x, 2)[1]; }));
    CHECK(refused([](const Var& x) { return reshape(x, {16}); },
                  [](const Var& x) { return reshape(cumsum(x), {16}); }));
    CHECK(refused(transpose, [](const Var& x) { return x; }));
    CHECK(refused(
        [](const Var& x) {
          return broadcast_to(x, {2, 4, 4});
        },
        [](const Var& x) {
          return stack({x, transpose(x)});
        }));
    CHECK(refused(
        [](const Var& x) {
          return concatenate({x, 2.0 * x}, 0);
        },
        [](const Var& x) {
          return concatenate({2.0 * x, x}, 0);
        }));
  }
  SUBCASE("indexing") {
    CHECK(refused([](const Var& x) { return slice(x, 0, 0, 2); },
                  [](const Var& x) { return slice(x, 0, 1, 3); }));
    CHECK(refused(
        [](const Var& x) {
          return index_select(x, 0, vector({2, 0, 2}));
        },
        [](const Var& x) {
          return index_select(x, 0, vector({2, 0, 1}));
        }));
    CHECK(refused(
        [](const Var& x) {
          return gather(x, 1, full({4, 1}, 2));
        },
        [](const Var& x) { return slice(x, 1, 1, 2); }));
  }
  SUBCASE("linear algebra") {
    CHECK(refused([](const Var& x) { return cholesky(definite(x)); },
                  [](const Var& x) { return transpose(cholesky(definite(x))); }));
    CHECK(refused([](const Var& x) { return inverse_spd(definite(x)); },
                  [](const Var& x) { return -inverse_spd(definite(x)); }));
    CHECK(refused([](const Var& x) { return log_determinant(definite(x)); },
                  [](const Var& x) { return sum(log(diagonal(definite(x)))); }));
    CHECK(refused(
        [](const Var& x) { return triangular_solve(definite(x), fixed(1)); },
        [](const Var& x) { return triangular_solve(definite(x), fixed(1), Transpose::kYes); }));
    CHECK(refused([](const Var& x) { return diagonal(x); },
                  [](const Var& x) { return diagonal(transpose(cumsum(x))); }));
  }
}

namespace {

// The gradient of one argument, damaged.
using Damage = void (*)(Array&);

const std::pair<const char*, Damage> kDamages[] = {
    {"one part in a hundred thousand",
     [](Array& g) {
       for (real& x : g) x *= 1 + 1e-5;
     }},
    {"the sign",
     [](Array& g) {
       for (real& x : g) x = -x;
     }},
    {"a single element", [](Array& g) { g.data()[g.size() / 2] += 1e-4; }},
    {"the places", [](Array& g) { std::rotate(g.begin(), g.begin() + 1, g.end()); }},
};

// The operation of a row with a damaged gradient in argument k.
Var damaged(const OperationRow& row, const Vars& v, std::size_t k, Damage damage) {
  Vars constant;
  for (const Var& x : v) constant.push_back(stop_gradient(x));
  const Array value = row.apply(constant).value();
  return record("wrong", value,
                edge(v[k], [=](const Array& gradient, const Array&, GradSink& sink) {
                  Vars leaves = constant;
                  leaves[k] = Var::parameter(v[k].value());
                  Tape tape;
                  Array g = tape.gradients(sum(row.apply(leaves) * gradient), {leaves[k]})[0];
                  damage(g);
                  sink.add(std::move(g));
                }));
}

// The gradient of argument k of a row, for an incoming gradient that is no number's.
Array gradient_of(const OperationRow& row, const std::vector<Array>& at, std::size_t k) {
  Vars leaves;
  for (const Array& x : at) leaves.push_back(Var::parameter(x));
  Tape tape;
  const Var y = row.apply(leaves);
  return tape.gradients(sum(y * Var(array(draw(y.shape(), {0.5, 1.5}, 40)))), {leaves[k]})[0];
}

// The smallest shapes of a row with an argument of more than one element; nothing if there are
// none.
std::vector<Shape> small_shapes(const OperationRow& row) {
  std::vector<Shape> result;
  std::size_t least = 0;
  for (const std::vector<Shape>& shapes : row.shapes) {
    std::size_t total = 0;
    std::size_t largest = 0;
    bool empty = false;
    for (const Shape& shape : shapes) {
      total += size_of(shape);
      largest = std::max(largest, size_of(shape));
      empty = empty || size_of(shape) == 0;
    }
    if (empty || largest < 2 || (least != 0 && total >= least)) continue;
    least = total;
    result = shapes;
  }
  return result;
}

}  // namespace

// Whatever the family: every row with a gradient is tried, so that none passes for want of power.
TEST_CASE("check_gradients: refuses a damaged derivative of every operation") {
  std::size_t tried = 0;
  for (const OperationRow& row : operation_table()) {
    const std::vector<Shape> shapes = small_shapes(row);
    if (shapes.empty()) continue;
    const std::vector<Array> at = arrays(row.draw_arguments(shapes));
    for (std::size_t k = 0; k < row.arity(); ++k) {
      if (!row.differentiable[k]) continue;
      const auto finds = [&](Damage damage) {
        std::vector<bool> only(row.arity(), false);
        only[k] = true;
        return refused([&](const Vars& v) { return damaged(row, v, k, damage); }, at, only);
      };
      INFO(row.name(), ", argument ", k);
      CHECK_FALSE(finds([](Array&) {}));
      const Array whole = gradient_of(row, at, k);
      const auto [low, high] = std::minmax_element(whole.begin(), whole.end());
      // A sign's gradient has nothing to damage, a product's of many factors too little, and places
      // make no difference where all are the same.
      const bool large = std::max(std::abs(*low), std::abs(*high)) > 0.01;
      const bool same = *high - *low < 0.01;
      for (const auto& [name, damage] : kDamages) {
        const bool single = std::string(name) == "a single element";
        if ((!single && !large) || (std::string(name) == "the places" && same)) continue;
        INFO(name);
        CHECK(finds(damage));
        ++tried;
      }
    }
  }
  CHECK_GT(tried, 3 * operation_table().size() / 2);
}

TEST_CASE("check_gradients: a NaN derivative is refused") {
  const auto f = [](const Vars& v) {
    return record("wrong", v[0].value(),
                  edge(v[0], [](const Array& g, const Array&, GradSink& sink) {
                    sink.add(full(g.shape(), std::nan("")));
                  }));
  };
  CHECK(refused(f, {vector({1, 2, 3})}));
}
#endif
