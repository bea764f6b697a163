#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/normal_functions.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Var ndtr(const Var& x) {
  return elementwise([](auto x) { return ndtr(x); }, x);
}
Var log_ndtr(const Var& x) {
  return elementwise([](auto x) { return log_ndtr(x); }, x);
}
Var ndtri(const Var& p) {
  return elementwise([](auto p) { return ndtri(p); }, p);
}
Var erfinv(const Var& x) {
  return elementwise([](auto x) { return erfinv(x); }, x);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
