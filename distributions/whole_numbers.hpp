#pragma once

#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/lanes.hpp>

// What the formulas of distributions over whole numbers begin with.

namespace evident {
namespace counting {

/// floor(x): a count, through which no derivative flows.
template <class T, class A>
Lanes<T, A> whole_part(Lanes<T, A> x) {
  return xsimd::floor(x.v);
}
template <class L>
L whole_part(const Dual<L>& x) {
  return whole_part(x.value);
}

/// x without its derivative.
template <class T, class A>
Lanes<T, A> value_of(Lanes<T, A> x) {
  return x;
}
template <class L>
L value_of(const Dual<L>& x) {
  return x.value;
}

/// `f(k)` where x is a whole number k from `low` to `high`, -inf elsewhere, NaN at NaN. Where it is
/// not, `f` is asked about `low`.
template <class X, class L, class F>
auto within_whole(const X& x, L low, L high, F f) {
  using parts::kInfinity;
  const L k = whole_part(x);
  const auto inside = k == x && k >= low && k <= high && abs(k) < kInfinity;
  auto value = f(where(inside, k, low));
  using R = decltype(value);
  return where(inside, value, R(where(x == x, L(-kInfinity), k)));
}

/// A function of floor(x) that rises or falls between counts: `below` for x < low, `f(k)` from low
/// to high, `above` from `high` on, which may be infinite; NaN at NaN.
template <class X, class L, class F>
auto in_steps(const X& x, L low, L high, double below, double above, F f) {
  const L k = whole_part(x);
  const auto inside = k >= low && k < high;
  auto value = f(where(inside, k, low));
  using R = decltype(value);
  return where(inside, value, R(where(k < low, L(below), where(k >= high, L(above), k))));
}

}  // namespace counting
}  // namespace evident
