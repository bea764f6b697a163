// Refused: operator bool
#include <evident/autodiff/elementwise.hpp>

evident::Var f(const evident::Var& x) {
  return evident::elementwise(
      [](auto x) {
        if (x > 0.0) return x;
        return -x;
      },
      x);
}
