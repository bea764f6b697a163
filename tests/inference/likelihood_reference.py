#!/usr/bin/env python3
"""Writes likelihood_reference.hpp: estimates, standard errors and the logarithm of the likelihood at
its maximum, of fixed data, by mpmath at 30 digits.

Each density is written out as in the literature. Its likelihood is climbed by scipy's Nelder-Mead
method, and the zero of its gradient polished by Newton's, with derivatives by mpmath; standard errors
are the roots of the diagonal of minus the inverse of its Hessian there. Data are multiples of 2^-10.

    /usr/bin/python3 tests/inference/likelihood_reference.py > \\
        tests/inference/likelihood_reference.hpp
"""
import mpmath as mp
import numpy as np
from scipy.optimize import minimize

mp.mp.dps = 30
log, exp, lgamma = mp.log, mp.exp, mp.loggamma

real = [-2.5, -0.75, -0.25, 0, 0.375, 0.5, 1.25, 1.75, 2, 6.5]
positive = [0.125, 0.5, 0.75, 1.25, 1.5, 2.25, 3.5, 7]
unit = [0.0625, 0.25, 0.375, 0.5, 0.625, 0.6875, 0.875]
angles = [-1.5, -0.25, 0, 0.125, 0.75, 1, 2.5]
counts = [0, 0, 1, 2, 2, 3, 5, 9]


def normal(x, m, s):
    return -((x - m) / s) ** 2 / 2 - log(2 * mp.pi) / 2 - log(s)


def log_phi(a, b):
    """log(Phi(b) - Phi(a))."""
    r = mp.sqrt(2)
    return log((mp.erfc(a / r) - mp.erfc(b / r)) / 2)


def zero_inflated(x, g, r):
    return log(g + (1 - g) * exp(-r)) if x == 0 else log(1 - g) + x * log(r) - r - lgamma(x + 1)


def negative_binomial(x, k, p):
    return lgamma(x + k) - lgamma(k) - lgamma(x + 1) + k * log(1 - p) + x * log(p)


def student(x, v, m, s):
    return (lgamma((v + 1) / 2) - lgamma(v / 2) - log(mp.pi * v) / 2 - log(s)
            - (v + 1) / 2 * log(1 + ((x - m) / s) ** 2 / v))


def truncated(low, high):
    return lambda x, m, s: normal(x, m, s) - log_phi((low - m) / s, (high - m) / s)


def row(name, data, density, start, given=()):
    def total(*p):
        return mp.fsum(density(mp.mpf(x), *p) for x in data)

    def loss(p):
        try:
            value = total(*(mp.mpf(v) for v in p))
            return float(-value) if mp.im(value) == 0 else 1e30
        except (ValueError, ZeroDivisionError):
            return 1e30

    rough = minimize(loss, start, method="Nelder-Mead",
                     options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000}).x
    n = len(start)

    def order(i, *more):
        k = [0] * n
        for j in (i,) + more:
            k[j] += 1
        return tuple(k)

    def gradient(*p):
        return [mp.diff(total, p, order(i)) for i in range(n)]

    at = mp.findroot(gradient, [mp.mpf(v) for v in rough], tol=1e-34) if n > 1 else [
        mp.findroot(lambda p: mp.diff(total, p), mp.mpf(rough[0]))]
    at = [mp.mpf(v) for v in at]
    hessian = mp.matrix(n, n)
    for i in range(n):
        for j in range(n):
            hessian[i, j] = -mp.diff(total, tuple(at), order(i, j))
    covariance = hessian ** -1
    errors = [mp.sqrt(covariance[i, i]) for i in range(n)]
    return name, data, given, at, errors, total(*at)


def categorical(data, k):
    """The last probability is what the others leave."""
    name, data, _, at, errors, value = row(
        "Categorical", data,
        lambda x, *p: log(p[int(x)] if x < k - 1 else 1 - sum(p)), [1 / k] * (k - 1))
    other = row("Categorical", [k - 1 - x for x in data],
                lambda x, *p: log(p[int(x)] if x < k - 1 else 1 - sum(p)), [1 / k] * (k - 1))
    return name, data, (k,), at + [other[3][0]], errors + [other[4][0]], value


