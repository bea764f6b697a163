#include "logarithm.hpp"

#include <evident/evident.hpp>

using namespace evident;

Logarithm logarithm(real) {
  const Var x = Var::parameter(scalar(3));
  Tape tape;
  const Var y = log(x);
  tape.backward(y);
  return {y.item(), static_cast<double>(x.gradient()())};
}
