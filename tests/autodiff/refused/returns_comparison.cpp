// Refused: a formula returns a value, not a comparison
#include <evident/autodiff/elementwise.hpp>

evident::Var f(const evident::Var& x) {
  return evident::elementwise([](auto x) { return x > 0.0; }, x);
}
