#!/usr/bin/env python3
"""Writes convergence_reference.hpp: R-hat, effective sample sizes and their standard errors, and
Pareto-smoothed importance sampling, of fixed draws, by numpy and scipy.

The formulas are those of the papers in the order in which these state them: autocovariances by the
Fourier transform, every lag at once, and the monotone sequence written out. Draws are multiples of
2^-10, so that both precisions compute from the same numbers.

    /usr/bin/python3 tests/inference/convergence_reference.py > \\
        tests/inference/convergence_reference.hpp
"""
import numpy as np
from scipy.stats import beta, norm, rankdata

rng = np.random.RandomState(20210607)
Q = 0.3  # the quantile whose effective sample size and error are taken


def dyadic(x):
    return np.round(np.asarray(x, dtype=float) * 1024) / 1024


def autoregressive(chains, draws, rho):
    x = rng.standard_normal((chains, draws))
    for t in range(1, draws):
        x[:, t] = rho * x[:, t - 1] + np.sqrt(1 - rho ** 2) * x[:, t]
    return x


def draws_of_cases():
    stuck = rng.standard_normal((4, 40))
    stuck[2] = 0.75
    yield "independent", rng.standard_normal((4, 50))
    yield "one chain, odd length", autoregressive(1, 61, 0.5)
    yield "slow", autoregressive(4, 60, 0.95)
    yield "antithetic", autoregressive(2, 60, -0.6)
    yield "very antithetic", autoregressive(2, 40, -0.97)
    yield "other places", rng.standard_normal((3, 50)) + np.array([[0.0], [0.3], [2.0]])
    yield "other scales", rng.standard_normal((4, 50)) * np.array([[1.0], [1.0], [1.0], [5.0]])
    yield "Cauchy", rng.standard_cauchy((4, 50))
    yield "ties", rng.poisson(1.5, (4, 50))
    yield "two values", rng.binomial(1, 0.3, (4, 50))
    yield "a chain that stands still", stuck
    yield "short", rng.standard_normal((3, 7))


def split(x):
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, x.shape[1] - half:]])


def scores(x):
    ranks = rankdata(x, method="average").reshape(x.shape)
    return norm.ppf((ranks - 3 / 8) / (x.size + 1 / 4))


def r_hat_of(x):
    n = x.shape[1]
    between = n * np.var(x.mean(axis=1), ddof=1)
    within = np.mean(np.var(x, axis=1, ddof=1))
    return np.sqrt((between / within + n - 1) / n)


def r_hat(x):
    bulk = r_hat_of(scores(split(x)))
    folded = split(np.abs(x - np.median(x)))
    if np.all(folded == folded[0, 0]):
        return bulk
    return max(bulk, r_hat_of(scores(folded)))


def autocovariances(x):
    n = x.shape[1]
    y = np.fft.rfft(x - x.mean(axis=1, keepdims=True), n=2 * n, axis=1)
    return np.fft.irfft(np.abs(y) ** 2, n=2 * n, axis=1)[:, :n] / n


def ess(x):
    chains, n = x.shape
    acov = autocovariances(x).mean(axis=0)
    mean_var = acov[0] * n / (n - 1)
    var_plus = mean_var * (n - 1) / n + np.var(x.mean(axis=1), ddof=1)
    rho = np.zeros(n)
    even, odd = 1.0, 1 - (mean_var - acov[1]) / var_plus
    rho[0], rho[1] = even, odd
    t = 0
    while t + 3 < n and even + odd > 0:
        t += 2
        even = 1 - (mean_var - acov[t]) / var_plus
        odd = 1 - (mean_var - acov[t + 1]) / var_plus
        if even + odd > 0:
            rho[t], rho[t + 1] = even, odd
    end = t  # of the pairs that are summed
    last = max(even, 0)
    if even + odd > 0:  # there are no more lags
        end, last = t + 2, 0
    for t in range(2, end, 2):
        if rho[t] + rho[t + 1] > rho[t - 2] + rho[t - 1]:
            rho[t] = rho[t + 1] = (rho[t - 2] + rho[t - 1]) / 2
    tau = -1 + 2 * np.sum(rho[:end]) + last
    return chains * n / max(tau, 1 / np.log10(chains * n))


def ess_quantile(x, p):
    q = np.quantile(x, p)
    below = (x <= q).astype(float)
    if below.all():
        below = (x < q).astype(float)
    return ess(split(below))


def mcse_sd(x):
    c = x - x.mean()
    second = np.mean(c ** 2)
    of_second = (np.mean(c ** 4) - second ** 2) / ess(split(c ** 2))
    return np.sqrt(of_second / second / 4)


