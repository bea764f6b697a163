#!/usr/bin/python3
"""Chains of scalar operations in PyTorch: what small graphs in C++ are measured against.

Answers requests as vae_pytorch.py does, one JSON object a line:

    {"records": 1000, "steps": 20}
    {"seconds": [0.01, ...]}

A step makes a chain of tanh from one leaf, and walks it back. On one thread, which is PyTorch's best
for scalars.
"""

import json
import sys
import time

try:
    import torch
except ImportError as error:
    print(f"scalars_pytorch: {sys.executable} cannot import torch: {error}", file=sys.stderr)
    sys.exit(3)


def step(x, records):
    y = x
    for _ in range(records):
        y = torch.tanh(y)
    y.backward()
    x.grad = None


def answer(request):
    records, steps = int(request["records"]), int(request["steps"])
    x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    step(x, records)
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        step(x, records)
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds}


def main():
    torch.set_num_threads(1)
    print(json.dumps({"ready": True, "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
