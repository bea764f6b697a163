#pragma once

#include <array>
#include <cstddef>
#include <evident/autodiff/functions/binary.hpp>
#include <utility>

// Functions that are computed by scalar code, in double, one lane after the other.

namespace evident {
namespace parts {

// The lanes of the first argument that is lanes or a dual number.
template <class... X>
struct FirstLanes {
  using type = void;
};
template <class A, class... X>
struct FirstLanes<A, X...> {
  using type = std::conditional_t<std::is_void_v<typename LanesOf<A>::type>,
                                  typename FirstLanes<X...>::type, typename LanesOf<A>::type>;
};

// What a function of several arguments returns; nothing unless one is lanes or a dual number.
template <class L, class... X>
struct PromotedOfType {
  using type = std::conditional_t<(kIsDual<X> || ...), Dual<L>, L>;
};
template <class... X>
struct PromotedOfType<void, X...> {};
template <class... X>
using PromotedOf = typename PromotedOfType<typename FirstLanes<X...>::type, X...>::type;

template <class L, class F, std::size_t n, std::size_t... k>
auto call_on_lane(F f, const typename L::Scalar (&arguments)[n][L::kWidth], std::size_t lane,
                  std::index_sequence<k...>) {
  return f(static_cast<double>(arguments[k][lane])...);
}

template <class L>
void add_slope(L& slope, const L& partial, const Dual<L>& x) {
  slope += partial * x.slope;
}
template <class L, class X>
void add_slope(L&, const L&, const X&) {}

// `value(x...)` on lanes; where an argument is a dual number, `with_slopes(x...)`, which returns
// the value and a derivative in every argument. All are of doubles.
template <class R, class Value, class WithSlopes, class... X>
R lane_by_lane(Value value, WithSlopes with_slopes, const X&... x) {
  using L = typename LanesOf<R>::type;
  using T = typename L::Scalar;
  constexpr std::size_t kArguments = sizeof...(X);
  constexpr std::make_index_sequence<kArguments> kEach{};
  alignas(64) T arguments[kArguments][L::kWidth];
  std::size_t next = 0;
  (value_of<L>(x).store(arguments[next++]), ...);
  if constexpr (kIsDual<R>) {
    alignas(64) T results[kArguments + 1][L::kWidth];
    for (std::size_t lane = 0; lane < L::kWidth; ++lane) {
      const std::array<double, kArguments + 1> one =
          call_on_lane<L>(with_slopes, arguments, lane, kEach);
      for (std::size_t k = 0; k <= kArguments; ++k) results[k][lane] = static_cast<T>(one[k]);
    }
    L slope = 0.0;
    std::size_t k = 0;
    (add_slope(slope, L::load(results[++k]), x), ...);
    return {L::load(results[0]), slope};
  } else {
    alignas(64) T results[L::kWidth];
    for (std::size_t lane = 0; lane < L::kWidth; ++lane) {
      results[lane] = static_cast<T>(call_on_lane<L>(value, arguments, lane, kEach));
    }
    return L::load(results);
  }
}

}  // namespace parts

/// A function of doubles, on every lane: `value(x...)` and, where a derivative is wanted,
/// `with_slopes(x...)`, an array of the value and a derivative in every argument.
template <class Value, class WithSlopes, class... X>
parts::PromotedOf<X...> on_each_lane(Value value, WithSlopes with_slopes, const X&... x) {
  return parts::lane_by_lane<parts::PromotedOf<X...>>(value, with_slopes, x...);
}

/// A function of doubles that is constant between jumps, on every lane: no derivative flows.
template <class F, class... X, class L = typename parts::FirstLanes<X...>::type>
L in_jumps_on_each_lane(F f, const X&... x) {
  return parts::lane_by_lane<L>(f, f, parts::value_of<L>(x)...);
}

}  // namespace evident
