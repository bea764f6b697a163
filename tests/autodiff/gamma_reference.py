#!/usr/bin/env python3
"""Writes gamma_reference.hpp: the gamma family with its partial derivatives, at 50 digits.

Arguments are float32 numbers, so that both precisions compute from the same, but for those beyond
its range, which only double takes; p and q are a float32 and what is left of 1 in the precision.

    /usr/bin/python3 tests/autodiff/gamma_reference.py > tests/autodiff/gamma_reference.hpp
"""
import math
import random

import mpmath as mp
import numpy as np

mp.mp.dps = 50
random.seed(3)
INF, NAN = float("inf"), float("nan")


def single(x):
    """The float32 nearest to x; x itself out of its range."""
    return x if not 2.0**-126 <= abs(x) <= 3.4e38 else float(np.float32(x))


def real_lgamma(x):
    return mp.re(mp.loggamma(x)) if x > 0 else mp.log(abs(mp.pi / mp.sin(mp.pi * x))) \
        - mp.re(mp.loggamma(1 - x))


def psi(n, x):
    if x > 0:
        return mp.psi(n, x)
    if n == 0:
        return mp.psi(0, 1 - x) - mp.pi * mp.cot(mp.pi * x)
    if n == 1:
        return (mp.pi / mp.sin(mp.pi * x)) ** 2 - mp.psi(1, 1 - x)
    return mp.psi(2, 1 - x) - 2 * mp.pi**3 * mp.cos(mp.pi * x) / mp.sin(mp.pi * x) ** 3


def deviance(x, m):
    return x * mp.log(x / m) + m - x


def choose(n, k):
    return real_lgamma(n + 1) - real_lgamma(k + 1) - real_lgamma(n - k + 1)


def fall(a, b):
    return psi(0, a) - psi(0, a + b)


