#!/usr/bin/env python3
"""Prints the coefficients of autodiff/functions/gamma_tables.hpp (needs python3-mpmath).

Near their zeros log Gamma and digamma are what is left of a smooth positive function divided by the
zeros: log Gamma(x) / ((x - 1)(x - 2)) on [1/2, 5] and digamma(x) / (x - x0) on [1, 5] are ratios of
polynomials in x. Above 5 what Stirling's formula leaves, x (log Gamma(x) - ...), and
x^2 (log x - 1/(2x) - digamma(x)), are polynomials in 1/x^2. x trigamma(x), -x^2 tetragamma(x) and
x (log Gamma(x) - ...) are ratios of polynomials in 1/x for every x >= 1.

Ratios are fitted at Chebyshev nodes by least squares on the relative error, the denominator of the
last round as weight.
"""
from mpmath import (bernoulli, cos, digamma, findroot, log, loggamma, lu_solve, matrix, mp, mpf, nstr,
                    pi, polygamma, polyval, sqrt)

mp.dps = 100
FAR = 60  # where the asymptotic series have 60 digits
ROOT = findroot(digamma, 1.46)


def series(term):
    return sum(bernoulli(2 * k) * term(2 * k) for k in range(1, 30))


def lgamma_between(x):
    return loggamma(x) / ((x - 1) * (x - 2))


def digamma_between(x):
    return digamma(x) / (x - ROOT)


def stirling(x):
    if x > FAR:
        return series(lambda k: x ** (1 - k) / (k * (k - 1)))
    return loggamma(x) - (x - mpf(1) / 2) * log(x) + x - log(2 * pi) / 2


def digamma_rest(x):
    return series(lambda k: x**-k / k) if x > FAR else log(x) - 1 / (2 * x) - digamma(x)


def trigamma(x):
    return 1 / x + 1 / (2 * x**2) + series(lambda k: x ** (-k - 1)) if x > FAR else polygamma(1, x)


def tetragamma(x):
    if x > FAR:
        return -(1 / x**2 + 1 / x**3 + series(lambda k: (k + 1) * x ** (-k - 2)))
    return polygamma(2, x)


def in_inverse(f, power):
    return lambda s: f(1 / s) / s**power


def in_inverse_square(f, power):
    return lambda w: f(1 / sqrt(w)) / w ** (mpf(power) / 2)


def nodes(count, low, high):
    return [low + (high - low) * (1 + cos(pi * (mpf(j) + 0.5) / count)) / 2 for j in range(count)]


def ratio(f, low, high, n, d):
    """Numerator and denominator of degrees n and d, lowest power first, and the relative error."""
    unknowns = n + d + 1
    at = nodes(4 * unknowns, low, high)
    values = [f(x) for x in at]
    weights = [1 / abs(y) for y in values]
    for _ in range(4):
        a, b = matrix(unknowns, unknowns), matrix(unknowns, 1)
        for x, y, weight in zip(at, values, weights):
            row = [x**i for i in range(n + 1)] + [-y * x**i for i in range(1, d + 1)]
            for i in range(unknowns):
                b[i] += weight**2 * row[i] * y
                for j in range(unknowns):
                    a[i, j] += weight**2 * row[i] * row[j]
        c = lu_solve(a, b)
        above, below = [c[i] for i in range(n + 1)], [mpf(1)] + [c[n + i] for i in range(1, d + 1)]
        weights = [1 / abs(y * polyval(below[::-1], x)) for x, y in zip(at, values)]
    error = max(abs(polyval(above[::-1], x) / polyval(below[::-1], x) / f(x) - 1)
                for x in nodes(97, low, high))
    return above, below, error


def show(name, coefficients):
    print(f"  static constexpr double {name}[] = {{")
    for c in coefficients:
        print(f"      {nstr(c, 20)},")
    print("  };")


FITS = [
    ("Lgamma", lgamma_between, mpf("0.5"), mpf(5), (5, 5), (10, 10)),
    ("Digamma", digamma_between, mpf(1), mpf(5), (4, 4), (7, 8)),
    ("StirlingTail", in_inverse_square(stirling, 1), mpf("1e-9"), mpf(1) / 25, (3, 0), (7, 0)),
    ("DigammaTail", in_inverse_square(digamma_rest, 2), mpf("1e-9"), mpf(1) / 25, (4, 0), (9, 0)),
    ("Stirling", in_inverse(stirling, 1), mpf("1e-9"), mpf(1), (4, 4), (8, 8)),
    ("Trigamma", in_inverse(trigamma, 1), mpf("1e-9"), mpf(1), (4, 4), (8, 8)),
    ("Tetragamma", in_inverse(lambda x: -tetragamma(x), 2), mpf("1e-9"), mpf(1), (4, 4), (9, 9)),
]

if __name__ == "__main__":
    for type_name, digits, which in (("float", 24, 4), ("double", 53, 5)):
        print(f"template <>\nstruct GammaTables<{type_name}> {{")
        unit = mpf(2) ** (1 - digits)
        high = mp.nint(ROOT / unit) * unit
        print(f"  static constexpr double kRootHigh = {nstr(high, 20)};")
        print(f"  static constexpr double kRootLow = {nstr(ROOT - high, 20)};")
        for fit in FITS:
            name, f, low, top = fit[:4]
            n, d = fit[which]
            above, below, error = ratio(f, low, top, n, d)
            print(f"  // Relative error {nstr(error, 2)}.")
            show(f"k{name}" if d == 0 else f"k{name}Above", above)
            if d:
                show(f"k{name}Below", below)
        print("};\n")
