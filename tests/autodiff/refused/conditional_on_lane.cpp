// Refused: operator bool
#include <evident/autodiff/elementwise.hpp>

evident::Var f(const evident::Var& x) {
  return evident::elementwise([](auto x) { return x > 0.0 ? x : -x; }, x);
}
