// Refused: a formula captures nothing
#include <evident/autodiff/elementwise.hpp>

evident::Var f(const evident::Var& x, double scale) {
  return evident::elementwise([scale](auto x) { return scale * x; }, x);
}
