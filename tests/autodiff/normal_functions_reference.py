#!/usr/bin/env python3
"""Writes normal_functions_reference.hpp: the functions of the normal distribution and the Bessel
functions with their derivatives, in 50 digits, rounded to double.

Arguments are float32, so that both precisions compute from the same numbers, but for some that only
double has; their rows count in double alone (apt-get install python3-mpmath).

    /usr/bin/python3 tests/autodiff/normal_functions_reference.py \\
        > tests/autodiff/normal_functions_reference.hpp
"""
import math
import struct

import mpmath as mp

mp.mp.dps = 50
INF = float("inf")
FAR = 1000  # where asymptotic series have more digits than these


def single(x):
    """The float32 nearest to x."""
    return struct.unpack("f", struct.pack("f", x))[0]


def log_density(x):
    return -x * x / 2 - mp.log(2 * mp.pi) / 2


def mills(x):
    """Phi(-x) / phi(x) for x >= 0."""
    if x > FAR:
        return sum((-1) ** n * mp.fac2(2 * n - 1) / x ** (2 * n + 1) for n in range(20))
    return mp.erfc(x / mp.sqrt(2)) / 2 * mp.exp(-log_density(x))


def tail(x):
    """Phi(-x); 0 where no number of double's size is left."""
    return mp.erfc(x / mp.sqrt(2)) / 2 if x < FAR else mp.mpf(0)


def density(x):
    return mp.exp(log_density(x)) if abs(x) < FAR else mp.mpf(0)


def ndtr(x):
    return tail(-x), density(x)


def log_ndtr(x):
    if x == -mp.inf:
        return -mp.inf, mp.inf
    if x < 0:
        return log_density(x) + mp.log(mills(-x)), 1 / mills(-x)
    return mp.log1p(-tail(x)), density(x) / tail(-x)


def lower_quantile(log_p):
    """The x <= 0 with log Phi(x) = log_p."""
    x = -mp.sqrt(-2 * log_p)
    for _ in range(60):
        value, slope = log_ndtr(x)
        step = (value - log_p) / slope
        x = min(x - step, mp.mpf(0))
        if abs(step) <= abs(x) * mp.mpf("1e-48"):
            break
    return x


def central_quantile(above):
    """The x with Phi(x) = 1/2 + above."""
    return mp.sqrt(2) * mp.erfinv(2 * above)


def ndtri(p):
    if not 0 <= p <= 1:
        return mp.nan, mp.nan
    if p in (0, 1):
        return (-mp.inf if p == 0 else mp.inf), mp.inf
    if abs(p - 0.5) < 0.25:
        x = central_quantile(p - 0.5)
    else:
        x = lower_quantile(mp.log(p)) if p < 0.5 else -lower_quantile(mp.log(1 - p))
    return x, 1 / density(x)


def ndtri_exp(y):
    if y > 0:
        return mp.nan, mp.nan
    if y == 0:
        return mp.inf, mp.inf
    if y == -mp.inf:
        return -mp.inf, mp.mpf(0)
    above = mp.expm1(y) + 0.5
    if abs(above) < 0.25:
        x = central_quantile(above)
    else:
        x = lower_quantile(y) if above < 0 else -lower_quantile(mp.log(-mp.expm1(y)))
    return x, 1 / log_ndtr(x)[1]


def erfinv(x):
    if abs(x) > 1:
        return mp.nan, mp.nan
    if abs(x) == 1:
        return x * mp.inf, mp.inf
    z = central_quantile(x / 2) if abs(x) < 0.5 else -mp.sign(x) * lower_quantile(
        mp.log((1 - abs(x)) / 2))
    y = z / mp.sqrt(2)
    return y, mp.sqrt(mp.pi) / 2 * mp.exp(y * y)


def erfcinv(x):
    if not 0 <= x <= 2:
        return mp.nan, mp.nan
    if x in (0, 2):
        return (mp.inf if x == 0 else -mp.inf), -mp.inf
    if abs(x - 1) < 0.5:
        z = central_quantile((1 - x) / 2)
    else:
        z = mp.sign(1 - x) * -lower_quantile(mp.log(min(x, 2 - x) / 2))
    y = z / mp.sqrt(2)
    return y, -mp.sqrt(mp.pi) / 2 * mp.exp(y * y)


