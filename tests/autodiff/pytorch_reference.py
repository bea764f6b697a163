#!/usr/bin/env python3
"""Writes pytorch_reference.json: what PyTorch computes, in double, for rows of the operation table.

A case names a row and holds the arguments, the incoming gradient, the value and the gradients.
Arguments and incoming gradients are float32 numbers, so that both precisions compute from the same.
Of elementwise operations, which pytorch_elementwise.py lists, mpmath checks every number, and the
script says of how many it decided, operation by operation.

    apt-get install python3-torch python3-mpmath
    /usr/bin/python3 tests/autodiff/pytorch_reference.py
"""
import json
import math
import os

import numpy as np
import torch

from pytorch_elementwise import DECIDED, ELEMENTWISE, INCOMPLETE, checked_by

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


def add_incomplete():
    for row, (function, exact) in INCOMPLETE.items():
        check = checked_by(row, exact)
        for shapes in BROADCAST[2]:
            inputs = [uniform(shape, 0.3, 5) for shape in shapes]
            add(row, function, inputs, (0,), check)
        extremes = [(0.01, 0.5), (0.5, 1e-10), (2, 30), (40, 20), (100, 100), (50, 90)]
        inputs = [torch.tensor([single(x) for x in column]) for column in zip(*extremes)]
        add(row, function, inputs, (0,), check)


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
    ("matvec(matrix, vectors)", lambda a, x: x @ a.T,
     [((3, 4), (2, 4)), ((3, 4), (2, 1, 4))]),
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
