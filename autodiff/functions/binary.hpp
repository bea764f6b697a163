#pragma once

#include <evident/autodiff/lanes.hpp>
#include <type_traits>

// What functions of two variables are written with.

namespace evident {

namespace parts {

template <class X>
struct LanesOf {
  using type = void;  // a number
};
template <class T, class A>
struct LanesOf<Lanes<T, A>> {
  using type = Lanes<T, A>;
};
template <class L>
struct LanesOf<Dual<L>> {
  using type = L;
};

template <class X>
inline constexpr bool kIsDual = false;
template <class L>
inline constexpr bool kIsDual<Dual<L>> = true;

// What a function of an A and a B returns; nothing unless one of them is lanes or a dual number.
template <class A, class B, class La = typename LanesOf<A>::type,
          class Lb = typename LanesOf<B>::type,
          class L = std::conditional_t<std::is_void_v<La>, Lb, La>>
struct PromotedType {
  using type = std::conditional_t<kIsDual<A> || kIsDual<B>, Dual<L>, L>;
};
template <class A, class B>
struct PromotedType<A, B, void, void, void> {};

template <class L>
L value_of(const Dual<L>& x) {
  return x.value;
}
template <class L, class X>
L value_of(const X& x) {
  return x;
}

}  // namespace parts

/// Lanes if A and B are lanes or numbers, a dual number if one of them is.
template <class A, class B>
using Promoted = typename parts::PromotedType<A, B>::type;

/// A value with its derivatives in two variables.
template <class L>
struct Partials {
  L value, da, db;
};

/// A function of two variables, from `f(a, b)` on lanes that returns its `Partials`. A constant
/// argument takes no part in the derivative.
template <class R, class A, class B, class F>
R of_two(const A& a, const B& b, F f) {
  using L = typename parts::LanesOf<R>::type;
  const auto p = f(parts::value_of<L>(a), parts::value_of<L>(b));
  if constexpr (parts::kIsDual<A> && parts::kIsDual<B>) {
    return {p.value, p.da * a.slope + p.db * b.slope};
  } else if constexpr (parts::kIsDual<A>) {
    return {p.value, p.da * a.slope};
  } else if constexpr (parts::kIsDual<B>) {
    return {p.value, p.db * b.slope};
  } else {
    return p.value;
  }
}

}  // namespace evident
