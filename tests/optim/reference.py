#!/usr/bin/env python3
"""Writes reference.hpp: what PyTorch's optimisers and schedules do (PyTorch 1.13, in double).

Starting values and gradients are float32, so that both precisions compute from the same numbers
(apt-get install python3-torch).

    /usr/bin/python3 tests/optim/reference.py > tests/optim/reference.hpp
"""
import torch
from torch.optim import lr_scheduler

STEPS = 5
START = [0.5, -1.25, 3.0, -0.001, 0.0, 100.0]

# The optimisers of optimiser_table.hpp, by its names.
OPTIMISERS = {
    "Sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "Sgd, momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "Sgd, nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    "Sgd, weight decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.3),
    "Sgd, everything": lambda p: torch.optim.SGD(
        p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: torch.optim.Adam(p),
    "Adam, slow": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.99, 0.999), eps=1e-4),
    "Adam, fast": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.9), eps=1e-2),
    "Adam, no memory": lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.0, 0.0)),
    "AdamW": lambda p: torch.optim.AdamW(p),
    "AdamW, strong": lambda p: torch.optim.AdamW(
        p, lr=0.1, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.5),
    "RmsProp": lambda p: torch.optim.RMSprop(p),
    "RmsProp, momentum": lambda p: torch.optim.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.9),
    "RmsProp, centered": lambda p: torch.optim.RMSprop(p, lr=0.01, eps=1e-3, centered=True),
    "RmsProp, everything": lambda p: torch.optim.RMSprop(
        p, lr=0.01, alpha=0.9, eps=1e-2, momentum=0.5, centered=True),
    "Adagrad": lambda p: torch.optim.Adagrad(p),
    "Adagrad, everything": lambda p: torch.optim.Adagrad(
        p, lr=0.5, lr_decay=0.2, initial_accumulator_value=0.1, eps=1e-3),
}

# The schedules of schedule_test.cpp, by its names; `count` is how far both agree.
SCHEDULES = {
    "step_decay(0.5, 3, 0.1)": (0.5, 12, lambda o: lr_scheduler.StepLR(o, 3, 0.1)),
    "exponential_decay(0.1, 0.9)": (0.1, 12, lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    "cosine_decay(0.1, 10)": (0.1, 11, lambda o: lr_scheduler.CosineAnnealingLR(o, 10)),
    "cosine_decay(0.1, 7, 0.01)": (0.1, 8, lambda o: lr_scheduler.CosineAnnealingLR(o, 7, 0.01)),
    "warm_up(5, 0.2)": (0.2, 12, lambda o: lr_scheduler.LinearLR(o, 1 / 5, total_iters=4)),
}


def steps_of(make, gradients):
    x = torch.tensor(START, dtype=torch.float32).double().requires_grad_()
    optimiser = make([x])
    values = []
    for gradient in gradients:
        x.grad = gradient.double()
        optimiser.step()
        values.append(x.tolist())
    return values


def rates_of(rate, count, make):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    schedule = make(optimiser)
    rates = []
    for _ in range(count):
        rates.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    return rates


def braced(numbers):
    return "{" + ", ".join(repr(float(n)) for n in numbers) + "}"


def rows(numbers, indent):
    return (",\n" + " " * indent).join(braced(row) for row in numbers)


torch.manual_seed(1)
gradients = [torch.randn(len(START)) for _ in range(STEPS)]
gradients[1][0] = 0  # a gradient may vanish
gradients[2][5] = 1e4  # or be large

print(f"""#pragma once

// Written by reference.py; do not edit.

#include <string>
#include <vector>

namespace evident::testing {{

/// What an optimiser makes of `reference_start` with `reference_gradients`, step by step.
struct OptimiserReference {{
  std::string optimiser;
  std::vector<std::vector<double>> values;
}};

/// The learning rates of steps 0, 1, 2, ...
struct ScheduleReference {{
  std::string schedule;
  std::vector<double> rates;
}};

// clang-format off
inline const std::vector<double>& reference_start() {{
  static const std::vector<double> start = {braced(torch.tensor(START).tolist())};
  return start;
}}

inline const std::vector<std::vector<double>>& reference_gradients() {{
  static const std::vector<std::vector<double>> gradients = {{
      {rows((g.tolist() for g in gradients), 6)}}};
  return gradients;
}}

inline const std::vector<OptimiserReference>& optimiser_references() {{
  static const std::vector<OptimiserReference> rows = {{""")
for name, make in OPTIMISERS.items():
    print(f'      {{"{name}", {{\n          {rows(steps_of(make, gradients), 10)}}}}},')
print("""  };
  return rows;
}

inline const std::vector<ScheduleReference>& schedule_references() {
  static const std::vector<ScheduleReference> rows = {""")
for name, settings in SCHEDULES.items():
    print(f'      {{"{name}", {braced(rates_of(*settings))}}},')
print("""  };
  return rows;
}
// clang-format on

}  // namespace evident::testing""")