rows = [
    row("Beta", unit, lambda x, a, b: (a - 1) * log(x) + (b - 1) * log(1 - x)
        - lgamma(a) - lgamma(b) + lgamma(a + b), [1, 1]),
    row("Binomial", [0, 2, 3, 3, 4, 6], lambda x, p: log(mp.binomial(6, x)) + x * log(p)
        + (6 - x) * log(1 - p), [0.5], (6,)),
    categorical([0, 2, 1, 1, 0, 2, 2, 0, 2, 2], 3),
    row("Cauchy", real, lambda x, m, s: -log(mp.pi * s * (1 + ((x - m) / s) ** 2)), [0.5, 1]),
    row("Chi2", positive, lambda x, k: (k / 2 - 1) * log(x) - x / 2 - k / 2 * log(2)
        - lgamma(k / 2), [2]),
    row("ContinuousBernoulli", [0] + unit[:4], lambda x, l: l * (x - 0.5)
        - log(mp.sinh(l / 2) / (l / 2)), [-2]),
    row("Gamma", positive, lambda x, a, r: a * log(r) + (a - 1) * log(x) - r * x - lgamma(a), [1, 1]),
    row("Gumbel", real, lambda x, m, s: -log(s) - (x - m) / s - exp(-(x - m) / s), [0, 1]),
    row("HalfCauchy", [0] + positive, lambda x, s: log(2 / mp.pi) - log(s)
        - log(1 + (x / s) ** 2), [1]),
    row("InverseGamma", positive, lambda x, a, b: a * log(b) - (a + 1) * log(x) - b / x
        - lgamma(a), [1, 1]),
    row("Kumaraswamy", unit, lambda x, a, b: log(a * b) + (a - 1) * log(x)
        + (b - 1) * log(1 - x ** a), [1, 1]),
    row("Logistic", real, lambda x, m, s: -(x - m) / s - log(s)
        - 2 * log(1 + exp(-(x - m) / s)), [0, 1]),
    row("NegativeBinomial", counts, negative_binomial, [2, 0.5]),
    row("StudentT", real, student, [3, 0.5, 1]),
    row("TruncatedNormal", unit, truncated(0, 1), [0.5, 0.3], (0, 1)),
    row("TruncatedNormal", positive[:7], truncated(0, mp.inf), [1, 1], (0, mp.inf)),
    row("TruncatedNormal", [-x for x in positive[:7]], truncated(-mp.inf, 0.5), [-1, 1],
        (-mp.inf, 0.5)),
    row("VonMises", angles, lambda x, m, k: k * mp.cos(x - m)
        - log(2 * mp.pi * mp.besseli(0, k)), [0.3, 1]),
    row("Weibull", positive, lambda x, s, k: log(k / s) + (k - 1) * log(x / s) - (x / s) ** k, [2, 1]),
    row("ZeroInflatedPoisson", counts, zero_inflated, [0.2, 3]),
]


def number(x):
    if mp.isinf(x):
        return "kInf" if x > 0 else "-kInf"
    return repr(float(x))


def numbers(values):
    return "{" + ", ".join(number(v) for v in values) + "}"


print("""#pragma once

// Written by likelihood_reference.py; do not edit.

#include <string>
#include <vector>

#include "../numbers.hpp"

namespace evident::testing {

/// Data, what is given besides, and what maximises their likelihood.
struct LikelihoodReference {
  std::string name;
  std::vector<double> data, given, estimates, errors;
  double log_likelihood;
};

// clang-format off
inline const std::vector<LikelihoodReference>& likelihood_references() {
  static const std::vector<LikelihoodReference> rows{""")
for name, data, given, at, errors, value in rows:
    print(f'      {{"{name}",')
    for values in (data, given, at, errors):
        print(f"       {numbers(values)},")
    print(f"       {number(value)}}},")
print("""  };
  return rows;
}
// clang-format on

}  // namespace evident::testing""")
