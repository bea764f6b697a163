#include <algorithm>
#include <cmath>
#include <evident/autodiff/gamma_functions.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// x up to 30 by the recurrence, from where the asymptotic series has all digits of a long double.
constexpr Long kFar = 30;

Long log_gamma(Long x) {
  return x == 0 || (x < 0 && x == std::floor(x)) ? Long(INFINITY) : std::lgamma(x);
}

// pi cot(pi x), from the distance to the nearest whole number.
Long pi_cotangent(Long x) {
  const Long r = x - std::nearbyint(x);
  return r == 0 ? Long(NAN)
                : std::acos(Long(-1)) * std::sin(std::acos(Long(-1)) * (Long(0.5) - std::abs(r))) /
                      std::sin(std::acos(Long(-1)) * r);
}

Long digamma_of(Long x) {
  if (x == 0) return std::signbit(x) ? Long(INFINITY) : -Long(INFINITY);
  if (x < 0) return digamma_of(1 - x) - pi_cotangent(x);
  Long sum = 0;
  for (; x < kFar; x += 1) sum -= 1 / x;
  const Long w = 1 / x / x;
  return sum + std::log(x) - 1 / (2 * x) -
         w * (1 / 12.0L -
              w * (1 / 120.0L -
                   w * (1 / 252.0L - w * (1 / 240.0L - w * (1 / 132.0L - w * (691 / 32760.0L -
                                                                              w * (1 / 12.0L)))))));
}

Long trigamma_of(Long x) {
  if (x < 0) {
    const Long r = x - std::nearbyint(x);
    const Long p = std::acos(Long(-1)) / std::sin(std::acos(Long(-1)) * r);
    return r == 0 ? Long(INFINITY) : p * p - trigamma_of(1 - x);
  }
  Long sum = 0;
  for (; x < kFar; x += 1) sum += 1 / x / x;
  const Long w = 1 / x / x;
  return sum + 1 / x + w / 2 +
         w / x *
             (1 / 6.0L -
              w * (1 / 30.0L -
                   w * (1 / 42.0L -
                        w * (1 / 30.0L - w * (5 / 66.0L - w * (691 / 2730.0L - w * (7 / 6.0L)))))));
}

Long tetragamma_of(Long x) {
  if (x < 0) {
    const Long r = x - std::nearbyint(x);
    const Long p = std::acos(Long(-1)) / std::sin(std::acos(Long(-1)) * r);
    return tetragamma_of(1 - x) - 2 * p * p * pi_cotangent(x);
  }
  Long sum = 0;
  for (; x < kFar; x += 1) sum -= 2 / x / x / x;
  const Long w = 1 / x / x;
  return sum - w - w / x -
         w * w *
             (1 / 2.0L -
              w * (1 / 6.0L -
                   w * (1 / 6.0L -
                        w * (3 / 10.0L - w * (5 / 6.0L - w * (691 / 210.0L - w * (35 / 2.0L)))))));
}

// What Stirling's formula leaves of log Gamma(x), for x >= 30.
Long stirling_rest(Long x) {
  const Long w = 1 / x / x;
  return 1 / x *
         (1 / 12.0L -
          w * (1 / 360.0L -
               w * (1 / 1260.0L - w * (1 / 1680.0L - w * (1 / 1188.0L - w * (691 / 360360.0L))))));
}

Long log_beta(Long a, Long b) {
  if (!(a >= 0) || !(b >= 0)) return NAN;
  if (a == 0 || b == 0) return INFINITY;
  const Long p = std::min(a, b), q = std::max(a, b);
  if (q < kFar) return std::lgamma(p) + (std::lgamma(q) - std::lgamma(p + q));
  const Long fall = stirling_rest(q) - stirling_rest(p + q) - (p + q - 0.5L) * std::log1p(p / q);
  if (p < kFar) return std::lgamma(p) + fall + p * (1 - std::log(q));
  return std::log(2 * std::acos(Long(-1))) / 2 - std::log(q) / 2 + stirling_rest(p) + fall +
         (p - 0.5L) * std::log(p / q);
}

// digamma(a) - digamma(a + b) as a sum of terms of one sign.
Long digamma_fall(Long a, Long b) {
  if (!(a >= 0) || !(b >= 0)) return NAN;
  if (b == 0 && a > 0) return 0;
  Long sum = 0;
  for (; a < 4 * kFar; a += 1) sum += b / a / (a + b);
  const Long c = a + b;
  const Long u = 1 / a / a, v = 1 / c / c;
  const Long r = b / a / c;  // 1/a - 1/c
  return -(sum + std::log1p(b / a) + r / 2 +
           r * (1 / a + 1 / c) *
               (1 / 12.0L - (u + v) / 120 + (u * u + u * v + v * v) / 252 -
                (u + v) * (u * u + v * v) / 240));
}

}  // namespace

void add_gamma_functions(Table& t) {
  elementwise(
      t, "lgamma(x)", {{0.2, 6}}, [](const Vars& v) { return lgamma(v[0]); },
      [](const Long* x) { return log_gamma(x[0]); },
      {[](const Long* x) { return digamma_of(x[0]); }});
  elementwise(
      t, "digamma(x)", {{0.2, 6}}, [](const Vars& v) { return digamma(v[0]); },
      [](const Long* x) { return digamma_of(x[0]); },
      {[](const Long* x) { return trigamma_of(x[0]); }});
  elementwise(
      t, "trigamma(x)", {{0.4, 6}}, [](const Vars& v) { return trigamma(v[0]); },
      [](const Long* x) { return trigamma_of(x[0]); },
      {[](const Long* x) { return tetragamma_of(x[0]); }});
  elementwise(
      t, "lbeta(a, b)", {{1.5, 6}, {1.5, 6}}, [](const Vars& v) { return lbeta(v[0], v[1]); },
      [](const Long* x) { return log_beta(x[0], x[1]); },
      {[](const Long* x) { return digamma_fall(x[0], x[1]); },
       [](const Long* x) { return digamma_fall(x[1], x[0]); }});
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
