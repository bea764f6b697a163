#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

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

// tan(pi x), from the nearer of a whole number and a half.
Long tangent_of_half_turns(Long x) {
  const Long pi = std::acos(Long(-1)), rest = x - std::nearbyint(x), size = std::abs(rest);
  const Long y = size <= 0.25L ? std::tan(pi * size) : 1 / std::tan(pi * (0.5L - size));
  return std::copysign(y, rest);
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

}  // namespace

void elementwise(Table& table, const char* declared, std::vector<Domain> domains,
                 Var (*apply)(const Vars&), ScalarFunction f, std::vector<ScalarFunction> slopes) {
  OperationRow row{declared, "", apply, std::move(domains), {}, {}, {}, true, f, std::move(slopes)};
  for (const ScalarFunction slope : row.slopes) row.differentiable.push_back(slope != nullptr);
  row.shapes = elementwise_shapes(row.arity());
  row.value = [f](const Plains& x) { return apply_scalar(f, x); };
  table.push_back(std::move(row));
}

namespace {

Long decay(Long x) { return std::exp(-std::abs(x)); }
Long logistic(Long x) { return (x >= 0 ? 1 : decay(x)) / (1 + decay(x)); }
Long logistic_slope(Long x) { return decay(x) / ((1 + decay(x)) * (1 + decay(x))); }
Long log_one_plus_exp(Long x) { return (x > 0 ? x : 0) + std::log1p(decay(x)); }
Long bell(Long x) { return 2 / std::sqrt(std::acos(Long(-1))) * std::exp(-x * x); }
Long normal_cdf(Long x) { return std::erfc(-x / std::sqrt(Long(2))) / 2; }
Long power(Long a, Long b) { return std::pow(a, b); }
// A product in which 0 times anything is 0.
Long times(Long x, Long y) { return x == 0 ? 0 : x * y; }

void add_arithmetic(Table& t) {
  const Domain any{-3, 3};
  elementwise(
      t, "operator+(a, b)", {any, any}, [](const Vars& v) { return v[0] + v[1]; },
      [](const Long* x) { return x[0] + x[1]; },
      {[](const Long*) { return Long(1); }, [](const Long*) { return Long(1); }});
  elementwise(
      t, "operator-(a, b)", {any, any}, [](const Vars& v) { return v[0] - v[1]; },
      [](const Long* x) { return x[0] - x[1]; },
      {[](const Long*) { return Long(1); }, [](const Long*) { return Long(-1); }});
  elementwise(
      t, "operator*(a, b)", {any, any}, [](const Vars& v) { return v[0] * v[1]; },
      [](const Long* x) { return x[0] * x[1]; },
      {[](const Long* x) { return x[1]; }, [](const Long* x) { return x[0]; }});
  elementwise(
      t, "operator/(a, b)", {any, {-3, 3, 0.3}}, [](const Vars& v) { return v[0] / v[1]; },
      [](const Long* x) { return x[0] / x[1]; },
      {[](const Long* x) { return 1 / x[1]; }, [](const Long* x) { return -x[0] / x[1] / x[1]; }});
  elementwise(
      t, "operator-(x)", {any}, [](const Vars& v) { return -v[0]; },
      [](const Long* x) { return -x[0]; }, {[](const Long*) { return Long(-1); }});
  elementwise(
      t, "reciprocal(x)", {{-3, 3, 0.3}}, [](const Vars& v) { return reciprocal(v[0]); },
      [](const Long* x) { return 1 / x[0]; }, {[](const Long* x) { return -1 / x[0] / x[0]; }});
  elementwise(
      t, "square(x)", {any}, [](const Vars& v) { return square(v[0]); },
      [](const Long* x) { return x[0] * x[0]; }, {[](const Long* x) { return 2 * x[0]; }});
}

void add_elementary(Table& t) {
  const Domain any{-3, 3};
  const Domain positive{0.2, 4};
  elementwise(
      t, "exp(x)", {any}, [](const Vars& v) { return exp(v[0]); },
      [](const Long* x) { return std::exp(x[0]); }, {[](const Long* x) { return std::exp(x[0]); }});
  elementwise(
      t, "expm1(x)", {any}, [](const Vars& v) { return expm1(v[0]); },
      [](const Long* x) { return std::expm1(x[0]); },
      {[](const Long* x) { return std::exp(x[0]); }});
  elementwise(
      t, "log(x)", {positive}, [](const Vars& v) { return log(v[0]); },
      [](const Long* x) { return std::log(x[0]); }, {[](const Long* x) { return 1 / x[0]; }});
  elementwise(
      t, "log1p(x)", {{-0.7, 3}}, [](const Vars& v) { return log1p(v[0]); },
      [](const Long* x) { return std::log1p(x[0]); },
      {[](const Long* x) { return 1 / (1 + x[0]); }});
  elementwise(
      t, "sqrt(x)", {positive}, [](const Vars& v) { return sqrt(v[0]); },
      [](const Long* x) { return std::sqrt(x[0]); },
      {[](const Long* x) { return 1 / (2 * std::sqrt(x[0])); }});
  elementwise(
      t, "rsqrt(x)", {positive}, [](const Vars& v) { return rsqrt(v[0]); },
      [](const Long* x) { return 1 / std::sqrt(x[0]); },
      {[](const Long* x) { return -1 / (2 * x[0] * std::sqrt(x[0])); }});
  elementwise(
      t, "sin(x)", {any}, [](const Vars& v) { return sin(v[0]); },
      [](const Long* x) { return std::sin(x[0]); }, {[](const Long* x) { return std::cos(x[0]); }});
  elementwise(
      t, "cos(x)", {any}, [](const Vars& v) { return cos(v[0]); },
      [](const Long* x) { return std::cos(x[0]); },
      {[](const Long* x) { return -std::sin(x[0]); }});
  elementwise(
      t, "atan(x)", {any}, [](const Vars& v) { return atan(v[0]); },
      [](const Long* x) { return std::atan(x[0]); },
      {[](const Long* x) { return 1 / (1 + x[0] * x[0]); }});
  elementwise(
      t, "tanpi(x)", {{-0.4, 0.4}}, [](const Vars& v) { return tanpi(v[0]); },
      [](const Long* x) { return tangent_of_half_turns(x[0]); }, {[](const Long* x) {
        const Long y = tangent_of_half_turns(x[0]);
        return std::acos(Long(-1)) * (1 + y * y);
      }});
  elementwise(
      t, "erf(x)", {any}, [](const Vars& v) { return erf(v[0]); },
      [](const Long* x) { return std::erf(x[0]); }, {[](const Long* x) { return bell(x[0]); }});
  elementwise(
      t, "erfc(x)", {any}, [](const Vars& v) { return erfc(v[0]); },
      [](const Long* x) { return std::erfc(x[0]); }, {[](const Long* x) { return -bell(x[0]); }});
}

void add_two_variables(Table& t) {
  const Domain any{-3, 3};
  const Domain positive{0.2, 4};
  elementwise(
      t, "pow(a, b)", {positive, {-2, 2}}, [](const Vars& v) { return pow(v[0], v[1]); },
      [](const Long* x) { return power(x[0], x[1]); },
      {[](const Long* x) {
         // Whole b - 1 may lie between two numbers: where that matters, a^b / a has its sign.
         return times(x[1], x[0] == 0 ? power(x[0], x[1] - 1) : power(x[0], x[1]) / x[0]);
       },
       [](const Long* x) {
         return x[0] == 0 && x[1] >= 0 ? 0 : times(power(x[0], x[1]), std::log(x[0]));
       }});
  elementwise(
      t, "log1mexp(x)", {{-3, -0.2}}, [](const Vars& v) { return log1mexp(v[0]); },
      [](const Long* x) {
        return x[0] > -0.7L ? std::log(-std::expm1(x[0])) : std::log1p(-std::exp(x[0]));
      },
      {[](const Long* x) { return -1 / std::expm1(-x[0]); }});
  elementwise(
      t, "xlogy(x, y)", {any, positive}, [](const Vars& v) { return xlogy(v[0], v[1]); },
      [](const Long* x) { return x[1] >= 0 ? times(x[0], std::log(x[1])) : x[0] * NAN; },
      {[](const Long* x) { return x[0] == 0 && x[1] == 0 ? 0 : std::log(x[1]); },
       [](const Long* x) { return times(x[0], 1 / x[1]); }});
  elementwise(
      t, "xlog1py(x, y)", {any, {-0.7, 3}}, [](const Vars& v) { return xlog1py(v[0], v[1]); },
      [](const Long* x) { return x[1] >= -1 ? times(x[0], std::log1p(x[1])) : x[0] * NAN; },
      {[](const Long* x) { return x[0] == 0 && x[1] == -1 ? 0 : std::log1p(x[1]); },
       [](const Long* x) { return times(x[0], 1 / (1 + x[1])); }});
  elementwise(
      t, "logaddexp(a, b)", {any, any}, [](const Vars& v) { return logaddexp(v[0], v[1]); },
      [](const Long* x) { return std::max(x[0], x[1]) + std::log1p(decay(x[0] - x[1])); },
      {[](const Long* x) { return logistic(x[0] - x[1]); },
       [](const Long* x) { return logistic(x[1] - x[0]); }});
  elementwise(
      t, "where(condition, a, b)", {{0, 1, 0, true}, any, any},
      [](const Vars& v) { return where(v[0], v[1], v[2]); },
      [](const Long* x) { return x[0] != 0 ? x[1] : x[2]; },
      {nullptr, [](const Long* x) { return Long(x[0] != 0); },
       [](const Long* x) { return Long(x[0] == 0); }});
}

void add_kinked(Table& t) {
  const Domain any{-3, 3};
  const Domain kinked{-3, 3, 0.1};
  elementwise(
      t, "abs(x)", {kinked}, [](const Vars& v) { return abs(v[0]); },
      [](const Long* x) { return std::abs(x[0]); },
      {[](const Long* x) { return Long(x[0] > 0) - Long(x[0] < 0); }});
  elementwise(
      t, "sign(x)", {kinked}, [](const Vars& v) { return sign(v[0]); },
      [](const Long* x) { return Long(x[0] > 0) - Long(x[0] < 0); },
      {[](const Long*) { return Long(0); }});
  elementwise(
      t, "maximum(a, b)", {any, any}, [](const Vars& v) { return maximum(v[0], v[1]); },
      [](const Long* x) { return std::max(x[0], x[1]); },
      {[](const Long* x) { return (Long(x[0] > x[1]) + Long(x[0] >= x[1])) / 2; },
       [](const Long* x) { return (Long(x[1] > x[0]) + Long(x[1] >= x[0])) / 2; }});
  elementwise(
      t, "minimum(a, b)", {any, any}, [](const Vars& v) { return minimum(v[0], v[1]); },
      [](const Long* x) { return std::min(x[0], x[1]); },
      {[](const Long* x) { return (Long(x[0] < x[1]) + Long(x[0] <= x[1])) / 2; },
       [](const Long* x) { return (Long(x[1] < x[0]) + Long(x[1] <= x[0])) / 2; }});
  elementwise(
      t, "clamp(x, low, high)", {any, {-2, -0.5}, {0.5, 2}},
      [](const Vars& v) { return clamp(v[0], v[1], v[2]); },
      [](const Long* x) { return std::min(std::max(x[0], x[1]), x[2]); },
      {[](const Long* x) { return Long(x[0] >= x[1] && x[0] <= x[2]); },
       [](const Long* x) { return Long(x[0] < x[1] && x[1] <= x[2]); },
       [](const Long* x) { return Long(std::max(x[0], x[1]) > x[2]); }});
}

void add_activations(Table& t) {
  const Domain any{-3, 3};
  const Domain kinked{-3, 3, 0.1};
  elementwise(
      t, "tanh(x)", {any}, [](const Vars& v) { return tanh(v[0]); },
      [](const Long* x) { return std::tanh(x[0]); },
      {[](const Long* x) { return 4 * logistic_slope(2 * x[0]); }});
  elementwise(
      t, "sigmoid(x)", {any}, [](const Vars& v) { return sigmoid(v[0]); },
      [](const Long* x) { return logistic(x[0]); },
      {[](const Long* x) { return logistic_slope(x[0]); }});
  elementwise(
      t, "log_sigmoid(x)", {any}, [](const Vars& v) { return log_sigmoid(v[0]); },
      [](const Long* x) { return -log_one_plus_exp(-x[0]); },
      {[](const Long* x) { return logistic(-x[0]); }});
  elementwise(
      t, "softplus(x)", {any}, [](const Vars& v) { return softplus(v[0]); },
      [](const Long* x) { return log_one_plus_exp(x[0]); },
      {[](const Long* x) { return logistic(x[0]); }});
  elementwise(
      t, "relu(x)", {kinked}, [](const Vars& v) { return relu(v[0]); },
      [](const Long* x) { return x[0] > 0 ? x[0] : 0; },
      {[](const Long* x) { return Long(x[0] > 0); }});
  elementwise(
      t, "leaky_relu(x, slope)", {kinked, any},
      [](const Vars& v) { return leaky_relu(v[0], v[1]); },
      [](const Long* x) { return x[0] > 0 ? x[0] : x[1] * x[0]; },
      {[](const Long* x) { return x[0] > 0 ? 1 : x[1]; },
       [](const Long* x) { return x[0] > 0 ? 0 : x[0]; }});
  elementwise(
      t, "elu(x)", {kinked}, [](const Vars& v) { return elu(v[0]); },
      [](const Long* x) { return x[0] > 0 ? x[0] : std::expm1(x[0]); },
      {[](const Long* x) { return x[0] > 0 ? 1 : std::exp(x[0]); }});
  elementwise(
      t, "gelu(x)", {any}, [](const Vars& v) { return gelu(v[0]); },
      [](const Long* x) { return x[0] * normal_cdf(x[0]); }, {[](const Long* x) {
        return normal_cdf(x[0]) + x[0] * bell(x[0] / std::sqrt(Long(2))) / std::sqrt(Long(8));
      }});
  elementwise(
      t, "silu(x)", {any}, [](const Vars& v) { return silu(v[0]); },
      [](const Long* x) { return x[0] * logistic(x[0]); },
      {[](const Long* x) { return logistic(x[0]) + x[0] * logistic_slope(x[0]); }});
}

}  // namespace

void add_elementwise(Table& t) {
  add_arithmetic(t);
  add_elementary(t);
  add_two_variables(t);
  add_kinked(t);
  add_activations(t);
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
