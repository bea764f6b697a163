"""What PyTorch and mpmath compute of elementwise operations, special functions among them, and
which of the two stands in pytorch_reference.json.

mpmath checks every number at 50 digits: where PyTorch is further from it than 1e-13, mpmath's
stands, such as for softplus, which returns x beyond its threshold of 20. At a kink mpmath has no
opinion and PyTorch's convention stands.
"""
import mpmath as mp
import torch

mp.mp.dps = 50
DECIDED = {}  # by operation, how often mpmath decided


def slope(f, x, k):
    """df/dx_k, or None at a kink, a jump or the border of the domain."""
    h = abs(x[k]) * mp.mpf("1e-30") if x[k] != 0 else mp.mpf("1e-40")
    found = []
    for step in (-2 * h, -h, h, 2 * h):
        moved = list(x)
        moved[k] += step
        difference = (f(*moved) - f(*x)) / step
        if isinstance(difference, mp.mpc) or not mp.isfinite(difference):
            return None
        found.append(difference)
    if max(found) - min(found) > mp.mpf("1e-20") * max(1, abs(found[0])):
        return None
    return (found[1] + found[2]) / 2


def decide(row, theirs, exact):
    """PyTorch's number or, where it is off, mpmath's."""
    if exact is None or isinstance(exact, mp.mpc) or not mp.isfinite(exact):
        return theirs
    if abs(mp.mpf(theirs) - exact) <= mp.mpf("1e-13") * max(1, abs(exact)):
        return theirs
    DECIDED[row] = DECIDED.get(row, 0) + 1
    return float(exact)


def checked_by(row, f):
    """A check of the cases of a row: value and gradients, as `decide` has them."""
    def check(inputs, gradient, value, gradients):
        spread = [x.expand(value.shape).reshape(-1).tolist() for x in inputs]
        values = value.reshape(-1).tolist()
        incomings = gradient.reshape(-1).tolist()
        totals = [None if g is None else torch.zeros(value.shape).reshape(-1).tolist()
                  for g in gradients]
        exact_everywhere = [True] * len(inputs)
        for i, theirs in enumerate(values):
            x = [mp.mpf(argument[i]) for argument in spread]
            try:
                values[i] = decide(row, theirs, f(*x))
            except (ValueError, ZeroDivisionError):
                pass
            for k, total in enumerate(totals):
                if total is None:
                    continue
                try:
                    with mp.workdps(150):
                        partial = slope(f, x, k)
                except (ValueError, ZeroDivisionError):
                    partial = None
                exact_everywhere[k] &= partial is not None
                total[i] = partial * mp.mpf(incomings[i]) if partial is not None else None
        result = []
        for k, g in enumerate(gradients):
            if g is None:
                result.append(None)
                continue
            theirs = g.reshape(-1).tolist()
            if g.shape == value.shape:
                ours = [decide(row, a, b) for a, b in zip(theirs, totals[k])]
            elif exact_everywhere[k]:  # summed over what was broadcast
                index = torch.arange(g.numel()).reshape(g.shape).expand(value.shape).reshape(-1)
                sums = [mp.mpf(0)] * g.numel()
                for i, term in zip(index.tolist(), totals[k]):
                    sums[i] += term
                ours = [decide(row, a, b) for a, b in zip(theirs, sums)]
            else:
                ours = theirs
            result.append(torch.tensor(ours).reshape(g.shape))
        return torch.tensor(values).reshape(value.shape), result
    return check


def mp_softplus(x):
    return max(x, mp.mpf(0)) + mp.log1p(mp.exp(-abs(x)))


def mp_pow(a, b):
    return mp.power(a, b) if a > 0 or b == int(b) else mp.nan


def mp_xlogy(x, y):
    return mp.mpf(0) if x == 0 and y >= 0 else x * mp.log(y)


def mp_sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def mp_ndtri(p):
    return mp.sqrt(2) * mp.erfinv(2 * p - 1) if 0 < p < 1 else mp.nan


def mp_erfinv(x):
    return mp.erfinv(x) if abs(x) < 1 else mp.nan


def log_bessel(scaled):
    """The logarithm of a Bessel function, from what PyTorch has of it: exp(-|x|) times it."""
    return lambda x: torch.log(torch.abs(scaled(x))) + torch.abs(x)


