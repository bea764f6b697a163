"""Special functions in arbitrary precision, both tails at full relative accuracy.

The incomplete gamma and beta functions are sums of positive terms in fixed point (integers), which
stays fast for parameters up to 1e8 where mpmath's hypergeometric functions give up. Where the wanted tail
is one minus the sum, the sum is repeated with as many further digits as the subtraction cost.
"""
import math

import mpmath as mp

GUARD = 30  # digits beyond the working precision


def xlogy(x, y):
    """x log y, 0 at x = 0."""
    return mp.mpf(0) if x == 0 else x * mp.log(y) if y > 0 else -mp.inf


def _complemented(sum_of, digits):
    """(s, 1 - s) where sum_of() computes s; more digits until 1 - s has `digits` of them."""
    while True:
        s = sum_of()
        rest = 1 - s
        if rest > 0:
            lost = max(0, -int(mp.log10(rest)))
            if mp.mp.dps - lost >= digits + 8:
                return s, rest
            mp.mp.dps = digits + lost + GUARD
        else:
            mp.mp.dps = 2 * mp.mp.dps
            if mp.mp.dps > 20000:
                raise ArithmeticError("complement does not converge")


def _gamma_sum(a, x):
    """sum over n of x^n / ((a + 1) ... (a + n))."""
    bits = mp.mp.prec
    x, denominator = int(mp.ldexp(x, bits)), int(mp.ldexp(a, bits))
    one = term = total = 1 << bits
    while term:
        denominator += one
        term = term * x // denominator
        total += term
    return mp.ldexp(mp.mpf(total), -bits)


def _gamma_fraction(a, x):
    """Gamma(a, x) / (x^a e^-x), Legendre's continued fraction by Lentz's method."""
    tiny = mp.mpf(10) ** (-10 * mp.mp.dps)
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    h, n = d, 0
    while True:
        n += 1
        an = -n * (n - a)
        b += 2
        d = an * d + b
        d = tiny if d == 0 else d
        c = b + an / c
        c = tiny if c == 0 else c
        d = 1 / d
        delta = c * d
        h *= delta
        if abs(delta - 1) < mp.eps:
            return h


def gamma_tails(a, x):
    """(P(a, x), Q(a, x)), the regularised incomplete gamma functions."""
    a, x = mp.mpf(a), mp.mpf(x)
    if x <= 0:
        return mp.mpf(0), mp.mpf(1)
    if mp.isinf(x):
        return mp.mpf(1), mp.mpf(0)
    digits = mp.mp.dps
    with mp.workdps(digits + GUARD + 10):
        if x > a + 30 * mp.sqrt(a) + 60:
            q = mp.exp(a * mp.log(x) - x - mp.loggamma(a)) * _gamma_fraction(a, x)
            return 1 - q, q
        return _complemented(
            lambda: mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * _gamma_sum(a, x), digits)


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def _beta_sum(a, b, x):
    """sum over n of (a + b)_n / (a + 1)_n x^n."""
    bits = mp.mp.prec
    x = int(mp.ldexp(x, bits))
    above, below = int(mp.ldexp(a + b, bits)), int(mp.ldexp(a + 1, bits))
    one = term = total = 1 << bits
    while term:
        term = (term * above // below) * x >> bits
        above += one
        below += one
        total += term
    return mp.ldexp(mp.mpf(total), -bits)


def _beta_cost(a, b, x):
    """Roughly how many terms _beta_sum takes."""
    a, b, x = float(a), float(b), float(x)
    if x >= 1:
        return math.inf
    if x < 1e-300:
        return 1
    ratio = x * (a + b) / (a + 1)
    peak = max(0.0, ((a + b) * x - (a + 1)) / (1 - x))
    bell = math.sqrt(260 * (a + 1 + peak) / (1 - x)) + 130 / -math.log(x)
    return peak + min(bell, 130 / -math.log(ratio) if ratio < 1 else math.inf)


def beta_tails(a, b, x, y=None):
    """(I_x(a, b), I_y(b, a)) for y = 1 - x, which may be given to full accuracy."""
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    digits = mp.mp.dps
    with mp.workdps(digits + GUARD + 10):
        y = 1 - x if y is None else mp.mpf(y)
        if x <= 0:
            return mp.mpf(0), mp.mpf(1)
        if y <= 0:
            return mp.mpf(1), mp.mpf(0)
        mean = a / (a + b)
        spread = mp.sqrt(mean * (1 - mean) / (a + b + 1))
        if x - mean > 30 * spread and _beta_cost(b, a, y) > 3000:
            upper = _beta_by_fraction(b, a, y, x)
            lower = 1 - upper
        elif mean - x > 30 * spread and _beta_cost(a, b, x) > 3000:
            lower = _beta_by_fraction(a, b, x, y)
            upper = 1 - lower
        elif _beta_cost(a, b, x) > _beta_cost(b, a, y):
            upper, lower = _beta_by_sum(b, a, y, x, digits)
        else:
            lower, upper = _beta_by_sum(a, b, x, y, digits)
        return lower, upper


def _beta_by_sum(a, b, x, y, digits):
    small = min(x, y)

    def tail():
        # The larger of x and y anew in the digits of the moment: x + y = 1 to the last of them.
        u, v = (x, 1 - small) if x == small else (1 - small, y)
        return mp.exp(a * mp.log(u) + b * mp.log(v) - log_beta(a, b)) / a * _beta_sum(a, b, u)

    return _complemented(tail, digits)


def _beta_by_fraction(a, b, x, y):
    """I_x(a, b) for x far below the mean: the continued fraction 8.17.22 of the DLMF."""
    tiny = mp.mpf(10) ** (-10 * mp.mp.dps)
    c, d = mp.mpf(1), 1 - (a + b) * x / (a + 1)
    d = 1 / (tiny if d == 0 else d)
    h, m = d, 0
    while True:
        m += 1
        before = h
        for step in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 + step * d
            d = 1 / (tiny if d == 0 else d)
            c = 1 + step / c
            c = tiny if c == 0 else c
            h *= c * d
        if abs(h - before) <= mp.eps * abs(h):
            return mp.exp(a * mp.log(x) + b * mp.log(y) - log_beta(a, b)) / a * h


def normal_tails(z):
    """(Phi(z), Phi(-z))."""
    z = mp.mpf(z)
    if mp.isinf(z):
        return (mp.mpf(1), mp.mpf(0)) if z > 0 else (mp.mpf(0), mp.mpf(1))
    if abs(z) > 1e6:
        q = mp.exp(-z * z / 2) / (abs(z) * mp.sqrt(2 * mp.pi))
        q *= 1 - z**-2 + 3 * z**-4 - 15 * z**-6 + 105 * z**-8 - 945 * z**-10
        return (1 - q, q) if z > 0 else (q, 1 - q)
    root = mp.sqrt(2)
    return mp.erfc(-z / root) / 2, mp.erfc(z / root) / 2


def normal_between(low, high):
    """Phi(high) - Phi(low), for ends that may lie in one tail."""
    if low > 0:
        return normal_tails(low)[1] - normal_tails(high)[1]
    return normal_tails(high)[0] - normal_tails(low)[0]


def log_tails(lower, upper):
    """Logarithms of a probability and its complement, each from the smaller of the two."""
    return _log(lower, upper), _log(upper, lower)


def _log(p, complement):
    if p <= 0:
        return -mp.inf
    # mpmath 1.2 takes the logarithm of a number just above 1/4 for that of one just above 1.
    return mp.log1p(-complement) if complement < p else -mp.log(1 / p)
