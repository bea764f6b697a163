#pragma once

#include <array>
#include <cstddef>
#include <evident/autodiff/functions.hpp>
#include <type_traits>
#include <utility>

// The loops that are compiled for each formula: whole registers only. Broadcasting, tails, threads
// and reductions are compiled once, in elementwise.cpp.

namespace evident::kernels {

inline constexpr std::size_t kMaxArity = 6;

// One array as a loop sees it. `step` is the number of elements from register to register: the
// register's width, or 0 for an operand that stays where it is.
template <class T>
struct Stream {
  T* data;
  std::size_t step;
};

// out = f(in...).
template <class T>
struct ForwardArguments {
  T* out;
  const Stream<const T>* in;
  std::size_t registers;
};

// out_i = base_i + g df/dx_i. With the base 0 this overwrites, with base = out it adds; with step 0
// it sums in place.
template <class T>
struct BackwardArguments {
  Stream<const T> gradient;
  const Stream<const T>* in;
  const Stream<T>* out;
  const Stream<const T>* base;
  std::size_t registers;
};

// The loops of one formula.
template <class T>
struct FormulaTable {
  using Forward = void (*)(const void* formula, const ForwardArguments<T>& arguments);
  using Backward = void (*)(const void* formula, const BackwardArguments<T>& arguments);

  std::size_t arity;
  std::size_t width;     // elements of a register
  bool slope_of_result;  // whether the backward loop reads the result in place of the argument
  Forward forward;
  Backward all;                         // every partial derivative
  std::array<Backward, kMaxArity> one;  // the partial derivative in one argument
};

// A formula of one argument may offer its derivative as a function of its result, where that is as
// exact: `static L slope(L result)`. The backward pass then reads the result and computes no more.
template <class F, class L, class = void>
inline constexpr bool kSlopeOfResult = false;
template <class F, class L>
inline constexpr bool kSlopeOfResult<F, L, std::void_t<decltype(F::slope(std::declval<L>()))>> =
    true;

template <class F, class T, class Arch, class Indices>
struct Kernels;

template <class F, class T, class Arch, std::size_t... I>
struct Kernels<F, T, Arch, std::index_sequence<I...>> {
  using L = Lanes<T, Arch>;
  static constexpr std::size_t kArity = sizeof...(I);
  template <std::size_t>
  using Argument = L;

  using Result = std::invoke_result_t<const F&, Argument<I>...>;
  static_assert(std::is_empty_v<F>,
                "elementwise: a formula captures nothing: pass what it needs as an argument, so "
                "that no gradient is silently lost");
  static_assert(!std::is_same_v<Result, Mask<T, Arch>>,
                "elementwise: a formula returns a value, not a comparison: use where(mask, a, b)");
  static_assert(std::is_convertible_v<Result, L>,
                "elementwise: a formula returns lanes: write it with evident's own functions");

  static void forward(const void* formula, const ForwardArguments<T>& a) {
    const F& f = *static_cast<const F*>(formula);
    const Stream<const T> in[] = {a.in[I]...};
    T* out = a.out;
    for (std::size_t r = 0; r < a.registers; ++r, out += L::kWidth) {
      const L y = f(L::load(in[I].data + r * in[I].step)...);
      y.store(out);
    }
  }

  // A zero gradient stays zero, whatever the derivative: a branch that was masked out cannot turn
  // 0 * inf into NaN.
  static L gated(L gradient, L slope) {
    return where(gradient == L(0.0), L(0.0), gradient * slope);
  }

  template <std::size_t Which, std::size_t Index>
  static auto argument(L x) {
    if constexpr (Which == Index) {
      return Dual<L>::variable(x);
    } else {
      return x;
    }
  }

  // The partial derivative in one argument, the others constant: 0 * inf cannot leak from one
  // argument to another. The compiler shares what several partials have in common.
  template <std::size_t Which>
  static L partial(const F& f, const L* x) {
    if constexpr (kSlopeOfResult<F, L>) return F::slope(x[0]);
    const auto y = f(argument<Which, I>(x[I])...);
    if constexpr (std::is_same_v<decltype(y), const Dual<L>>) {
      return y.slope;
    } else {
      return 0.0;  // a formula that does not use this argument
    }
  }

  // The gradients of the arguments that are wanted.
  template <std::size_t... Wanted>
  static void backward(const void* formula, const BackwardArguments<T>& a) {
    const F& f = *static_cast<const F*>(formula);
    const Stream<const T> in[] = {a.in[I]...};
    const Stream<const T> base[] = {a.base[Wanted]...};
    const Stream<T> out[] = {a.out[Wanted]...};
    const Stream<const T> g = a.gradient;
    for (std::size_t r = 0; r < a.registers; ++r) {
      const L x[] = {L::load(in[I].data + r * in[I].step)...};
      const L gradient = L::load(g.data + r * g.step);
      const L terms[] = {gated(gradient, partial<Wanted>(f, x))...};
      for (std::size_t k = 0; k < sizeof...(Wanted); ++k) {
        (L::load(base[k].data + r * base[k].step) + terms[k]).store(out[k].data + r * out[k].step);
      }
    }
  }

  static constexpr FormulaTable<T> kTable = {kArity,   L::kWidth,       kSlopeOfResult<F, L>,
                                             &forward, &backward<I...>, {&backward<I>...}};
};

// The instruction set is an argument, so that files compiled with different flags do not share
// loops by accident.
template <class F, class T, std::size_t Arity, class Arch = xsimd::default_arch>
constexpr const FormulaTable<T>& formula_table() {
  return Kernels<F, T, Arch, std::make_index_sequence<Arity>>::kTable;
}

}  // namespace evident::kernels