def log_ndtr_difference(a, b):
    if a + b > 0:
        value, da, db = log_ndtr_difference(-b, -a)
        return value, -db, -da
    with mp.workdps(120):
        if b <= 0:  # over phi(b)
            fall = mp.exp((b - a) * (a + b) / 2) if mp.isfinite(a) else mp.mpf(0)
            mass = mills(-b) - (fall * mills(-a) if mp.isfinite(a) else 0)
            return log_density(b) + mp.log(mass), -fall / mass, 1 / mass
        mass = tail(-b) - tail(-a)
        if mass > 0.5:
            return mp.log1p(-(tail(-a) + tail(b))), -density(a) / mass, density(b) / mass
        return mp.log(mass), -density(a) / mass, density(b) / mass


def scaled_bessel(order, x):
    """sqrt(2 pi x) exp(-x) I(x)."""
    if x > FAR:
        total, term = mp.mpf(1), mp.mpf(1)
        for k in range(1, 40):
            term *= -(4 * order**2 - mp.mpf(2 * k - 1) ** 2) / (8 * k * x)
            total += term
        return total
    return mp.sqrt(2 * mp.pi * x) * mp.exp(-x) * mp.besseli(order, x)


def log_bessel(order, x):
    x = abs(x)
    if x == mp.inf:
        return x
    if x == 0:
        return mp.mpf(0) if order == 0 else -mp.inf
    if x < FAR:
        with mp.workdps(150):
            return mp.log(mp.besseli(order, x))
    return x - mp.log(2 * mp.pi * x) / 2 + mp.log(scaled_bessel(order, x))


def ratio(x):
    if x == 0 or mp.isinf(x):
        return mp.sign(x)
    with mp.workdps(150):
        size = abs(x)
        return mp.sign(x) * scaled_bessel(1, size) / scaled_bessel(0, size)


def log_bessel_i0(x):
    return log_bessel(0, x), ratio(x)


def log_bessel_i1(x):
    if x == 0 or mp.isinf(x):
        return log_bessel(1, x), (mp.inf if x == 0 else mp.sign(x))
    return log_bessel(1, x), 1 / ratio(x) - 1 / x


def bessel_ratio(x):
    if x == 0 or mp.isinf(x):
        return ratio(x), (mp.mpf(0.5) if x == 0 else mp.mpf(0))
    with mp.workdps(750):
        r = scaled_bessel(1, abs(x)) / scaled_bessel(0, abs(x))
        if abs(x) < mp.mpf("1e-20"):
            return ratio(x), mp.mpf(0.5)
        if abs(x) > 1000000:
            t = 1 / abs(x)
            return ratio(x), t * t * (0.5 + t / 4 + 3 * t**2 / 8 + 25 * t**3 / 32 + 65 * t**4 / 32)
        return ratio(x), 1 - r / abs(x) - r * r


REAL = [0.0, -0.0, 1e-30, -1e-30, 1e-6, -1e-6, 0.1, -0.1, 0.49, -0.49, 0.5, -0.5, 0.7, -0.7, 1, -1,
        1.5, -1.5, 2.5, -2.5, 4, -4, 6, -6, 8.5, -8.5, 12, -12, 25, -25, 37.5, -37.5, 40, -40, 100,
        -100, 1000, -1000, 1e5, -1e5, 1e10, -1e10, 1e18, -1e18, INF, -INF]
PROBABILITY = [0, 2.0**-149, 1e-44, 1e-40, 1e-38, 1e-30, 1e-20, 1e-11, 1e-10, 1e-5, 0.001, 0.02425,
               0.074, 0.076, 0.1, 0.25, 0.4, 0.5 - 2.0**-20, 0.5 - 2.0**-25, 0.5, 0.5 + 2.0**-24,
               0.5 + 2.0**-12, 0.6, 0.75, 0.92, 0.93, 0.99, 0.9999, 1 - 2.0**-24, 1, 1.5, -1e-30,
               -1, INF, -INF]
ONLY_DOUBLE = [2.0**-1074, 1e-320, 1e-310, 2.0**-1022, 1e-300, 1e-200, 1e-100, 1e-50]
CLOSE_TO_ONE = [1 - 2.0**-53, 1 - 1e-12, 1 - 1e-9]
LOGARITHM = [-INF, -1e38, -1e20, -1e10, -1e5, -1e4, -1000, -745, -740, -739, -700, -100, -26, -25,
             -24, -10, -5, -2.6, -2.5, -2, -1, -0.7, -0.6931472, -0.693147, -0.69, -0.5, -0.1, -0.08,
             -0.07, -0.01, -1e-5, -1e-10, -1e-20, -1e-30, -2.0**-149, -0.0, 0, 1e-30, 1]
