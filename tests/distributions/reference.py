#!/usr/bin/env python3
"""Writes reference.hpp: densities, moments and entropies in 50 digits, rounded to double.

Every parameter and value is a float32, so that both precisions compute from the same numbers.
mpmath computes them and scipy.stats must agree (apt-get install python3-scipy python3-mpmath).

    /usr/bin/python3 tests/distributions/reference.py > tests/distributions/reference.hpp
"""
import math

import mpmath as mp
import numpy as np
import scipy.stats

mp.mp.dps = 50
INF = float("inf")


def single(x):
    return float(np.float32(x))


def normal(loc, scale, x):
    loc, scale, x = mp.mpf(loc), mp.mpf(scale), mp.mpf(x)
    log_prob = -((x - loc) / scale) ** 2 / 2 - mp.log(scale) - mp.log(2 * mp.pi) / 2
    return log_prob, loc, scale**2, mp.log(2 * mp.pi * mp.e) / 2 + mp.log(scale)


def xlogy(x, y):
    return mp.mpf(0) if x == 0 else x * mp.log(y) if y > 0 else -mp.inf


def bernoulli(p, q, x):
    return (mp.log(p) if p > 0 else -mp.inf) if x else (mp.log(q) if q > 0 else -mp.inf), \
        p, p * q, -xlogy(p, p) - xlogy(q, q)


def from_probs(p, x):
    return bernoulli(mp.mpf(p), 1 - mp.mpf(p), x)


def from_logits(logit, x):
    if math.isinf(logit):
        return from_probs(1 if logit > 0 else 0, x)
    return bernoulli(1 / (1 + mp.exp(-mp.mpf(logit))), 1 / (1 + mp.exp(mp.mpf(logit))), x)


def text(number):
    number = float(number)
    if math.isinf(number):
        return "kInf" if number > 0 else "-kInf"
    return repr(number)


def check(ours, scipys, what):
    ours = float(ours)
    if not (ours == scipys or abs(ours - scipys) <= 1e-9 * abs(scipys) + 1e-25):
        raise SystemExit(f"{what}: mpmath says {ours}, scipy {scipys}")


rows = []
for loc, scale in [(0, 1), (1.5, 0.3), (-2, 7), (0, 1e-6), (0.25, 1e-6), (3, 1e6), (-1e4, 0.01)]:
    loc, scale = single(loc), single(scale)
    for z in (-8, -1, -0.1, 0, 0.7, 3, 30):
        x = single(loc + z * scale)
        values = normal(loc, scale, x)
        check(values[0], scipy.stats.norm.logpdf(x, loc, scale), "Normal log_prob")
        check(values[3], scipy.stats.norm.entropy(loc, scale), "Normal entropy")
        rows.append(("Normal", (loc, scale), x, values))
for p in (0.5, 0.3, 0.999, 1e-6, 1e-30, 1 - 2.0**-20, 0, 1):
    p = single(p)
    for x in (0, 1):
        values = from_probs(p, x)
        check(values[0], scipy.stats.bernoulli.logpmf(x, p), "Bernoulli log_prob")
        check(values[3], scipy.stats.bernoulli.entropy(p), "Bernoulli entropy")
        rows.append(("Bernoulli", (p,), x, values))
for logit in (0, 0.3, -2, 5, 16, -16, 50, -50, 80, INF, -INF):
    logit = single(logit)
    for x in (0, 1):
        values = from_logits(logit, x)
        if abs(logit) < 10:
            check(values[0], scipy.stats.bernoulli.logpmf(x, scipy.special.expit(logit)), "logits")
        rows.append(("Bernoulli::from_logits", (logit,), x, values))

print("""#pragma once

// Written by reference.py; do not edit.

#include <limits>
#include <vector>

namespace evident::testing {

constexpr double kInf = std::numeric_limits<double>::infinity();

/// What a distribution must say at one set of parameters and one value.
struct Reference {
  const char* distribution;
  std::vector<double> parameters;
  double x, log_prob, mean, variance, entropy;
};

// clang-format off
inline const std::vector<Reference>& references() {
  static const std::vector<Reference> rows = {""")
for name, parameters, x, values in rows:
    numbers = ", ".join(text(v) for v in (x, *values))
    print(f'      {{"{name}", {{{", ".join(text(p) for p in parameters)}}}, {numbers}}},')
print("""  };
  return rows;
}
// clang-format on

}  // namespace evident::testing""")
