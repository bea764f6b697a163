#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

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

Var exp(const Var& x) {
  return elementwise([](auto x) { return exp(x); }, x);
}
Var log(const Var& x) {
  return elementwise([](auto x) { return log(x); }, x);
}
Var log1p(const Var& x) {
  return elementwise([](auto x) { return log1p(x); }, x);
}
Var expm1(const Var& x) {
  return elementwise([](auto x) { return expm1(x); }, x);
}
Var sqrt(const Var& x) {
  return elementwise([](auto x) { return sqrt(x); }, x);
}
Var square(const Var& x) {
  return elementwise([](auto x) { return square(x); }, x);
}
Var abs(const Var& x) {
  return elementwise([](auto x) { return abs(x); }, x);
}
Var tanh(const Var& x) {
  return elementwise([](auto x) { return tanh(x); }, x);
}
Var sigmoid(const Var& x) {
  return elementwise([](auto x) { return sigmoid(x); }, x);
}
Var softplus(const Var& x) {
  return elementwise([](auto x) { return softplus(x); }, x);
}
Var relu(const Var& x) {
  return elementwise([](auto x) { return relu(x); }, x);
}
Var elu(const Var& x) {
  return elementwise([](auto x) { return elu(x); }, x);
}
Var where(const Var& condition, const Var& a, const Var& b) {
  return elementwise([](auto c, auto a, auto b) { return where(c != 0.0, a, b); },
                     stop_gradient(condition), a, b);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
