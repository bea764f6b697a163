#pragma once

#include <evident/autodiff/kernels.hpp>
#include <evident/autodiff/tape.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {

Var apply(const kernels::FormulaTable<real>& table, const void* formula, const char* name,
          const Var* const* inputs);

// The same repeated to `shape`, to which the inputs broadcast.
Var apply_to(const Shape& shape, const kernels::FormulaTable<real>& table, const void* formula,
             const char* name, const Var* const* inputs);

void compute(Array& out, const kernels::FormulaTable<real>& table, const void* formula,
             const Array* const* inputs);

template <class F, class... Inputs>
Var apply(const char* name, const F& f, const Inputs&... inputs) {
  const Var* list[] = {&inputs...};
  return apply(kernels::formula_table<F, real, sizeof...(Inputs)>(), &f, name, list);
}

template <class F, class... Inputs>
Var apply_to(const Shape& shape, const char* name, const F& f, const Inputs&... inputs) {
  const Var* list[] = {&inputs...};
  return apply_to(shape, kernels::formula_table<F, real, sizeof...(Inputs)>(), &f, name, list);
}

// out = f(inputs...), broadcast to the shape of `out`, which may be one of the inputs.
template <class F, class... Inputs>
void compute_into(Array& out, const F& f, const Inputs&... inputs) {
  const Array* list[] = {&inputs...};
  compute(out, kernels::formula_table<F, real, sizeof...(Inputs)>(), &f, list);
}

}  // namespace detail

/// Applies a scalar formula to every element: the one way to write an elementwise operation.
///
///     Var swish(const Var& x) { return elementwise([](auto x) { return x * sigmoid(x); }, x); }
///
/// The inputs broadcast: shapes are aligned at the last axis, and an axis of length 1 repeats. The
/// formula is a generic callable without state over lanes (`lanes.hpp`), written with numbers,
/// arithmetic, comparisons, `where(mask, a, b)` and the functions of `functions.hpp`. One fused
/// pass computes it; the backward pass runs the same formula on dual numbers, so no derivative is
/// written by hand. A gradient that is exactly 0 stays 0 on its way back. `name` is what errors
/// and records call the operation; by default the enclosing function's name.
/// Errors: shapes that do not broadcast.
template <class F>
Var elementwise(F f, const Var& a, const char* name = __builtin_FUNCTION()) {
  return detail::apply(name, f, a);
}
template <class F>
Var elementwise(F f, const Var& a, const Var& b, const char* name = __builtin_FUNCTION()) {
  return detail::apply(name, f, a, b);
}
template <class F>
Var elementwise(F f, const Var& a, const Var& b, const Var& c,
                const char* name = __builtin_FUNCTION()) {
  return detail::apply(name, f, a, b, c);
}
template <class F>
Var elementwise(F f, const Var& a, const Var& b, const Var& c, const Var& d,
                const char* name = __builtin_FUNCTION()) {
  return detail::apply(name, f, a, b, c, d);
}
template <class F>
Var elementwise(F f, const Var& a, const Var& b, const Var& c, const Var& d, const Var& e,
                const char* name = __builtin_FUNCTION()) {
  return detail::apply(name, f, a, b, c, d, e);
}
template <class F>
Var elementwise(F f, const Var& a, const Var& b, const Var& c, const Var& d, const Var& e,
                const Var& g, const char* name = __builtin_FUNCTION()) {
  return detail::apply(name, f, a, b, c, d, e, g);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
