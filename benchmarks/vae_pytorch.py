#!/usr/bin/python3
"""The same variational autoencoder in PyTorch: what the C++ training step is measured against.

Reads requests from standard input, one JSON object a line, and answers each with one line:

    {"threads": 1, "batch": 128, "widths": [784, 500, 500], "latent": 20, "steps": 20,
     "activation": "elu", "dropout": 0.1}
    {"seconds": [0.015, ...], "loss": 541.2, "torch": "1.13.0a0"}

so that the other side can alternate its own steps with these in one run. Before the first request
it prints {"ready": true, "torch": ...}; without PyTorch it says so and exits with status 3. A request
that cannot be served is answered by {"error": ...}. Debian's PyTorch belongs to /usr/bin/python3.

"threads" counts for PyTorch's own loops and for OpenBLAS's matrix products alike. With an optional
"blas_threads" the products get a number of their own: {"threads": 1, "blas_threads": 2} is what
Debian's PyTorch starts with on two cores, and was its fastest setting of the four.

A step is what a user would time: forward, loss, zero_grad, backward and Adam's update, on a batch
that is already in memory. With "images": 60000 a "step" is a whole epoch: every image once, in an
order drawn anew, taken batch by batch from a tensor in memory.
"""

import ctypes
import json
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    print(f"vae_pytorch: {sys.executable} cannot import torch: {error}", file=sys.stderr)
    sys.exit(3)

WARM_UP_STEPS = 3
ACTIVATIONS = {"elu": nn.ELU, "relu": nn.ReLU, "softplus": nn.Softplus, "tanh": nn.Tanh}
SETTLE_SECONDS = 0.15  # OpenBLAS's idle threads spin for 2^28 clock ticks, OpenMP's for less


def perceptron(widths, outputs, activation, dropout):
    """Linear, activation, dropout for each width after the first, then a linear layer."""
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [nn.Linear(fan_in, fan_out), ACTIVATIONS[activation]()]
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
    layers.append(nn.Linear(widths[-1], outputs))
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


class Vae(nn.Module):
    def __init__(self, widths, latent, activation, dropout):
        super().__init__()
        self.encoder = perceptron(widths, 2 * latent, activation, dropout)
        decoder = [latent, *reversed(widths[1:])]
        self.decoder = perceptron(decoder, widths[0], activation, dropout)

    def loss(self, x):
        """The negative ELBO of a batch, in nats per row."""
        loc, raw = self.encoder(x).chunk(2, dim=1)
        scale = F.softplus(raw) + 1e-6
        z = loc + scale * torch.randn_like(scale)
        cross_entropy = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        kl = 0.5 * (loc.square() + scale.square() - 1 - 2 * scale.log()).sum()
        return (cross_entropy + kl) / x.shape[0]


class Training:
    """A model, its optimiser, and its one batch or the images of an epoch."""

    def __init__(self, batch, images, *model):
        torch.manual_seed(1)
        self.batch = batch
        self.model = Vae(*model)
        pixels = self.model.encoder[0].in_features
        self.x = torch.bernoulli(torch.full((images or batch, pixels), 0.3))
        self.epoch = images > 0
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def run(self):
        """A step, or an epoch of them."""
        if not self.epoch:
            return self.step(self.x)
        for rows in torch.randperm(len(self.x)).split(self.batch):
            loss = self.step(self.x[rows])
        return loss

    def step(self, x):
        loss = self.model.loss(x)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


def loaded_openblas():
    """The OpenBLAS that this process has loaded, or None."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            for line in maps:
                path = line.split(maxsplit=5)[-1].strip()
                if "libopenblas" in path:
                    return ctypes.CDLL(path)
    except OSError:
        pass
    return None


class Server:
    def __init__(self):
        self.trainings = {}
        self.threads = None
        self.openblas = loaded_openblas()

    def set_threads(self, threads, blas_threads):
        """torch.set_num_threads does not reach the pthread build of OpenBLAS."""
        torch.set_num_threads(threads)
        if self.openblas is not None:
            self.openblas.openblas_set_num_threads(blas_threads)

    def answer(self, request):
        steps, threads = int(request["steps"]), int(request["threads"])
        blas_threads = int(request.get("blas_threads", threads))
        batch, latent = int(request["batch"]), int(request["latent"])
        widths = [int(width) for width in request["widths"]]
        if len(widths) < 2 or min(steps, threads, blas_threads, batch, latent, *widths) < 1:
            raise ValueError("two or more widths are needed, and every number must be positive")

        warm_up = 0
        if (threads, blas_threads) != self.threads:
            self.set_threads(threads, blas_threads)
            self.threads = (threads, blas_threads)
            warm_up = 1
        images = int(request.get("images", 0))
        activation, dropout = request.get("activation", "elu"), float(request.get("dropout", 0.1))
        key = (batch, images, tuple(widths), latent, activation, dropout)
        if key not in self.trainings:
            self.trainings[key] = Training(batch, images, widths, latent, activation, dropout)
            warm_up = 1 if images else WARM_UP_STEPS
        training = self.trainings[key]
        for _ in range(warm_up):
            training.run()

        seconds = []
        for _ in range(steps):
            start = time.perf_counter()
            loss = training.run()
            seconds.append(time.perf_counter() - start)
        time.sleep(SETTLE_SECONDS)  # or they would take a core from the other side's first steps
        return {"seconds": seconds, "loss": loss.item(), "torch": torch.__version__}


def main():
    print(json.dumps({"ready": True, "torch": torch.__version__}), flush=True)
    server = Server()
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            reply = server.answer(json.loads(line))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