def mcse_quantile(x, p):
    n = ess_quantile(x, p)
    a = beta.ppf(norm.cdf([-1, 1]), n * p + 1, n * (1 - p) + 1)
    ordered = np.sort(x.ravel())
    low = max(int(np.floor(a[0] * x.size)), 1)
    high = min(int(np.ceil(a[1] * x.size)), x.size)
    return (ordered[high - 1] - ordered[low - 1]) / 2


def pareto_fit(x):
    x = np.sort(x)
    n = len(x)
    m = 30 + int(np.sqrt(n))
    j = np.arange(1, m + 1)
    theta = 1 / x[-1] + (1 - np.sqrt(m / (j - 0.5))) / 3 / x[int(n / 4 + 0.5) - 1]
    k = np.array([np.mean(np.log1p(-t * x)) for t in theta])
    log_lik = n * (np.log(-theta / k) - k - 1)
    weights = [1 / np.sum(np.exp(log_lik - l)) for l in log_lik]
    mean = np.dot(theta, weights)
    k = np.mean(np.log1p(-mean * x))
    sigma = -k / mean
    return (n * k + 10 * 0.5) / (n + 10), sigma


def psis(log_weights):
    s = len(log_weights)
    shift = log_weights.max()
    lw = log_weights - shift
    tail = int(np.ceil(min(s / 5, 3 * np.sqrt(s))))
    order = np.argsort(lw, kind="stable")
    ids = order[s - tail:]
    cutoff = np.exp(lw[order[s - tail - 1]])
    k, sigma = pareto_fit(np.exp(lw[ids]) - cutoff)
    p = (np.arange(1, tail + 1) - 0.5) / tail
    lw[ids] = np.log(sigma * np.expm1(-k * np.log1p(-p)) / k + cutoff)
    lw = np.minimum(lw, 0)
    w = np.exp(lw) / np.exp(lw).sum()
    return lw + shift, k, 1 / np.sum(w ** 2)


def log_weights_of_cases():
    z = rng.standard_normal(200)
    yield "narrow normal for a wide one", -z ** 2 / 8 + z ** 2 / 2 + 3
    z = rng.standard_normal(300)
    yield "wide normal for a narrow one", -z ** 2 / 2 * 4 + z ** 2 / 2 - 1000
    yield "normal for StudentT", -2.5 * np.log1p(z ** 2 / 4) + z ** 2 / 2
    yield "smallest number of draws", rng.standard_normal(21)
    impossible = rng.standard_normal(100)
    impossible[::3] = -np.inf
    yield "weights of 0", impossible
    yield "uniform", np.log(rng.uniform(size=150))


def numbers(x):
    text = ["-kInf" if v == -np.inf else repr(float(v)) for v in np.ravel(x)]
    lines, line = [], ""
    for t in text:
        if len(line) + len(t) > 90:
            lines.append(line)
            line = ""
        line += t + ", "
    return "\n       ".join(lines + [line.rstrip(", ")])


print("""#pragma once

// Written by convergence_reference.py; do not edit.

#include <cstddef>
#include <string>
#include <vector>

#include "../numbers.hpp"

namespace evident::testing {

/// Draws of one quantity and what they are worth; the quantile is that of 0.3.
struct ConvergenceReference {
  std::string name;
  std::size_t chains, draws;
  double r_hat, ess_bulk, ess_tail, ess_mean, ess_quantile, mcse_mean, mcse_sd, mcse_quantile;
  std::vector<double> values;
};

/// Log weights, what becomes of them, and the fit of their tail.
struct PsisReference {
  std::string name;
  double k_hat, effective_sample_size;
  std::vector<double> log_weights, smoothed;
};

// clang-format off
inline const std::vector<ConvergenceReference>& convergence_references() {
  static const std::vector<ConvergenceReference> rows = {""")
for name, x in draws_of_cases():
    x = dyadic(x)
    results = [r_hat(x), ess(scores(split(x))), min(ess_quantile(x, 0.05), ess_quantile(x, 0.95)),
               ess(split(x)), ess_quantile(x, Q), np.std(x, ddof=1) / np.sqrt(ess(split(x))),
               mcse_sd(x), mcse_quantile(x, Q)]
    print(f'      {{"{name}", {x.shape[0]}, {x.shape[1]},')
    print(f"       {numbers(results)},\n      {{{numbers(x)}}}}},")
print("""  };
  return rows;
}

inline const std::vector<PsisReference>& psis_references() {
  static const std::vector<PsisReference> rows = {""")
for name, x in log_weights_of_cases():
    x = dyadic(x)
    smoothed, k, n = psis(x)
    print(f'      {{"{name}", {k!r}, {n!r},')
    print(f"      {{{numbers(x)}}},\n      {{{numbers(smoothed)}}}}},")
print("""  };
  return rows;
}
// clang-format on

}  // namespace evident::testing""")