FUNCTIONS = {
    "lgamma": lambda x: (real_lgamma(x), psi(0, x)),
    "digamma": lambda x: (psi(0, x), psi(1, x)),
    "trigamma": lambda x: (psi(1, x), psi(2, x)),
    "lbeta": lambda a, b: (real_lgamma(a) + real_lgamma(b) - real_lgamma(a + b), fall(a, b),
                           fall(b, a)),
    "stirling_error": lambda x: (
        real_lgamma(x + 1) - (x + mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2,
        psi(0, x) - mp.log(x) + 1 / (2 * x)),
    "deviance": lambda x, m: (deviance(x, m), mp.log(x / m), 1 - x / m),
    "log_poisson": lambda k, m: (k * mp.log(m) - m - real_lgamma(k + 1), k / m - 1),
    "log_binomial_coefficient": lambda n, k: (choose(n, k),),
    "log_binomial": lambda k, n, p: (
        k * mp.log(p) + (n - k) * mp.log(1 - p) + choose(n, k), k / p, (n - k) / (1 - p)),
    "log_gamma_density": lambda x, a: ((a - 1) * mp.log(x) - x - real_lgamma(a), (a - 1) / x - 1,
                                       mp.log(x) - psi(0, a)),
}


def spread(low, high):
    return single(math.exp(random.uniform(math.log(low), math.log(high))))


SIZES = [2.0**-149, 1e-30, 1e-10, 1e-3, 0.1, 0.5, 0.75, 1, 1.5, 2, 3, 4.75, 5, 5.25, 8, 20, 100,
         1e4, 1e8, 1e15, 1e30]
ORDINARY = SIZES + [5e-324, 1e-300, 1e-40, 1e100, 1e300] \
    + [1 - 2.0**-24, 1 + 2.0**-23, 2 - 2.0**-23, 2 + 2.0**-22, 1.46163213, 1.46163225, 4.9999995] \
    + [1 + 1e-3, 2 - 1e-3, 1 - 1e-6, 2 + 1e-6] + [spread(1e-3, 30) for _ in range(40)]
NEGATIVE = [-1e-30, -1e-3, -0.25, -0.5, -0.75, -1.5, -1 - 1e-6, -2.5, -2.457, -10.5, -10.001,
            -100.25, -1e4 - 0.5]
PAIRS = [(a, b) for a in [1e-30, 1e-3, 0.3, 1, 2.5, 5, 8, 1e3, 1e8, 1e15, 1e30]
         for b in [1e-30, 1e-3, 0.3, 1, 2.5, 5, 8, 1e3, 1e8, 1e15, 1e30]] \
    + [(1e-300, 1e-300), (1e-300, 1e300), (1e300, 1e300), (0.5, 1e300), (4.9999995, 4.9999995),
       (1e307, 1e307)] + [(spread(1e-3, 1e3), spread(1e-3, 1e3)) for _ in range(40)]
NEAR = [(x, x * (1 + e)) for x in [1e-30, 0.1, 1, 7, 1e3, 1e8, 1e15]
        for e in [0, 1e-6, -1e-6, 1e-3, -0.01, 0.1, 0.2, -0.2, 0.25, 1, -0.9, 1e3]] \
    + [(1, 1e-300), (1e300, 1e-300), (1e-300, 1e300), (1e308, 1.5e308), (1e15, 1e-300)]
COUNTS = [0, 1, 2, 3, 4, 5, 8, 20, 100, 1e4, 1e6, 2.0**30, 2.0**50]
POISSON = [(k, m) for k in COUNTS for m in [1e-300, 1e-30, 1e-3, 0.5, 1, 3, 40, 1e6, 1e15, 1e30]] \
    + [(k, k * f) for k in COUNTS[1:] for f in (1 - 1e-6, 1, 1.01, 0.8, 3)]
CHOOSE = [(n, k) for n in COUNTS for k in {0, 1, 2, n // 3, n // 2, n - 1, n} if 0 <= k <= n]
BINOMIAL = [(k, n, p) for n, k in CHOOSE if n > 0
            for p in [1e-30, 1e-6, 0.25, 0.5, 0.875, 1 - 2.0**-24, k / n] if 0 < single(p) < 1]
GAMMA = [(x, a) for a in [1e-30, 1e-3, 0.3, 1, 2.5, 5, 8, 1e3, 1e8, 1e15]
         for x in [1e-30, 1e-3, 0.3, 1, 2.5, 8, 1e3, 1e8, 1e15]] \
    + [(a * f, a) for a in [0.5, 1.5, 4.5, 5, 30, 1e4, 1e8, 1e12]
       for f in [1, 1 - 1e-6, 1.001, 0.8, 1.3, 3]] + [(1e-300, 2), (1e-300, 0.5), (1e-300, 1e4)]

CASES = [("lgamma", [(x,) for x in ORDINARY + NEGATIVE]),
         ("digamma", [(x,) for x in ORDINARY + NEGATIVE]),
         ("trigamma", [(x,) for x in ORDINARY + NEGATIVE]),
         ("stirling_error", [(x,) for x in ORDINARY]),
         ("lbeta", PAIRS), ("deviance", NEAR), ("log_poisson", POISSON),
         ("log_binomial_coefficient", CHOOSE), ("log_binomial", BINOMIAL),
         ("log_gamma_density", GAMMA)]

# What limits and conventions define.
EULER = 0.57721566490153286061
BORDERS = [
    ("lgamma", (0,), (INF, -INF)), ("lgamma", (-1,), (INF, NAN)), ("lgamma", (-7,), (INF, NAN)),
    ("lgamma", (INF,), (INF, INF)), ("lgamma", (1,), (0, -EULER)),
    ("lgamma", (2,), (0, 1 - EULER)),
    ("digamma", (0,), (-INF, INF)), ("digamma", (-0.0,), (INF, INF)),
    ("digamma", (-1,), (NAN, INF)), ("digamma", (INF,), (INF, 0)),
    ("trigamma", (0,), (INF, -INF)), ("trigamma", (-0.0,), (INF, INF)),
    ("trigamma", (-1,), (INF, NAN)), ("trigamma", (INF,), (0, 0)),
    ("stirling_error", (0,), (INF, -INF)), ("stirling_error", (INF,), (0, 0)),
    ("lbeta", (0, 2), (INF, -INF, 0)), ("lbeta", (2, 0), (INF, 0, -INF)),
    ("lbeta", (0, 0), (INF, -INF, -INF)), ("lbeta", (INF, 2), (-INF, 0, -INF)),
    ("lbeta", (INF, INF), (-INF, 0, 0)), ("lbeta", (0, INF), (INF, -INF, 0)),
    ("lbeta", (-1, 2), (NAN, None, None)),
    ("deviance", (0, 3), (3, -INF, 1)), ("deviance", (3, 0), (INF, INF, -INF)),
    ("deviance", (0, 0), (0, 0, 1)), ("deviance", (3, INF), (INF, -INF, 1)),
    ("deviance", (INF, 3), (INF, INF, -INF)), ("deviance", (0, INF), (INF, -INF, 1)),
    ("log_poisson", (0, 0), (0, -1)), ("log_poisson", (3, 0), (-INF, INF)),
    ("log_poisson", (0, INF), (-INF, -1)), ("log_poisson", (3, INF), (-INF, -1)),
    ("log_poisson", (-1, 3), (-INF, None)),
    ("log_binomial_coefficient", (5, 6), (-INF,)), ("log_binomial_coefficient", (5, -1), (-INF,)),
    ("log_binomial", (0, 4, 0), (0, 0, 4)), ("log_binomial", (4, 4, 1), (0, 4, 0)),
    ("log_binomial", (1, 4, 0), (-INF, INF, 3)), ("log_binomial", (1, 4, 1), (-INF, 1, INF)),
    ("log_binomial", (0, 4, 1), (-INF, 0, INF)), ("log_binomial", (4, 4, 0), (-INF, INF, 0)),
    ("log_binomial", (0, 0, 0.5), (0, 0, 0)), ("log_binomial", (5, 4, 0.5), (-INF, None, None)),
    ("log_gamma_density", (0, 0.5), (INF, -INF, -INF)),
    ("log_gamma_density", (0, 1), (0, -1, -INF)), ("log_gamma_density", (0, 2), (-INF, INF, -INF)),
    ("log_gamma_density", (0, 30), (-INF, INF, -INF)),
    ("log_gamma_density", (INF, 2), (-INF, -1, INF)),
    ("log_gamma_density", (INF, 30), (-INF, -1, INF)),
]


def text(number):
    if number is None:
        return "kUndefined"
    number = float(number)
    if math.isnan(number):
        return "kNan"
    if math.isinf(number):
        return "kInf" if number > 0 else "-kInf"
    return repr(number)


rows = []
for name, arguments in CASES:
    for at in arguments:
        at = tuple(single(x) for x in at)
        with mp.workdps(700 if max(map(abs, at)) > 1e10 or min(map(abs, at)) < 1e-20 else 60):
            results = FUNCTIONS[name](*map(mp.mpf, at))
        rows.append((name, at, results))
rows += BORDERS

print("""#pragma once

// Written by gamma_reference.py; do not edit.

#include "../numbers.hpp"

namespace evident::testing {

constexpr double kUndefined = 1.25e301;  // what neither a limit nor a convention defines

/// What a function of the gamma family is at a point: its value and its partial derivatives.
struct GammaReference {
  const char* function;
  FewNumbers at, results;
};

// clang-format off
inline const auto& gamma_references() {
  static constexpr GammaReference rows[] = {""")
for name, at, results in rows:
    print(f'      {{"{name}", {{{", ".join(map(text, at))}}}, '
          f'{{{", ".join(map(text, results))}}}}},')
print("""  };
  return rows;
}
// clang-format on

}  // namespace evident::testing""")
