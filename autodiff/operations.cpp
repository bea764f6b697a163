#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Formulas whose derivative is at hand in their result.
struct Exp {
  template <class X>
  X operator()(X x) const {
    return exp(x);
  }
  template <class L>
  static L slope(L y) {
    return y;
  }
};

struct Sqrt {
  template <class X>
  X operator()(X x) const {
    return sqrt(x);
  }
  template <class L>
  static L slope(L y) {
    return 0.5 / abs(y);
  }
};

struct Reciprocal {
  template <class X>
  X operator()(X x) const {
    return reciprocal(x);
  }
  template <class L>
  static L slope(L y) {
    return -y * y;
  }
};

}  // namespace

Var operator+(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return a + b; }, a, b, "add");
}
Var operator-(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return a - b; }, a, b, "subtract");
}
Var operator*(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return a * b; }, a, b, "multiply");
}
Var operator/(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return a / b; }, a, b, "divide");
}
Var operator-(const Var& x) {
  return elementwise([](auto x) { return -x; }, x, "negate");
}

Var exp(const Var& x) { return elementwise(Exp(), x); }
Var log(const Var& x) {
  return elementwise([](auto x) { return log(x); }, x);
}
Var log1p(const Var& x) {
  return elementwise([](auto x) { return log1p(x); }, x);
}
Var expm1(const Var& x) {
  return elementwise([](auto x) { return expm1(x); }, x);
}
Var sqrt(const Var& x) { return elementwise(Sqrt(), x); }
Var rsqrt(const Var& x) {
  return elementwise([](auto x) { return rsqrt(x); }, x);
}
Var reciprocal(const Var& x) { return elementwise(Reciprocal(), x); }
Var square(const Var& x) {
  return elementwise([](auto x) { return square(x); }, x);
}
Var pow(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return pow(a, b); }, a, b);
}
Var abs(const Var& x) {
  return elementwise([](auto x) { return abs(x); }, x);
}
Var sign(const Var& x) {
  return elementwise([](auto x) { return sign(x); }, x);
}
Var sin(const Var& x) {
  return elementwise([](auto x) { return sin(x); }, x);
}
Var cos(const Var& x) {
  return elementwise([](auto x) { return cos(x); }, x);
}
Var atan(const Var& x) {
  return elementwise([](auto x) { return atan(x); }, x);
}
Var tanpi(const Var& x) {
  return elementwise([](auto x) { return tanpi(x); }, x);
}
Var maximum(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return maximum(a, b); }, a, b);
}
Var minimum(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return minimum(a, b); }, a, b);
}
Var clamp(const Var& x, const Var& low, const Var& high) {
  return elementwise([](auto x, auto low, auto high) { return clamp(x, low, high); }, x, low, high);
}
Var erf(const Var& x) {
  return elementwise([](auto x) { return erf(x); }, x);
}
Var erfc(const Var& x) {
  return elementwise([](auto x) { return erfc(x); }, x);
}
Var log1mexp(const Var& x) {
  return elementwise([](auto x) { return log1mexp(x); }, x);
}
Var xlogy(const Var& x, const Var& y) {
  return elementwise([](auto x, auto y) { return xlogy(x, y); }, x, y);
}
Var xlog1py(const Var& x, const Var& y) {
  return elementwise([](auto x, auto y) { return xlog1py(x, y); }, x, y);
}
Var logaddexp(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return logaddexp(a, b); }, a, b);
}
Var tanh(const Var& x) {
  return elementwise([](auto x) { return tanh(x); }, x);
}
Var sigmoid(const Var& x) {
  return elementwise([](auto x) { return sigmoid(x); }, x);
}
Var log_sigmoid(const Var& x) {
  return elementwise([](auto x) { return log_sigmoid(x); }, x);
}
Var softplus(const Var& x) {
  return elementwise([](auto x) { return softplus(x); }, x);
}
Var relu(const Var& x) {
  return elementwise([](auto x) { return relu(x); }, x);
}
Var leaky_relu(const Var& x, const Var& slope) {
  return elementwise([](auto x, auto slope) { return leaky_relu(x, slope); }, x, slope);
}
Var elu(const Var& x) {
  return elementwise([](auto x) { return elu(x); }, x);
}
Var gelu(const Var& x) {
  return elementwise([](auto x) { return gelu(x); }, x);
}
Var silu(const Var& x) {
  return elementwise([](auto x) { return silu(x); }, x);
}
Var where(const Var& condition, const Var& a, const Var& b) {
  return elementwise([](auto c, auto a, auto b) { return where(c != 0.0, a, b); },
                     stop_gradient(condition), a, b);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
