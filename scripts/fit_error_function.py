#!/usr/bin/env python3
"""Prints the coefficients of autodiff/functions/error_function.hpp (needs python3-mpmath).

erfc: (1 + 2x) exp(x^2) erfc(x) for x >= 0 is smooth in t = (x - 3) / (x + 3), which runs over
[-1, 1) (Shepherd and Laframboise 1981). erf: erf(x) / x for |x| <= 1 is smooth in x^2. Both are
expanded in Chebyshev polynomials, cut below the rounding of the type and written in powers.
"""
from mpmath import binomial, cos, erf, erfc, exp, fac2, mp, mpf, nstr, pi, sqrt

mp.dps = 50
NODES = 96
MIDDLE = 3


def scaled_erfc(x):
    """exp(x^2) erfc(x); by its asymptotic series where the factors underflow and overflow."""
    if x < 2000:
        return exp(x * x) * erfc(x)
    terms = (fac2(2 * n - 1) / (-2 * x * x) ** n for n in range(12))
    return sum(terms) / (x * sqrt(pi))


def of_erfc(t):
    x = MIDDLE * (1 + t) / (1 - t)
    return (1 + 2 * x) * scaled_erfc(x)


def of_erf(t):
    x = sqrt((1 + t) / 2)
    return erf(x) / x


def chebyshev(f):
    """The coefficients of f on [-1, 1]."""
    nodes = [cos(pi * (mpf(j) + 0.5) / NODES) for j in range(NODES)]
    values = [f(node) for node in nodes]
    result = []
    for k in range(NODES):
        terms = (v * cos(pi * k * (mpf(j) + 0.5) / NODES) for j, v in enumerate(values))
        result.append(2 * sum(terms) / NODES)
    result[0] /= 2
    return result


def in_powers(coefficients):
    """The same polynomial in powers of its variable, lowest first."""
    count = len(coefficients)
    before, last = [mpf(1)], [mpf(0), mpf(1)]
    result = [mpf(0)] * max(count, 2)
    for polynomial, c in ((before, coefficients[0]), (last, coefficients[1])):
        for i, value in enumerate(polynomial):
            result[i] += c * value
    for c in coefficients[2:]:
        following = [mpf(0)] + [2 * v for v in last]
        for i, value in enumerate(before):
            following[i] -= value
        before, last = last, following
        for i, value in enumerate(last):
            result[i] += c * value
    return result


def in_powers_of_square(coefficients):
    """As above, for a variable t = 2 s - 1, in powers of s."""
    result = [mpf(0)] * len(coefficients)
    for i, c in enumerate(in_powers(coefficients)):
        for k in range(i + 1):
            result[k] += c * binomial(i, k) * mpf(2) ** k * (-1) ** (i - k)
    return result


def table(name, f, cut, powers):
    coefficients = chebyshev(f)
    count = max(i for i, c in enumerate(coefficients) if abs(c) > cut) + 1
    print(f"inline constexpr double {name}[] = {{")
    for value in powers(coefficients[:count]):
        print(f"    {nstr(value, 20)},")
    print("};")


if __name__ == "__main__":
    table("kScaledErfc<float>", of_erfc, mpf("6e-9"), in_powers)
    table("kScaledErfc<double>", of_erfc, mpf("1e-17"), in_powers)
    table("kErf<float>", of_erf, mpf("6e-9"), in_powers_of_square)
    table("kErf<double>", of_erf, mpf("1e-17"), in_powers_of_square)
