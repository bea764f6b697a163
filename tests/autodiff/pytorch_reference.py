#!/usr/bin/env python3
"""Writes pytorch_reference.json: what PyTorch computes, in double, for rows of the operation table.

A case names a row and holds the arguments, the incoming gradient, the value and the gradients.
Arguments and incoming gradients are float32 numbers, so that both precisions compute from the same.
For elementwise operations mpmath checks every number at 50 digits: where PyTorch is further from it
than 1e-13, mpmath's stands, and the script says of how many numbers, operation by operation, such as
softplus, which returns x beyond its threshold of 20. At a kink mpmath has no opinion and PyTorch's
convention stands.

    apt-get install python3-torch python3-mpmath
    /usr/bin/python3 tests/autodiff/pytorch_reference.py
"""
import json
import math
import os

import mpmath as mp
import numpy as np
import torch

mp.mp.dps = 50
torch.set_default_dtype(torch.float64)
random = np.random.RandomState(7)


def single(x):
    """The float32 nearest to x."""
    return float(np.float32(x))


def uniform(shape, low, high):
    """Float32 numbers of few digits."""
    values = np.round(256 * random.uniform(low, high, int(np.prod(shape)))) / 256
    return torch.tensor([single(x) for x in values]).reshape(shape)


def incoming(shape):
    """An incoming gradient: between 0.5 and 2 in size, of either sign."""
    size = uniform(shape, 0.5, 2)
    return size * torch.where(uniform(shape, -1, 1) < 0, -1.0, 1.0)


def numbers(tensor):
    names = {math.inf: "inf", -math.inf: "-inf"}
    return ["nan" if math.isnan(x) else names.get(x, x) for x in tensor.reshape(-1).tolist()]


def array(tensor):
    return {"shape": list(tensor.shape), "data": numbers(tensor)}


CASES = []
DECIDED = {}  # by operation, how often mpmath decided


def add(row, function, inputs, constants=(), check=None):
    """A case of a row: `constants` are the arguments without gradients; `check` may correct."""
    leaves = [x.detach().clone().requires_grad_(k not in constants) for k, x in enumerate(inputs)]
    value = function(*leaves)
    gradient = incoming(value.shape)
    wanted = [x for x in leaves if x.requires_grad]
    found = iter(torch.autograd.grad(value, wanted, gradient, allow_unused=True))
    gradients = [next(found) if x.requires_grad else None for x in leaves]
    gradients = [torch.zeros_like(x) if g is None and x.requires_grad else g
                 for x, g in zip(leaves, gradients)]
    value = value.detach()
    if check:
        value, gradients = check(inputs, gradient, value, gradients)
    CASES.append({"row": row, "inputs": [array(x) for x in inputs],
                  "gradient": numbers(gradient), "value": array(value),
                  "gradients": [None if g is None else numbers(g) for g in gradients]})


# ---------------------------------------------------------------------------- elementwise

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
BROADCAST = {1: [[(2, 3)]],
             2: [[(2, 3), (2, 3)], [(2, 3), (3,)], [(2, 1), (1, 3)], [(), (3,)]],
             3: [[(2, 3), (2, 3), (2, 3)], [(3,), (2, 3), (2, 1)]]}


def add_elementwise():
    for row, (function, exact, domains, extremes) in ELEMENTWISE.items():
        constants = (0,) if row.startswith("where") else ()
        check = checked_by(row, exact)
        for shapes in BROADCAST[len(domains)]:
            inputs = [uniform(shape, *domain) for shape, domain in zip(shapes, domains)]
            if constants:
                inputs[0] = torch.round(inputs[0])
            add(row, function, inputs, constants, check)
        columns = zip(*[x if isinstance(x, tuple) else (x,) for x in extremes])
        inputs = [torch.tensor([single(x) for x in column]) for column in columns]
        add(row, function, inputs, constants, check)


# ---------------------------------------------------------------------------- reductions

def over_all_dims(function):
    """A function of one dimension, for any number of them."""
    def apply(x, dim, keepdim):
        axes = sorted(axis % x.dim() for axis in dim)
        for axis in axes:
            x = function(x, axis, True)
        return x if keepdim else x.reshape([n for i, n in enumerate(x.shape) if i not in axes])
    return apply


REDUCTIONS = {
    "sum": torch.sum,
    "mean": torch.mean,
    "variance": lambda x, dim, keepdim: torch.var(x, dim, unbiased=False, keepdim=keepdim),
    "prod": over_all_dims(torch.prod),
    "max": torch.amax,
    "min": torch.amin,
    "logsumexp": torch.logsumexp,
}
SPECIAL = {
    "variance": [1000, 1001, 1003, 1000.5],
    "prod": [2, 0, 3, 0, 0, 5, 1, -2],
    "max": [1, 1, 0, -2, -2, -3, 5, 5],
    "min": [1, 1, 2, -2, -2, 3, 5, 5],
    "logsumexp": [1000, 1000, -1000, 0, 1e4, -1e4, -1e4, -1e4],
}


