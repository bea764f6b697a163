#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <limits>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

using Long = long double;
using ScalarFunction = Long (*)(const Long*);
using Table = std::vector<OperationRow>;

std::vector<std::vector<Shape>> elementwise_shapes(std::size_t arity) {
  if (arity == 1) return {{{}}, {{1}}, {{37}}, {{5, 7}}, {{2, 3, 4}}, {{0}}, {{3, 0}}};
  const std::vector<std::pair<Shape, Shape>> pairs = {{{}, {}},
                                                      {{1}, {}},
                                                      {{37}, {37}},
                                                      {{5, 7}, {5, 7}},
                                                      {{0}, {0}},
                                                      {{37}, {}},
                                                      {{}, {37}},
                                                      {{4}, {3, 4}},
                                                      {{3, 4}, {4}},
                                                      {{3, 1}, {1, 4}},
                                                      {{1, 4}, {3, 1}},
                                                      {{5, 1, 3}, {2, 1}},
                                                      {{2, 1}, {5, 1, 3}},
                                                      {{3, 17}, {3, 1}},
                                                      {{1}, {0}},
                                                      {{0, 3}, {3}},
                                                      {{1, 1, 3}, {3}}};
  std::vector<std::vector<Shape>> result;
  for (const auto& [a, b] : pairs) {
    result.push_back({a, b});
    if (arity == 3) {
      result.back().push_back(b);
      result.push_back({a, a, b});
      result.push_back({{}, a, b});
    }
  }
  return result;
}

Plain apply_scalar(ScalarFunction f, const Plains& x) {
  Shape shape = x[0].shape;
  for (const Plain& argument : x) shape = broadcast_shape(shape, argument.shape, "reference");
  Plain y{shape, std::vector<double>(size_of(shape))};
  for (std::size_t i = 0; i < y.data.size(); ++i) {
    Long arguments[3] = {};
    for (std::size_t k = 0; k < x.size(); ++k) {
      arguments[k] = x[k].data[broadcast_index(shape, i, x[k].shape)];
    }
    y.data[i] = static_cast<double>(f(arguments));
  }
  return y;
}

void elementwise(Table& table, const char* declared, std::vector<Domain> domains,
                 Var (*apply)(const Vars&), ScalarFunction f) {
  OperationRow row{declared, "", apply, std::move(domains), {}, {}, {}, true};
  for (const Domain& domain : row.domains) row.differentiable.push_back(!domain.coin);
  row.shapes = elementwise_shapes(row.arity());
  row.value = [f](const Plains& x) { return apply_scalar(f, x); };
  table.push_back(std::move(row));
}

void add_elementwise(Table& t) {
  const Domain any{-3, 3};
  const Domain positive{0.2, 4};
  const Domain kinked{-3, 3, 0.1};
  elementwise(
      t, "operator+(a, b)", {any, any}, [](const Vars& v) { return v[0] + v[1]; },
      [](const Long* x) { return x[0] + x[1]; });
  elementwise(
      t, "operator-(a, b)", {any, any}, [](const Vars& v) { return v[0] - v[1]; },
      [](const Long* x) { return x[0] - x[1]; });
  elementwise(
      t, "operator*(a, b)", {any, any}, [](const Vars& v) { return v[0] * v[1]; },
      [](const Long* x) { return x[0] * x[1]; });
  elementwise(
      t, "operator/(a, b)", {any, {-3, 3, 0.3}}, [](const Vars& v) { return v[0] / v[1]; },
      [](const Long* x) { return x[0] / x[1]; });
  elementwise(
      t, "operator-(x)", {any}, [](const Vars& v) { return -v[0]; },
      [](const Long* x) { return -x[0]; });
  elementwise(
      t, "exp(x)", {any}, [](const Vars& v) { return exp(v[0]); },
      [](const Long* x) { return std::exp(x[0]); });
  elementwise(
      t, "log(x)", {positive}, [](const Vars& v) { return log(v[0]); },
      [](const Long* x) { return std::log(x[0]); });
  elementwise(
      t, "log1p(x)", {{-0.7, 3}}, [](const Vars& v) { return log1p(v[0]); },
      [](const Long* x) { return std::log1p(x[0]); });
  elementwise(
      t, "expm1(x)", {any}, [](const Vars& v) { return expm1(v[0]); },
      [](const Long* x) { return std::expm1(x[0]); });
  elementwise(
      t, "sqrt(x)", {positive}, [](const Vars& v) { return sqrt(v[0]); },
      [](const Long* x) { return std::sqrt(x[0]); });
  elementwise(
      t, "square(x)", {any}, [](const Vars& v) { return square(v[0]); },
      [](const Long* x) { return x[0] * x[0]; });
  elementwise(
      t, "abs(x)", {kinked}, [](const Vars& v) { return abs(v[0]); },
      [](const Long* x) { return std::abs(x[0]); });
  elementwise(
      t, "tanh(x)", {any}, [](const Vars& v) { return tanh(v[0]); },
      [](const Long* x) { return std::tanh(x[0]); });
  elementwise(
      t, "sigmoid(x)", {any}, [](const Vars& v) { return sigmoid(v[0]); },
      [](const Long* x) { return 1 / (1 + std::exp(-x[0])); });
  elementwise(
      t, "softplus(x)", {any}, [](const Vars& v) { return softplus(v[0]); },
      [](const Long* x) { return std::log1p(std::exp(x[0])); });
  elementwise(
      t, "relu(x)", {kinked}, [](const Vars& v) { return relu(v[0]); },
      [](const Long* x) { return x[0] > 0 ? x[0] : 0; });
  elementwise(
      t, "elu(x)", {kinked}, [](const Vars& v) { return elu(v[0]); },
      [](const Long* x) { return x[0] > 0 ? x[0] : std::expm1(x[0]); });
  elementwise(
      t, "where(condition, a, b)", {{0, 1, 0, true}, any, any},
      [](const Vars& v) { return where(v[0], v[1], v[2]); },
      [](const Long* x) { return x[0] != 0 ? x[1] : x[2]; });
}

