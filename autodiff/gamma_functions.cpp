#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/gamma_functions.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Var lgamma(const Var& x) {
  return elementwise([](auto x) { return lgamma(x); }, x);
}
Var digamma(const Var& x) {
  return elementwise([](auto x) { return digamma(x); }, x);
}
Var trigamma(const Var& x) {
  return elementwise([](auto x) { return trigamma(x); }, x);
}
Var lbeta(const Var& a, const Var& b) {
  return elementwise([](auto a, auto b) { return lbeta(a, b); }, a, b);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
