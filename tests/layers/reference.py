#!/usr/bin/env python3
"""Writes reference.hpp: what PyTorch's layers compute in double, values and gradients.

Every input is a float32, so that both precisions compute from the same numbers. The loss whose
gradients are listed is sum(weights * value). Made with PyTorch 1.13.

    /usr/bin/python3 tests/layers/reference.py > tests/layers/reference.hpp
"""
import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)


def draw(*shape, scale=1.0, loc=0.0):
    return (loc + scale * torch.randn(*shape)).float().double()


def tensor(t):
    numbers = ", ".join(repr(float(v)) for v in t.detach().flatten())
    return f"{{{{{', '.join(str(n) for n in t.shape)}}}, {{{numbers}}}}}"


def tensors(ts):
    return "{" + ",\n        ".join(tensor(t) for t in ts) + "}"


rows = []


def add(name, inputs, layer, constants=(), before=(), after=lambda: ()):
    """A row for value = layer(constants, inputs), differentiated in the inputs."""
    inputs = [t.detach().clone().requires_grad_() for t in inputs]
    before = [t.clone() for t in before]
    value = layer(*constants, *inputs)
    weights = draw(*value.shape)
    gradients = torch.autograd.grad((weights * value).sum(), inputs)
    rows.append((name, (*constants, *inputs), before, weights, value, gradients, after()))


def layer_norm(x, gain, bias):
    return torch.nn.functional.layer_norm(x, gain.shape, gain, bias)


add("LayerNorm", (draw(5, 7), draw(7, loc=1), draw(7)), layer_norm)
add("LayerNorm", (draw(33), draw(33, loc=1), draw(33)), layer_norm)
add("LayerNorm", (draw(2, 2, 3, 4), draw(3, 4, loc=1), draw(3, 4)), layer_norm)
# Far from 0 in units of the deviation: what cancels must not take the digits along.
add("LayerNorm", (draw(3, 20, loc=1000), draw(20, loc=1), draw(20)), layer_norm)

norm = torch.nn.BatchNorm1d(4)


def batch_norm(training):
    def layer(x, gain, bias):
        flat = x.reshape(-1, x.shape[-1])
        return torch.nn.functional.batch_norm(
            flat, norm.running_mean, norm.running_var, gain, bias, training, 0.1, 1e-5
        ).reshape(x.shape)
    return layer


def buffers():
    return [norm.running_mean.clone(), norm.running_var.clone()]


# One after the other: every batch moves the running averages on; the last leaves them.
for shape in ((6, 4), (3, 5, 4), (2, 4)):
    add("BatchNorm", (draw(*shape, scale=2, loc=3), draw(4, loc=1), draw(4)), batch_norm(True),
        before=buffers(), after=buffers)
add("BatchNorm without noise", (draw(3, 4, scale=2, loc=3), draw(4, loc=1), draw(4)),
    batch_norm(False), before=buffers(), after=buffers)


def bilinear(x1, x2, weight, bias):
    return torch.nn.functional.bilinear(x1, x2, weight.permute(2, 0, 1), bias)


add("Bilinear", (draw(5, 3), draw(5, 2), draw(3, 2, 4), draw(4)), bilinear)
add("Bilinear", (draw(2, 3, 4), draw(2, 3, 3), draw(4, 3, 2), draw(2)), bilinear)

indices = torch.tensor([[1.0, 4.0, 1.0], [0.0, 1.0, 3.0]])
add("Embedding", (draw(5, 3),),
    lambda i, weight: torch.nn.functional.embedding(i.long(), weight), constants=(indices,))

print("""#pragma once

// Written by reference.py; do not edit.

#include <string>
#include <vector>

namespace evident::testing {

/// An array of any precision, row-major.
struct Tensor {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// What a layer must compute, and the gradients of sum(weights value).
struct LayerReference {
  std::string layer;
  std::vector<Tensor> inputs;   // of the layer, then its parameters as it shows them
  std::vector<Tensor> buffers;  // before
  Tensor weights, value;
  std::vector<Tensor> gradients;  // of the inputs, but for indices
  std::vector<Tensor> buffers_after;
};

// clang-format off
inline const std::vector<LayerReference>& layer_references() {
  static const std::vector<LayerReference> rows = {""")
for name, inputs, before, weights, value, gradients, after in rows:
    print(f"""      {{"{name}",
       {tensors(inputs)},
       {tensors(before)},
       {tensor(weights)},
       {tensor(value)},
       {tensors(gradients)},
       {tensors(after)}}},""")
print("""  };
  return rows;
}
// clang-format on

}  // namespace evident::testing""")
