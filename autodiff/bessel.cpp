#include <evident/autodiff/bessel.hpp>
#include <evident/autodiff/elementwise.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Var log_bessel_i0(const Var& x) {
  return elementwise([](auto x) { return log_bessel_i0(x); }, x);
}
Var log_bessel_i1(const Var& x) {
  return elementwise([](auto x) { return log_bessel_i1(x); }, x);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