def mp_gammainc(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def mp_gammaincc(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


ANY, POSITIVE, OVER_MINUS_ONE = (-3, 3), (0.2, 4), (-0.7, 3)
# An operation: PyTorch's, mpmath's, where ordinary arguments lie, and extreme ones.
ELEMENTWISE = {
    "operator+(a, b)": (lambda a, b: a + b, lambda a, b: a + b, [ANY, ANY],
                        [(1e30, -1e30), (1e30, 1), (1e-30, -1e-30)]),
    "operator-(a, b)": (lambda a, b: a - b, lambda a, b: a - b, [ANY, ANY],
                        [(1e30, 1e30), (1, 1e30), (1e-30, 1e-30)]),
    "operator*(a, b)": (lambda a, b: a * b, lambda a, b: a * b, [ANY, ANY],
                        [(0, 5), (1e20, 1e15), (1e-20, 1e-15), (-1e20, 1e-20)]),
    "operator/(a, b)": (lambda a, b: a / b, lambda a, b: a / b, [ANY, (0.3, 3)],
                        [(0, 5), (1, -1e-15), (1e15, 1e15), (1e-15, -3), (1e30, 1e5)]),
    "operator-(x)": (lambda x: -x, lambda x: -x, [ANY], [0, 1e30, -1e-30]),
    "reciprocal(x)": (torch.reciprocal, lambda x: 1 / x, [(0.3, 3)],
                      [1e-15, -1e-15, -2, 1e30, -1e15]),
    "square(x)": (torch.square, lambda x: x * x, [ANY], [0, 1e15, -1e15, 1e-30]),
    "exp(x)": (torch.exp, mp.exp, [ANY], [-1000, -100, -80, -1e-30, 0, 1e-30, 80]),
    "expm1(x)": (torch.expm1, mp.expm1, [ANY], [-1000, -80, -1e-30, 0, 1e-30, 1e-4, 20, 80]),
    "log(x)": (torch.log, mp.log, [POSITIVE], [1e-30, 1e-10, 1, 1 + 2**-23, 1e10, 1e30]),
    "log1p(x)": (torch.log1p, mp.log1p, [OVER_MINUS_ONE],
                 [-0.9999, -1e-30, 0, 1e-30, 1e-4, 1e10, 1e30]),
    "sqrt(x)": (torch.sqrt, mp.sqrt, [POSITIVE], [1e-30, 1e-10, 1e10, 1e30]),
    "rsqrt(x)": (torch.rsqrt, lambda x: 1 / mp.sqrt(x), [POSITIVE], [1e-20, 1e-10, 1e10, 1e30]),
    "sin(x)": (torch.sin, mp.sin, [ANY], [0, 1e-30, 100, -100, 1e6]),
    "cos(x)": (torch.cos, mp.cos, [ANY], [0, 1e-30, 100, -100, 1e6]),
    "atan(x)": (torch.atan, mp.atan, [ANY], [0, 1e-30, 1, -1e-4, 100, -1e10, 1e30]),
    "erf(x)": (torch.erf, mp.erf, [ANY], [0, 1e-30, -1e-30, 5, -5, 9, 30]),
    "erfc(x)": (torch.erfc, mp.erfc, [ANY], [0, 1e-30, -1e-30, 5, -5, 9, 30]),
    "ndtr(x)": (torch.special.ndtr, mp.ncdf, [ANY], [0, 1e-30, 5, -5, 12, -12, 30, -30]),
    "log_ndtr(x)": (torch.special.log_ndtr, lambda x: mp.log(mp.ncdf(x)), [ANY],
                    [0, 1e-30, 5, -5, 9, -12, -30, -40, -100, -1000]),
    "ndtri(p)": (torch.special.ndtri, mp_ndtri, [(0.1, 0.9)],
                 [0, 1e-30, 1e-10, 0.01, 0.5, 0.99, 1 - 2**-20, 1]),
    "erfinv(x)": (torch.special.erfinv, mp_erfinv, [(-0.8, 0.8)],
                  [-1, 2**-20 - 1, -0.9, 0, 1e-30, 1e-4, 0.99, 1]),
    "log_bessel_i0(x)": (log_bessel(torch.special.i0e), lambda x: mp.log(mp.besseli(0, x)), [ANY],
                         [0, 1e-4, 7, -7, 8, 30, -100, 1000]),
    "log_bessel_i1(x)": (log_bessel(torch.special.i1e), lambda x: mp.log(abs(mp.besseli(1, x))),
                         [(0.3, 3)], [1e-30, 1e-4, 7, -7, 8, 30, -100, 1000]),
    "pow(a, b)": (torch.pow, mp_pow, [POSITIVE, (-2, 2)],
                  [(-2, 3), (-1.5, -2), (-3, 1), (-2, 0), (-0.5, 5), (0, 2), (0, 0), (0, 1),
                   (0, 3), (1e-10, 3), (1e10, 3), (0.5, 100), (2, 100), (1, 80), (3, 0),
                   (10, -30), (1e-30, 1), (-1e5, 7)]),
    "xlogy(x, y)": (torch.special.xlogy, mp_xlogy, [ANY, POSITIVE],
                    [(0, 2), (0, 1e-20), (1e-30, 1e-30), (5, 1e-20), (-1e10, 1e10), (3, 1)]),
    "xlog1py(x, y)": (torch.special.xlog1py, lambda x, y: mp_xlogy(x, 1 + y),
                      [ANY, OVER_MINUS_ONE],
                      [(0, 3), (0, -0.9999), (1e-30, 1e10), (2, -0.9999), (-1e10, 1e-10), (3, 0)]),
    "logaddexp(a, b)": (torch.logaddexp,
                        lambda a, b: max(a, b) + mp.log1p(mp.exp(-abs(a - b))), [ANY, ANY],
                        [(0, 0), (100, -100), (-80, 3), (1e4, 1e4), (-1e4, -1e4), (1e30, 1)]),
    "where(condition, a, b)": (lambda c, a, b: torch.where(c != 0, a, b),
                               lambda c, a, b: a if c != 0 else b, [(0, 1), ANY, ANY],
                               [(1, 1e30, 2), (0, 2, -1e30)]),
    "abs(x)": (torch.abs, abs, [ANY], [0, 1e-30, -1e-30, 1e30, -1e30]),
    "sign(x)": (torch.sign, mp.sign, [ANY], [0, 1e-30, -1e-30, 1e30, -1e30]),
    "maximum(a, b)": (torch.maximum, max, [ANY, ANY],
                      [(1, 1), (-2, -2), (0, 0), (1, 1 + 2**-23), (1e30, -1e30)]),
    "minimum(a, b)": (torch.minimum, min, [ANY, ANY],
                      [(1, 1), (-2, -2), (0, 0), (1, 1 + 2**-23), (1e30, -1e30)]),
    "clamp(x, low, high)": (torch.clamp, lambda x, low, high: min(max(x, low), high),
                            [ANY, (-2, -0.5), (0.5, 2)],
                            [(-1, -1, 1), (1, -1, 1), (1e30, -1, 1), (-1e30, -1, 1)]),
    "tanh(x)": (torch.tanh, mp.tanh, [ANY], [0, 1e-30, 5, -5, 20, -20, 80, -80]),
    "sigmoid(x)": (torch.sigmoid, mp_sigmoid, [ANY], [0, 1e-30, 5, -5, 20, -20, 80, -80]),
    "log_sigmoid(x)": (torch.nn.functional.logsigmoid, lambda x: -mp_softplus(-x), [ANY],
                       [0, 1e-30, 5, -5, 20, -20, 80, -80, -800]),
    "log1mexp(x)": (lambda x: torch.log(-torch.expm1(x)), lambda x: mp.log(-mp.expm1(x)),
                    [(-3, -0.2)], [-1e-30, -1e-3, -0.5, -1, -5, -20]),
    "softplus(x)": (torch.nn.functional.softplus, mp_softplus, [ANY],
                    [0, 1e-30, 5, -5, 20.5, 25, -20, 80, -80, 800]),
    "relu(x)": (torch.relu, lambda x: max(x, mp.mpf(0)), [ANY], [0, 1e-30, -1e-30, 80, -80]),
    "leaky_relu(x, slope)": (lambda x, slope: torch.where(x > 0, x, slope * x),
                             lambda x, slope: x if x > 0 else slope * x, [ANY, ANY],
                             [(0, 0.5), (1e-30, 0.5), (-1e-30, 0.5), (-80, 0), (80, 2)]),
    "elu(x)": (torch.nn.functional.elu, lambda x: x if x > 0 else mp.expm1(x), [ANY],
               [0, 1e-30, -1e-30, 80, -80]),
    "gelu(x)": (torch.nn.functional.gelu, lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, [ANY],
                [0, 1e-30, -1e-30, 5, -5, 12, -12, 80, -80]),
    "silu(x)": (torch.nn.functional.silu, lambda x: x * mp_sigmoid(x), [ANY],
                [0, 1e-30, -1e-30, 5, -5, 20, -20, 80, -80]),
    "lgamma(x)": (torch.lgamma, lambda x: mp.log(abs(mp.gamma(x))), [(0.2, 6)],
                  [1e-30, 1e-5, 1, 2, 2.5, 50, 1e6, 1e30, -0.5, -2.75]),
    "digamma(x)": (torch.digamma, mp.digamma, [(0.2, 6)],
                   [1e-10, 1e-5, 1, 2, 2.5, 50, 1e6, 1e30, -0.5, -2.75]),
    "trigamma(x)": (lambda x: torch.polygamma(1, x), lambda x: mp.psi(1, x), [(0.4, 6)],
                    [1e-5, 1, 2, 2.5, 50, 1e6]),
    "lbeta(a, b)": (lambda a, b: torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b),
                    lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b),
                    [(0.2, 6), (0.2, 6)],
                    [(1e-30, 1e-30), (1, 1), (0.5, 1e6), (1e6, 0.25), (1e6, 1e6), (100, 3)]),
}
# PyTorch has no derivative in the shape, and no incomplete beta function.
INCOMPLETE = {
    "gammainc(a, x)": (torch.special.gammainc, mp_gammainc),
    "gammaincc(a, x)": (torch.special.gammaincc, mp_gammaincc),
    "log_gammainc(a, x)": (lambda a, x: torch.log(torch.special.gammainc(a, x)),
                           lambda a, x: mp.log(mp_gammainc(a, x))),
    "log_gammaincc(a, x)": (lambda a, x: torch.log(torch.special.gammaincc(a, x)),
                            lambda a, x: mp.log(mp_gammaincc(a, x))),
}