// (m, k) times (k, n), whatever axes `x` spreads m over.
Plain product(const Plain& x, const Plain& w, std::vector<std::size_t> shape) {
  const std::size_t k = w.shape[0];
  const std::size_t n = w.shape.size() == 2 ? w.shape[1] : 1;
  Plain y{Shape(shape.begin(), shape.end()), {}};
  y.data.assign(size_of(y.shape), 0);
  for (std::size_t i = 0; i < y.data.size(); ++i) {
    Long total = 0;
    for (std::size_t j = 0; j < k; ++j) {
      total += Long(x.data[i / n * k + j]) * w.data[j * n + i % n];
    }
    y.data[i] = static_cast<double>(total);
  }
  return y;
}

Plain matmul_reference(const Plains& x) {
  std::vector<std::size_t> shape(x[0].shape.begin(), x[0].shape.end() - 1);
  if (x[1].shape.size() == 2) shape.push_back(x[1].shape[1]);
  return product(x[0], x[1], shape);
}

Plain linear_reference(const Plains& x) {
  Plain y = matmul_reference({x[0], x[1]});
  for (std::size_t i = 0; i < y.data.size(); ++i) y.data[i] += x[2].data[i % x[2].data.size()];
  return y;
}

void structural(Table& table, const std::string& declared, const std::string& label,
                std::size_t arity, std::function<Var(const Vars&)> apply,
                std::vector<std::vector<Shape>> shapes, std::function<Plain(const Plains&)> value) {
  table.push_back({declared, label, std::move(apply), std::vector<Domain>(arity, Domain{-2, 2}),
                   std::vector<bool>(arity, true), std::move(shapes), std::move(value), false});
}

void add_products(Table& t) {
  structural(
      t, "matmul(a, b)", "", 2, [](const Vars& v) { return matmul(v[0], v[1]); },
      {{{3, 4}, {4, 5}},
       {{2, 3, 4}, {4, 5}},
       {{4}, {4, 5}},
       {{3, 4}, {4}},
       {{4}, {4}},
       {{2, 3, 4}, {4}},
       {{1, 1}, {1, 1}},
       {{17, 37}, {37, 9}},
       {{0, 4}, {4, 5}},
       {{3, 0}, {0, 5}},
       {{3, 4}, {4, 0}},
       {{0}, {0}},
       {{2, 0, 4}, {4, 3}},
       {{2, 3, 0}, {0, 2}}},
      matmul_reference);
  structural(
      t, "linear(x, weight, bias)", "", 3, [](const Vars& v) { return linear(v[0], v[1], v[2]); },
      {{{3, 4}, {4, 5}, {5}},
       {{4}, {4, 5}, {5}},
       {{2, 3, 4}, {4, 5}, {5}},
       {{17, 37}, {37, 9}, {9}},
       {{0, 4}, {4, 5}, {5}},
       {{3, 0}, {0, 5}, {5}},
       {{3, 4}, {4, 0}, {0}}},
      linear_reference);
}

Plain columns(const Plain& x, std::size_t first, std::size_t count) {
  Plain y{x.shape, {}};
  const std::size_t length = y.shape.back();
  y.shape.back() = count;
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    if (i % length >= first && i % length < first + count) y.data.push_back(x.data[i]);
  }
  return y;
}

void add_shapes(Table& t) {
  const auto reshape_to = [&t](const Shape& from, const Shape& to) {
    structural(
        t, "reshape(x, shape)", to_string(from) + " to " + to_string(to), 1,
        [to](const Vars& v) { return reshape(v[0], to); }, {{from}},
        [to](const Plains& x) {
          return Plain{to, x[0].data};
        });
  };
  reshape_to({2, 6}, {3, 4});
  reshape_to({}, {1, 1});
  reshape_to({5, 7}, {35});
  reshape_to({0, 3}, {0});

  const std::vector<std::vector<Shape>> shapes = {{{5}}, {{3, 7}}, {{2, 3, 6}}, {{0, 6}}};
  for (const std::size_t first : {0, 2, 5}) {
    const std::string label = "after " + std::to_string(first);
    structural(
        t, "split(x, first)", "before " + std::to_string(first), 1,
        [first](const Vars& v) { return split(v[0], first)[0]; }, shapes,
        [first](const Plains& x) { return columns(x[0], 0, first); });
    structural(
        t, "split(x, first)", label, 1, [first](const Vars& v) { return split(v[0], first)[1]; },
        shapes,
        [first](const Plains& x) { return columns(x[0], first, x[0].shape.back() - first); });
  }
  structural(
      t, "split(x, first)", "both halves", 1,
      [](const Vars& v) {
        const auto [left, right] = split(v[0], 3);
        return left * right;
      },
      {{{6}}, {{4, 6}}},
      [](const Plains& x) {
        Plain left = columns(x[0], 0, 3);
        const Plain right = columns(x[0], 3, 3);
        for (std::size_t i = 0; i < left.data.size(); ++i) left.data[i] *= right.data[i];
        return left;
      });
}

