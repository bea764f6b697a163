// Refused: no matching function for call to
#include <cmath>
#include <evident/autodiff/elementwise.hpp>

evident::Var f(const evident::Var& x) {
  return evident::elementwise([](auto x) { return std::exp(x); }, x);
}