def add_reductions():
    for name, function in REDUCTIONS.items():
        parameters = "(x, axes, keep, correction)" if name == "variance" else "(x, axes, keep)"

        def whole(x, f=function):
            return f(x, list(range(x.dim())), False)

        add(name + "(x)", whole, [uniform((2, 5), -2, 2)])
        if name in SPECIAL:
            values = torch.tensor([single(x) for x in SPECIAL[name]])
            add(name + "(x)", whole, [values])
            add(name + parameters + " over -1", lambda x, f=function: f(x, [-1], False),
                [values.reshape(-1, 2)])
        for axes, shape in [([0], (3, 4)), ([-1], (3, 4)), ([1], (2, 3, 2)), ([0, 2], (2, 3, 2)),
                            ([2, 1], (2, 2, 3)), ([0, 1, 2], (2, 3, 2))]:
            for keep in (False, True):
                label = ("keeping " if keep else "over ") + " ".join(str(axis) for axis in axes)
                add(f"{name}{parameters} {label}",
                    lambda x, f=function, a=axes, k=keep: f(x, a, k), [uniform(shape, -2, 2)])
    add("variance(x, axes, keep, correction) unbiased",
        lambda x: torch.var(x, -1, unbiased=True, keepdim=True), [uniform((3, 4), -2, 2)])

    def joint(function, x, axes):
        """A softmax along several axes: along one, in which they are together."""
        if len(axes) == 1:
            return function(x, axes[0])
        order = [i for i in range(x.dim()) if i not in [a % x.dim() for a in axes]]
        rest = [a % x.dim() for a in axes]
        moved = x.permute(order + rest)
        shape = moved.shape
        y = function(moved.reshape(*shape[:len(order)], -1), -1).reshape(shape)
        return y.permute([(order + rest).index(i) for i in range(x.dim())])

    for name, function in [("softmax", torch.softmax), ("log_softmax", torch.log_softmax)]:
        for axes in ([-1], [0], [0, -1]):
            label = " along " + " ".join(str(axis) for axis in axes)
            for x in (uniform((2, 2, 3), -2, 2),
                      torch.tensor([[1000.0, 999, -1000], [0, 0, -1e4]])):
                add(f"{name}(x, axes){label}",
                    lambda x, f=function, a=axes: joint(f, x, a), [x])
    for axis in (0, 1, -1):
        add(f"cumsum(x, axis) along {axis}", lambda x, a=axis: torch.cumsum(x, a),
            [uniform((3, 4), -2, 2)])


# ---------------------------------------------------------------------------- the rest

