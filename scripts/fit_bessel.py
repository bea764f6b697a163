#!/usr/bin/env python3
"""Prints the coefficients of autodiff/functions/bessel.hpp (needs python3-mpmath).

Up to a middle, 8 in float and 12 in double, the functions are entire in y = x^2 / 4: (I0(x) - 1) / y, 2 I1(x) / x, 2 I1'(x) and
I0^2 times twice the derivative of I1 / I0, each of positive terms in y. Beyond, those that tend to
a constant are smooth in u = 2 middle / x - 1, which runs over [-1, 1]: sqrt(x) exp(-x) times I0 and I1,
x (1 - I1 / I0), and x^2 times the derivative of I1 / I0. All are expanded in Chebyshev polynomials,
cut below the rounding of the type and written in powers of y or u.
"""
from fit_error_function import chebyshev, in_powers, in_powers_of_square
from mpmath import besseli, exp, mp, mpf, nstr, sqrt

mp.dps = 60


def ratio(x):
    return besseli(1, x) / besseli(0, x)


def ratio_slope(x):
    r = ratio(x)
    return 1 - r / x - r * r


def of_small(f, middle):
    """f(x, y) on [-1, 1]."""
    def g(t):
        y = mpf(middle) ** 2 / 4 * (1 + t) / 2
        return f(2 * sqrt(y), y)
    return g


def of_large(f, middle):
    def g(u):
        return f(2 * middle / (1 + u))
    return g


SMALL = {
    "kSmallI0": lambda x, y: (besseli(0, x) - 1) / y,
    "kSmallI1": lambda x, y: 2 * besseli(1, x) / x,
    "kSmallI1Slope": lambda x, y: 2 * besseli(0, x) - 2 * besseli(1, x) / x,
    "kSmallRatioSlope": lambda x, y: 2 * besseli(0, x) ** 2 * ratio_slope(x),
}
LARGE = {
    "kLargeI0": lambda x: sqrt(x) * exp(-x) * besseli(0, x),
    "kLargeI1": lambda x: sqrt(x) * exp(-x) * besseli(1, x),
    "kLargeRatio": lambda x: x * (1 - ratio(x)),
    "kLargeRatioSlope": lambda x: x * x * ratio_slope(x),
}


def cut_off(coefficients, cut):
    return coefficients[:max(i for i, c in enumerate(coefficients) if abs(c) > cut) + 1]


def print_table(name, powers):
    print(f"  static constexpr double {name}[] = {{{', '.join(nstr(c, 20) for c in powers)}}};")


def print_tables(scalar, middle, cut):
    print("template <>")
    print(f"struct Bessel<{scalar}> {{")
    print(f"  static constexpr double kMiddle = {middle};")
    for name, f in SMALL.items():
        in_s = in_powers_of_square(cut_off(chebyshev(of_small(f, middle)), cut))
        print_table(name, [c / (mpf(middle) ** 2 / 4) ** i for i, c in enumerate(in_s)])
    for name, f in LARGE.items():
        print_table(name, in_powers(cut_off(chebyshev(of_large(f, middle)), cut)))
    print("};\n")


if __name__ == "__main__":
    print_tables("float", 8, mpf("6e-9"))
    print_tables("double", 12, mpf("1e-17"))