BETWEEN = [0, -0.0, 1e-30, -1e-30, 1e-6, 0.1, -0.1, 0.5, -0.5, 0.8, 0.84, 0.86, -0.86, 0.95, -0.99,
           0.9999, -1 + 2.0**-24, 1 - 2.0**-24, 1, -1, 1.5, -2, INF]
BESSEL = [0.0, -0.0, 1e-45, 1e-38, 1e-30, -1e-20, 1e-10, 1e-5, 0.01, 0.1, -0.5, 1, 1.5, 2, -3, 4.5, 6,
          7.5, 7.99, 8, 8.01, -9, 12, 16, 30, 64, -100, 500, 1000, 1e4, 1e5, -1e8, 1e20, 1e38, INF, -INF]
INTERVALS = [
    (-1, 1), (-0.5, 2), (-2, 0.5), (0, 1), (-1, 0), (0.25, 0.5), (-0.5, -0.25), (-3, 3), (-9, 9),
    (-40, 40), (-1e10, 1), (-1, 1e10), (-INF, INF), (-INF, 0), (0, INF), (-INF, 2), (-2, INF),
    (-INF, -2), (2, INF), (40, INF), (-INF, -40), (1000, 1001), (-1001, -1000), (1000, INF),
    (1000, 1000 + 2.0**-10), (-30, -29.5), (5, 5 + 2.0**-20), (-5 - 2.0**-20, -5), (0.5, 0.5 + 2.0**-24),
    (-2.0**-30, 2.0**-30), (-1e-30, 1e-30), (0, 1e-30), (0, 1e-40), (1, 1 + 2.0**-23), (-0.7, -0.1),
    (-0.8, 0), (0, 0.6), (0.1, 0.9), (3, 3.2), (3, 3.25), (1, 2), (8, 30), (37, 39), (-100, 100.5),
    (1e10, 1e10 + 1024), (1e10, 2e10), (1e18, INF), (-1e18, 1e18), (-8, 7), (7, 8), (20, 20.03125)]


def text(number):
    number = float(number)
    if math.isnan(number):
        return "kNan"
    if math.isinf(number):
        return "kInf" if number > 0 else "-kInf"
    return repr(number)


def rows():
    plain = [(ndtr, REAL), (log_ndtr, REAL + [-1e100, -1e200]),
             (ndtri, PROBABILITY), (ndtri_exp, LOGARITHM), (erfinv, BETWEEN),
             (erfcinv, [2 * p for p in PROBABILITY]),
             (log_bessel_i0, BESSEL), (log_bessel_i1, BESSEL), (bessel_ratio, BESSEL)]
    for function, arguments in plain:
        for x in arguments:
            yield function, (single(x) if abs(x) < 3e38 else x,)
    only_double = [(ndtri, ONLY_DOUBLE + CLOSE_TO_ONE), (erfcinv, ONLY_DOUBLE),
                   (erfinv, CLOSE_TO_ONE), (ndtri_exp, [-1e100, -1e300, -1.7e308, -1e-300]),
                   (log_bessel_i0, [1e-200, 1e150, 1.7e308]),
                   (log_bessel_i1, [2.0**-1074, 1e-200, 1e150, 1.7e308]),
                   (bessel_ratio, [1e-300, 1e100])]
    for function, arguments in only_double:
        for x in arguments:
            yield function, (x,)
    for a, b in INTERVALS:
        yield log_ndtr_difference, (single(a), single(b))


HEAD = """#pragma once

// Written by normal_functions_reference.py; do not edit.

#include "../numbers.hpp"

namespace evident::testing {

/// What a function must say of some arguments: its value, then its partial derivatives.
struct FunctionReference {
  const char* function;
  FewNumbers at, want;
};

// clang-format off
inline const auto& function_references() {
  static constexpr FunctionReference rows[] = {"""

FOOT = """  };
  return rows;
}
// clang-format on

}  // namespace evident::testing"""

if __name__ == "__main__":
    print(HEAD)
    for function, at in rows():
        want = function(*[mp.mpf(x) for x in at])
        if function is ndtr and math.isinf(at[0]):
            want = (mp.mpf(at[0] > 0), mp.mpf(0))
        print(f'      {{"{function.__name__}", {{{", ".join(map(text, at))}}}, '
              f'{{{", ".join(map(text, want))}}}}},')
    print(FOOT)