def gathered_indices(shape, axis, count):
    """The indices of the table's rows of gather."""
    of = list(shape)
    of[axis] = count
    flat = [(i * i + i // 3 + 2) % shape[axis] for i in range(int(np.prod(of)))]
    return torch.tensor(flat, dtype=torch.int64).reshape(of)


def definite(x):
    """What the table's rows feed operations on positive-definite matrices."""
    return x @ x.transpose(-1, -2) + x.shape[-2] * torch.eye(x.shape[-2])


def solved(transposed):
    def apply(x, b):
        factor = torch.tril(definite(x))
        if transposed:
            return torch.linalg.solve_triangular(factor.transpose(-1, -2), b, upper=True)
        return torch.linalg.solve_triangular(factor, b, upper=False)
    return apply


STRUCTURAL = [
    ("matmul(a, b)", torch.matmul,
     [[(3, 4), (4, 2)], [(2, 3, 4), (4, 2)], [(4,), (4, 3)], [(3, 4), (4,)], [(4,), (4,)],
      [(2, 3, 4), (2, 4, 2)], [(3, 4), (2, 4, 2)], [(2, 1, 3, 2), (3, 2, 2)], [(4,), (2, 4, 3)]]),
    ("linear(x, weight, bias)", lambda x, w, b: x @ w + b,
     [[(3, 4), (4, 2), (2,)], [(4,), (4, 2), (2,)], [(2, 2, 3), (3, 2), (2,)]]),
    ("reshape(x, shape) (2, 6) to (3, 4)", lambda x: x.reshape(3, 4), [[(2, 6)]]),
    ("reshape(x, shape) () to (1, 1)", lambda x: x.reshape(1, 1), [[()]]),
    ("split(x, first) before 2", lambda x: x[..., :2], [[(5,)], [(2, 5)]]),
    ("split(x, first) after 2", lambda x: x[..., 2:], [[(5,)], [(2, 5)]]),
    ("split(x, first) both halves", lambda x: x[..., :3] * x[..., 3:], [[(2, 6)]]),
    ("transpose(x)", lambda x: x.transpose(-1, -2), [[(3, 4)], [(2, 2, 3)]]),
    ("permute(x, order) 1 0", lambda x: x.permute(1, 0), [[(3, 4)]]),
    ("permute(x, order) 2 0 1", lambda x: x.permute(2, 0, 1), [[(2, 3, 2)]]),
    ("permute(x, order) 0 2 1 3", lambda x: x.permute(0, 2, 1, 3), [[(2, 2, 3, 2)]]),
    ("broadcast_to(x, shape) () to (3)", lambda x: x.broadcast_to((3,)), [[()]]),
    ("broadcast_to(x, shape) (3) to (2, 3)", lambda x: x.broadcast_to((2, 3)), [[(3,)]]),
    ("broadcast_to(x, shape) (2, 1, 4) to (2, 3, 4)", lambda x: x.broadcast_to((2, 3, 4)),
     [[(2, 1, 4)]]),
    ("concatenate(parts, axis) 2 along 0", lambda *x: torch.cat(x, 0), [[(2, 3), (1, 3)]]),
    ("concatenate(parts, axis) 2 along -1", lambda *x: torch.cat(x, -1), [[(2, 3), (2, 1)]]),
    ("concatenate(parts, axis) 3 along 1", lambda *x: torch.cat(x, 1),
     [[(2, 1, 2), (2, 2, 2), (2, 1, 2)]]),
    ("stack(parts, axis) 2 along 0", lambda *x: torch.stack(x, 0), [[(2, 3), (2, 3)]]),
    ("stack(parts, axis) 2 along -1", lambda *x: torch.stack(x, -1), [[(2, 3), (2, 3)]]),
    ("stack(parts, axis) 2 along 1", lambda *x: torch.stack(x, 1), [[(2, 3), (2, 3)]]),
    ("slice(x, axis, first, last) 0: 1 to 4", lambda x: x[1:4], [[(5,)], [(4, 2)]]),
    ("slice(x, axis, first, last) -1: 1 to 3", lambda x: x[..., 1:3], [[(2, 5)]]),
    ("index_select(x, axis, indices) 0: 2 0 2 1",
     lambda x: torch.index_select(x, 0, torch.tensor([2, 0, 2, 1])), [[(3,)], [(3, 2)]]),
    ("index_select(x, axis, indices) 1: 3 0 3",
     lambda x: torch.index_select(x, 1, torch.tensor([3, 0, 3])), [[(2, 4)], [(2, 4, 2)]]),
    ("gather(x, axis, indices) 6 along 0",
     lambda x: torch.gather(x, 0, gathered_indices(x.shape, 0, 6)), [[(5,)], [(4, 3)]]),
    ("gather(x, axis, indices) 5 along 1",
     lambda x: torch.gather(x, 1, gathered_indices(x.shape, 1, 5)), [[(4, 3)], [(2, 3, 2)]]),
    ("cholesky(a)", lambda x: torch.linalg.cholesky(definite(x)), [[(3, 3)], [(2, 2, 2)]]),
    ("log_determinant(a)", lambda x: torch.logdet(definite(x)), [[(3, 3)], [(2, 2, 2)]]),
    ("inverse_spd(a)", lambda x: torch.linalg.inv(definite(x)), [[(3, 3)], [(2, 2, 2)]]),
    ("triangular_solve(l, b, transpose)", solved(False), [[(3, 3), (3, 2)], [(2, 3, 3), (3, 2)]]),
    ("triangular_solve(l, b, transpose) transposed", solved(True),
     [[(3, 3), (3, 2)], [(2, 3, 3), (2, 3, 1)]]),
    ("diagonal(x)", lambda x: torch.diagonal(x, dim1=-2, dim2=-1), [[(4, 4)], [(2, 3, 5)]]),
]


def add_structural():
    for row, function, choices in STRUCTURAL:
        for shapes in choices:
            add(row, function, [uniform(shape, -2, 2) for shape in shapes])


# ---------------------------------------------------------------------------- incomplete gamma

def mp_gammainc(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def mp_gammaincc(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


# PyTorch has no derivative in the shape, and no incomplete beta function.
INCOMPLETE = {
    "gammainc(a, x)": (torch.special.gammainc, mp_gammainc),
    "gammaincc(a, x)": (torch.special.gammaincc, mp_gammaincc),
    "log_gammainc(a, x)": (lambda a, x: torch.log(torch.special.gammainc(a, x)),
                           lambda a, x: mp.log(mp_gammainc(a, x))),
    "log_gammaincc(a, x)": (lambda a, x: torch.log(torch.special.gammaincc(a, x)),
                            lambda a, x: mp.log(mp_gammaincc(a, x))),
}


def add_incomplete():
    for row, (function, exact) in INCOMPLETE.items():
        check = checked_by(row, exact)
        for shapes in BROADCAST[2]:
            inputs = [uniform(shape, 0.3, 5) for shape in shapes]
            add(row, function, inputs, (0,), check)
        extremes = [(0.01, 0.5), (0.5, 1e-10), (2, 30), (40, 20), (100, 100), (50, 90)]
        inputs = [torch.tensor([single(x) for x in column]) for column in zip(*extremes)]
        add(row, function, inputs, (0,), check)


add_elementwise()
add_reductions()
add_structural()
add_incomplete()
for operation, count in DECIDED.items():
    print(f"{operation}: mpmath decided {count} numbers")
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch_reference.json")
with open(path, "w") as file:
    head = {"pytorch": torch.__version__.split("a")[0], "decided_by_mpmath": DECIDED}
    file.write(json.dumps(head)[:-1] + ', "cases": [\n')
    file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES))
    file.write("\n]}\n")
print(f"{len(CASES)} cases, {os.path.getsize(path)} bytes")
