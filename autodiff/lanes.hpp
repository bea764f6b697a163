#pragma once

#include <cstddef>
#include <cstdint>
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

  Lanes operator-() const { return v ^ Register(T(-0.0)); }  // xsimd 8 says 0 - v, which loses -0
  friend Lanes operator+(Lanes a, Lanes b) { return a.v + b.v; }
  friend Lanes operator-(Lanes a, Lanes b) { return a.v - b.v; }
  friend Lanes operator*(Lanes a, Lanes b) { return a.v * b.v; }
  friend Lanes operator/(Lanes a, Lanes b) { return a.v / b.v; }
  Lanes& operator+=(Lanes b) { return *this = *this + b; }
  Lanes& operator-=(Lanes b) { return *this = *this - b; }
  Lanes& operator*=(Lanes b) { return *this = *this * b; }
  Lanes& operator/=(Lanes b) { return *this = *this / b; }

  friend MaskType operator<(Lanes a, Lanes b) { return {a.v < b.v}; }
  friend MaskType operator<=(Lanes a, Lanes b) { return {a.v <= b.v}; }
  friend MaskType operator>(Lanes a, Lanes b) { return {a.v > b.v}; }
  friend MaskType operator>=(Lanes a, Lanes b) { return {a.v >= b.v}; }
  friend MaskType operator==(Lanes a, Lanes b) { return {a.v == b.v}; }
  // xsimd 8 calls a NaN equal to itself here on AVX-512.
  friend MaskType operator!=(Lanes a, Lanes b) { return !(a == b); }

  /// Lane by lane, `a` where the mask holds and `b` elsewhere.
  friend Lanes where(MaskType mask, Lanes a, Lanes b) { return xsimd::select(mask.bits, a.v, b.v); }
};

/// x without the lower half of its mantissa: products of two such halves are exact, however the
/// compiler contracts them.
template <class T, class Arch>
Lanes<T, Arch> upper_half(Lanes<T, Arch> x) {
  using Bits = xsimd::batch<std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>, Arch>;
  constexpr auto kKept =
      static_cast<typename Bits::value_type>(sizeof(T) == 4 ? 0xFFFFF000U : 0xFFFFFFFFF8000000U);
  const Bits bits = xsimd::bitwise_cast<Bits>(x.v) & Bits(kKept);
  return xsimd::bitwise_cast<typename Lanes<T, Arch>::Register>(bits);
}

/// A value with its derivative in one direction (a dual number of registers): running a formula on
/// these is how its derivative is found. Lanes convert to it, with derivative zero.
template <class L>
struct Dual {
  using Scalar = typename L::Scalar;
  using MaskType = typename L::MaskType;

  L value;
  L slope;

  Dual() = default;
  Dual(L v) : value(v), slope(0.0) {}
  Dual(L v, L s) : value(v), slope(s) {}

  /// The independent variable.
  static Dual variable(L v) { return {v, 1.0}; }

  /// A function of one variable: its value at `x` and its derivative there.
  static Dual chain(const Dual& x, L value, L derivative) { return {value, derivative * x.slope}; }

  Dual operator-() const { return {-value, -slope}; }
  Dual& operator+=(const Dual& b) { return *this = *this + b; }
  Dual& operator-=(const Dual& b) { return *this = *this - b; }
  Dual& operator*=(const Dual& b) { return *this = *this * b; }
  Dual& operator/=(const Dual& b) { return *this = *this / b; }

  friend Dual operator+(const Dual& a, const Dual& b) {
    return {a.value + b.value, a.slope + b.slope};
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    return {a.value - b.value, a.slope - b.slope};
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return {a.value * b.value, a.slope * b.value + a.value * b.slope};
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const L y = a.value / b.value;
    return {y, (a.slope - y * b.slope) / b.value};
  }

  // With one side constant there is less to do, and `2.0 * x` finds its way.
  friend Dual operator+(const Dual& a, L b) { return {a.value + b, a.slope}; }
  friend Dual operator+(L a, const Dual& b) { return b + a; }
  friend Dual operator-(const Dual& a, L b) { return {a.value - b, a.slope}; }
  friend Dual operator-(L a, const Dual& b) { return {a - b.value, -b.slope}; }
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
    return {where(mask, a.value, b.value), where(mask, a.slope, b.slope)};
  }
  friend Dual where(MaskType mask, const Dual& a, L b) { return where(mask, a, Dual(b)); }
  friend Dual where(MaskType mask, L a, const Dual& b) { return where(mask, Dual(a), b); }
};

}  // namespace evident
