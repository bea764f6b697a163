#pragma once

#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/functions/polynomial.hpp>
#include <limits>

namespace evident {

/// log(1 + u) for u in [0, 1], as 2 artanh(u / (2 + u)): a short series in place of a logarithm,
/// with full relative accuracy.
template <class T, class A>
Lanes<T, A> log1p_of_unit(Lanes<T, A> u) {
  using L = Lanes<T, A>;
  constexpr int kTerms = std::is_same_v<T, float> ? 7 : 17;  // (1/9)^kTerms is below rounding
  const L s = u / (2.0 + u);
  const L z = s * s;
  L sum = 1.0 / (2 * kTerms - 1);
  for (int k = kTerms - 2; k >= 0; --k) sum = parts::fused(sum, z, L(1.0 / (2 * k + 1)));
  return 2.0 * s * sum;
}

/// log(1 - e^x) for x <= 0, exact at both ends (Maechler 2012); derivative -1 / (e^-x - 1),
/// infinite at 0.
template <class T, class A>
Lanes<T, A> log1mexp(Lanes<T, A> x) {
  using parts::kLn2;
  return where(x > -kLn2, log(-expm1(x)), log1p(-exp(x)));
}
template <class L>
Dual<L> log1mexp(const Dual<L>& x) {
  return Dual<L>::chain(x, log1mexp(x.value), -1.0 / expm1(-x.value));
}

/// x log y, with 0 log 0 = 0; the derivative in x is log y, taken as 0 at x = y = 0.
template <class X, class Y, class R = Promoted<X, Y>>
R xlogy(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    const L log_y = log(y);
    const auto nothing = x == 0.0 && y >= 0.0;
    return Partials<L>{where(nothing, L(0.0), x * log_y), where(nothing && y == 0.0, L(0.0), log_y),
                       where(nothing, L(0.0), x / y)};
  });
}

/// x log(1 + y), exact near y = 0, with 0 log 0 = 0; the derivative in x is log(1 + y), taken as 0
/// at x = 0, y = -1.
template <class X, class Y, class R = Promoted<X, Y>>
R xlog1py(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    const L log_y = log1p(y);
    const auto nothing = x == 0.0 && y >= -1.0;
    return Partials<L>{where(nothing, L(0.0), x * log_y),
                       where(nothing && y == -1.0, L(0.0), log_y),
                       where(nothing, L(0.0), x / (1.0 + y))};
  });
}

/// log(e^a + e^b) without overflow; the derivatives are e^a and e^b over their sum, a half each
/// where a = b, infinities included.
template <class X, class Y, class R = Promoted<X, Y>>
R logaddexp(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto a, auto b) {
    using L = decltype(a);
    const L gap = where(a == b, L(0.0), a - b);
    const L e = exp(-abs(gap));
    const L da = where(gap >= 0.0, L(1.0), e) / (1.0 + e);
    const L db = where(gap >= 0.0, e, L(1.0)) / (1.0 + e);
    return Partials<L>{where(gap >= 0.0, a, b) + log1p_of_unit(e), da, db};
  });
}

/// log(x / y) for x, y >= 0, exact near x = y and without overflow elsewhere; the derivatives are
/// 1/x and -1/y.
template <class X, class Y, class R = Promoted<X, Y>>
R log_ratio(const X& x, const Y& y) {
  return of_two<R>(x, y, [](auto x, auto y) {
    using L = decltype(x);
    using Scalar = typename L::Scalar;
    const auto close = abs(x - y) < 0.5 * y;
    const L excess = where(close, (x - y) / y, L(0.0));
    // The logarithms of both round by more than that of the quotient, where that is a number.
    const L quotient = x / y;
    const auto normal = quotient >= static_cast<double>(std::numeric_limits<Scalar>::min()) &&
                        quotient < std::numeric_limits<double>::infinity();
    const L apart = where(normal, log(where(normal, quotient, L(1.0))), log(x) - log(y));
    return Partials<L>{where(close, log1p(excess), apart), 1.0 / x, -1.0 / y};
  });
}

/// log(1 - exp(-e^s)), the logarithm of a probability from that of its hazard, exact at both ends:
/// s - e^s/2 far below 0; derivative e^s / (exp(e^s) - 1).
template <class T, class A>
Lanes<T, A> log1mexpexp(Lanes<T, A> s) {
  const Lanes<T, A> hazard = exp(s);
  return where(s < -20.0, s - 0.5 * hazard, log1mexp(-hazard));
}
template <class L>
Dual<L> log1mexpexp(const Dual<L>& s) {
  const L hazard = exp(s.value);
  const L slope = where(s.value < -20.0, 1.0 - 0.5 * hazard, hazard / expm1(hazard));
  // Infinity over infinity is 0 here.
  return Dual<L>::chain(s, log1mexpexp(s.value), where(hazard > 700.0, L(0.0), slope));
}

}  // namespace evident