enum class Kind { kSum, kMean, kLogSumExp };

Plain reduce(Kind kind, const Plain& x, const Axes& axes, Keep keep) {
  Shape kept = x.shape;
  for (const int axis : axes) {
    kept[static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(kept.size()) : axis)] = 1;
  }
  std::vector<Long> totals(size_of(kept), 0);
  std::vector<double> counts(size_of(kept), 0);
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    const std::size_t to = broadcast_index(x.shape, i, kept);
    totals[to] += kind == Kind::kLogSumExp ? std::exp(Long(x.data[i])) : Long(x.data[i]);
    counts[to] += 1;
  }
  std::vector<std::size_t> shape;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const int axis = static_cast<int>(k);
    const bool reduced =
        std::count(axes.begin(), axes.end(), axis) != 0 ||
        std::count(axes.begin(), axes.end(), axis - static_cast<int>(kept.size())) != 0;
    if (!reduced || keep == Keep::kYes) shape.push_back(kept[k]);
  }
  Plain y{Shape(shape.begin(), shape.end()), {}};
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (kind == Kind::kMean) totals[i] /= counts[i];
    if (kind == Kind::kLogSumExp) totals[i] = std::log(totals[i]);
    y.data.push_back(static_cast<double>(totals[i]));
  }
  return y;
}

void reduction(Table& t, const std::string& name, Kind kind, Var (*of_all)(const Var&),
               Var (*over)(const Var&, const Axes&, Keep)) {
  structural(
      t, name + "(x)", "", 1, [=](const Vars& v) { return of_all(v[0]); },
      {{{}}, {{37}}, {{5, 7}}, {{2, 3, 4}}, {{0}}, {{3, 0}}},
      [=](const Plains& x) { return reduce(kind, x[0], last_axes(x[0].shape.size()), Keep::kNo); });
  const std::vector<std::pair<Axes, std::vector<Shape>>> cases = {
      {{0}, {{37}, {5, 7}, {3, 11, 5}, {0, 3}, {3, 0}}},
      {{1}, {{5, 7}, {3, 11, 5}, {3, 0}}},
      {{-1}, {{37}, {5, 7}, {3, 4, 17}, {0, 3}}},
      {{-2}, {{5, 7}, {3, 4, 17}}},
      {{0, 2}, {{3, 11, 5}, {2, 3, 4, 5}}},
      {{2, 1}, {{3, 4, 17}}},
      {{-1, 0}, {{3, 4, 17}}},
      {{0, 1, 2}, {{2, 3, 4}}},
      {{}, {{5, 7}, {}}}};
  for (const auto& [axes, shapes] : cases) {
    for (const Keep keep : {Keep::kNo, Keep::kYes}) {
      std::string label = keep == Keep::kYes ? "keeping" : "over";
      for (const int axis : axes) label += " " + std::to_string(axis);
      std::vector<std::vector<Shape>> arguments;
      for (const Shape& shape : shapes) arguments.push_back({shape});
      structural(
          t, name + "(x, axes, keep)", label, 1,
          [over, axes = axes, keep](const Vars& v) { return over(v[0], axes, keep); },
          std::move(arguments),
          [kind, axes = axes, keep](const Plains& x) { return reduce(kind, x[0], axes, keep); });
    }
  }
}

Table make_table() {
  Table table;
  add_elementwise(table);
  add_products(table);
  add_shapes(table);
  reduction(table, "sum", Kind::kSum, sum, sum);
  reduction(table, "mean", Kind::kMean, mean, mean);
  reduction(table, "logsumexp", Kind::kLogSumExp, logsumexp, logsumexp);
  return table;
}

}  // namespace

Plains OperationRow::draw_arguments(const std::vector<Shape>& of) const {
  Plains result;
  for (std::size_t k = 0; k < arity(); ++k) result.push_back(draw(of[k], domains[k], 11 + k));
  return result;
}

const std::vector<OperationRow>& operation_table() {
  static const Table table = make_table();
  return table;
}

Vars constants(const Plains& arguments) {
  Vars result;
  for (const Plain& argument : arguments) result.emplace_back(array(argument));
  return result;
}

std::vector<Array> arrays(const Plains& arguments) {
  std::vector<Array> result;
  for (const Plain& argument : arguments) result.push_back(array(argument));
  return result;
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
