#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/incomplete.hpp>
#include <evident/autodiff/incomplete_functions.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Var gammainc(const Var& a, const Var& x) {
  return elementwise([](auto a, auto x) { return gammainc(a, x); }, a, x);
}
Var gammaincc(const Var& a, const Var& x) {
  return elementwise([](auto a, auto x) { return gammaincc(a, x); }, a, x);
}
Var log_gammainc(const Var& a, const Var& x) {
  return elementwise([](auto a, auto x) { return log_gammainc(a, x); }, a, x);
}
Var log_gammaincc(const Var& a, const Var& x) {
  return elementwise([](auto a, auto x) { return log_gammaincc(a, x); }, a, x);
}
Var betainc(const Var& a, const Var& b, const Var& x) {
  return elementwise([](auto a, auto b, auto x) { return betainc(a, b, x); }, a, b, x);
}
Var log_betainc(const Var& a, const Var& b, const Var& x) {
  return elementwise([](auto a, auto b, auto x) { return log_betainc(a, b, x); }, a, b, x);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
