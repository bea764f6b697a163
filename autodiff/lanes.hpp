#pragma once

#include <cstddef>
#include <type_traits>
#include <xsimd/xsimd.hpp>

namespace evident {

template <class T, class Arch>
struct Lanes;

/// The outcome of comparing lanes: one truth value a lane, for `where`. It is deliberately not a
/// bool: `if` and `?:` cannot choose lane by lane.
template <class T, class Arch>
struct Mask {
  xsimd::batch_bool<T, Arch> bits;

  explicit operator bool() const = delete;  // a formula branches with where(mask, a, b)

  friend Mask operator&&(Mask a, Mask b) { return {a.bits & b.bits}; }
  friend Mask operator||(Mask a, Mask b) { return {a.bits | b.bits}; }
  friend Mask operator!(Mask a) { return {~a.bits}; }

  /// Lane by lane, one number where the mask holds and another elsewhere.
  friend Lanes<T, Arch> where(Mask mask, double a, double b) {
    return where(mask, Lanes<T, Arch>(a), Lanes<T, Arch>(b));
  }
};

/// One register of values: what a formula computes with. Numbers convert to it.
template <class T, class Arch = xsimd::default_arch>
struct Lanes {
  using Scalar = T;
  using Register = xsimd::batch<T, Arch>;
  using MaskType = Mask<T, Arch>;
  static constexpr std::size_t kWidth = Register::size;

  Register v;

  Lanes() = default;
  Lanes(Register r) : v(r) {}
  Lanes(double number) : v(static_cast<T>(number)) {}

  static Lanes load(const T* from) { return Register::load_unaligned(from); }
  void store(T* to) const { v.store_unaligned(to); }

  Lanes operator-() const { return -v; }
  friend Lanes operator+(Lanes a, Lanes b) { return a.v + b.v; }
  friend Lanes operator-(Lanes a, Lanes b) { return a.v - b.v; }
  friend Lanes operator*(Lanes a, Lanes b) { return a.v * b.v; }
  friend Lanes operator/(Lanes a, Lanes b) { return a.v / b.v; }

  friend MaskType operator<(Lanes a, Lanes b) { return {a.v < b.v}; }
  friend MaskType operator<=(Lanes a, Lanes b) { return {a.v <= b.v}; }
  friend MaskType operator>(Lanes a, Lanes b) { return {a.v > b.v}; }
  friend MaskType operator>=(Lanes a, Lanes b) { return {a.v >= b.v}; }
  friend MaskType operator==(Lanes a, Lanes b) { return {a.v == b.v}; }
  friend MaskType operator!=(Lanes a, Lanes b) { return {a.v != b.v}; }

  /// Lane by lane, `a` where the mask holds and `b` elsewhere.
  friend Lanes where(MaskType mask, Lanes a, Lanes b) { return xsimd::select(mask.bits, a.v, b.v); }
};

/// A value with its derivatives in N directions (a dual number of registers): running a formula on
/// these is how its derivative is found. Lanes convert to it, with derivative zero.
template <class L, int N>
struct Dual {
  using Scalar = typename L::Scalar;
  using MaskType = typename L::MaskType;

  L value;
  L slope[N];

  Dual() = default;
  Dual(L v) : value(v) {
    for (L& s : slope) s = 0.0;
  }

  /// The independent variable of direction `index`.
  static Dual variable(L v, int index) {
    Dual x(v);
    x.slope[index] = 1.0;
    return x;
  }

  /// A function of one variable: its value at `x` and its derivative there.
  static Dual chain(const Dual& x, L value, L derivative) {
    Dual y;
    y.value = value;
    for (int i = 0; i < N; ++i) y.slope[i] = derivative * x.slope[i];
    return y;
  }

  Dual operator-() const { return chain(*this, -value, -1.0); }

  friend Dual operator+(const Dual& a, const Dual& b) {
    Dual y;
    y.value = a.value + b.value;
    for (int i = 0; i < N; ++i) y.slope[i] = a.slope[i] + b.slope[i];
    return y;
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    Dual y;
    y.value = a.value - b.value;
    for (int i = 0; i < N; ++i) y.slope[i] = a.slope[i] - b.slope[i];
    return y;
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    Dual y;
    y.value = a.value * b.value;
    for (int i = 0; i < N; ++i) y.slope[i] = a.slope[i] * b.value + a.value * b.slope[i];
    return y;
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    Dual y;
    y.value = a.value / b.value;
    for (int i = 0; i < N; ++i) y.slope[i] = (a.slope[i] - y.value * b.slope[i]) / b.value;
    return y;
  }

  // With one side constant there is less to do, and `2.0 * x` finds its way.
  friend Dual operator+(const Dual& a, L b) { return chain(a, a.value + b, 1.0); }
  friend Dual operator+(L a, const Dual& b) { return b + a; }
  friend Dual operator-(const Dual& a, L b) { return chain(a, a.value - b, 1.0); }
  friend Dual operator-(L a, const Dual& b) { return chain(b, a - b.value, -1.0); }
  friend Dual operator*(const Dual& a, L b) { return chain(a, a.value * b, b); }
  friend Dual operator*(L a, const Dual& b) { return b * a; }
  friend Dual operator/(const Dual& a, L b) { return chain(a, a.value / b, 1.0 / b); }
  friend Dual operator/(L a, const Dual& b) {
    const L y = a / b.value;
    return chain(b, y, -y / b.value);
  }

  friend MaskType operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
  friend MaskType operator<(const Dual& a, L b) { return a.value < b; }
  friend MaskType operator<(L a, const Dual& b) { return a < b.value; }
  friend MaskType operator<=(const Dual& a, const Dual& b) { return a.value <= b.value; }
  friend MaskType operator<=(const Dual& a, L b) { return a.value <= b; }
  friend MaskType operator<=(L a, const Dual& b) { return a <= b.value; }
  friend MaskType operator>(const Dual& a, const Dual& b) { return a.value > b.value; }
  friend MaskType operator>(const Dual& a, L b) { return a.value > b; }
  friend MaskType operator>(L a, const Dual& b) { return a > b.value; }
  friend MaskType operator>=(const Dual& a, const Dual& b) { return a.value >= b.value; }
  friend MaskType operator>=(const Dual& a, L b) { return a.value >= b; }
  friend MaskType operator>=(L a, const Dual& b) { return a >= b.value; }
  friend MaskType operator==(const Dual& a, const Dual& b) { return a.value == b.value; }
  friend MaskType operator==(const Dual& a, L b) { return a.value == b; }
  friend MaskType operator==(L a, const Dual& b) { return a == b.value; }
  friend MaskType operator!=(const Dual& a, const Dual& b) { return a.value != b.value; }
  friend MaskType operator!=(const Dual& a, L b) { return a.value != b; }
  friend MaskType operator!=(L a, const Dual& b) { return a != b.value; }

  /// Picks value and derivatives together.
  friend Dual where(MaskType mask, const Dual& a, const Dual& b) {
    Dual y;
    y.value = where(mask, a.value, b.value);
    for (int i = 0; i < N; ++i) y.slope[i] = where(mask, a.slope[i], b.slope[i]);
    return y;
  }
  friend Dual where(MaskType mask, const Dual& a, L b) { return where(mask, a, Dual(b)); }
  friend Dual where(MaskType mask, L a, const Dual& b) { return where(mask, Dual(a), b); }
};

}  // namespace evident
