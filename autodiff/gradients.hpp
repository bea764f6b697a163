#pragma once

#include <evident/autodiff/tape.hpp>
#include <utility>
#include <vector>

// Gradients of functions, for who wants them without a tape in sight. No parameter that the
// function uses besides is touched.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// f(x) and df/dx of a function `Var f(const Var&)` with one element.
///
///     const auto [value, gradient] = value_and_grad([](const Var& x) { return sum(x * x); }, x);
///
/// Errors: a result of more elements; a result that depends on no parameter.
template <class F>
std::pair<double, Array> value_and_grad(const F& f, const Array& x) {
  const Var at = Var::parameter(x);
  Tape tape;
  const Var y = f(at);
  return {y.item(), std::move(tape.gradients(y, {at})[0])};
}

/// The same for a function `Var f(const std::vector<Var>&)` of several arrays.
template <class F>
std::pair<double, std::vector<Array>> value_and_grad(const F& f, const std::vector<Array>& x) {
  std::vector<Var> at;
  for (const Array& array : x) at.push_back(Var::parameter(array));
  Tape tape;
  const Var y = f(at);
  return {y.item(), tape.gradients(y, at)};
}

namespace detail {

Array jacobian(Tape& tape, const Var& y, const Var& x);

}  // namespace detail

/// Every derivative of a function `Var f(const Var&)`: the shape of f(x), then that of x. One walk
/// back for every element of f(x).
/// Errors: a result that is x itself, or depends on no parameter.
template <class F>
Array jacobian(const F& f, const Array& x) {
  const Var at = Var::parameter(x);
  Tape tape;
  return detail::jacobian(tape, f(at), at);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
