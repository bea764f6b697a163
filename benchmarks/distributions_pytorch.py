#!/usr/bin/python3
"""Log densities with gradients, and draws, in torch.distributions: what distributions in C++ are
measured against.

Answers requests as vae_pytorch.py does, one JSON object a line:

    {"work": "log_prob", "distribution": "Gamma", "shape": "scalar", "size": 1000000,
     "threads": 1, "validate": true, "steps": 5}
    {"seconds": [0.01, ...]}

"log_prob" is the sum of log_prob over all values and its gradient in every parameter, which are
scalars ("scalar") or one for each value ("each"); "sample" makes one tensor of draws. In float32.
"validate" is what torch calls validate_args; the constructor runs in every step.
"""

import json
import sys
import time

try:
    import torch
    from torch import distributions as d
except ImportError as error:
    print(f"distributions_pytorch: {sys.executable} cannot import torch: {error}", file=sys.stderr)
    sys.exit(3)

# The constructor, and the parameters: those of benchmarks/distributions.cpp.
MAKE = {
    "Normal": (lambda p, v: d.Normal(p[0], p[1], validate_args=v), [0.3, 1.7]),
    "Bernoulli": (lambda p, v: d.Bernoulli(logits=p[0], validate_args=v), [0.4]),
    "Gamma": (lambda p, v: d.Gamma(p[0], p[1], validate_args=v), [2.5, 1.3]),
    "Gamma(0.7)": (lambda p, v: d.Gamma(p[0], p[1], validate_args=v), [0.7, 1.0]),
    "StudentT": (lambda p, v: d.StudentT(p[0], p[1], p[2], validate_args=v), [4.5, 0.2, 1.4]),
    "Categorical": (lambda p, v: d.Categorical(logits=p[0], validate_args=v), [[0.1 * i for i in range(10)]]),
}


def parameters_of(request, leaves):
    size = int(request["size"])
    result = []
    for value in MAKE[request["distribution"]][1]:
        parameter = torch.tensor(value, dtype=torch.float32)
        if request.get("shape") == "each":
            parameter = parameter.expand((size,) + parameter.shape).clone()
        result.append(parameter.requires_grad_(leaves))
    return result


def timed(step, count):
    step()
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds}


def answer(request):
    torch.set_num_threads(int(request["threads"]))
    make = MAKE[request["distribution"]][0]
    size, validate = int(request["size"]), bool(request["validate"])
    if request["work"] == "sample":
        parameters = parameters_of(request, False)
        return timed(lambda: make(parameters, validate).sample((size,)), int(request["steps"]))
    parameters = parameters_of(request, True)
    torch.manual_seed(1)
    shape = () if request["shape"] == "each" else (size,)
    x = make([p.detach() for p in parameters], False).sample(shape)

    def step():
        make(parameters, validate).log_prob(x).sum().backward()
        for parameter in parameters:
            parameter.grad = None

    return timed(step, int(request["steps"]))


def main():
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
