// Accepted: what the refused files do, done right. It must compile.
#include <evident/autodiff/elementwise.hpp>

evident::Var f(const evident::Var& x, double scale) {
  const evident::Tape tape;
  return evident::elementwise([](auto x, auto scale) { return scale * where(x > 0.0, exp(x), -x); },
                              x, scale);
}
