#!/usr/bin/env python3
"""Writes incomplete_reference.hpp: the incomplete gamma and beta functions with their derivatives,
and the gradients of draws, by mpmath at 40 digits and more.

The functions come from power series of one sign, differentiated term by term, at a precision that
is raised until the complement has its digits too; Student's t from differences of mpmath's
incomplete beta function, von Mises from mpmath's quadrature.

    /usr/bin/python3 tests/autodiff/incomplete_reference.py > tests/autodiff/incomplete_reference.hpp
"""
import math
import random

import mpmath as mp

random.seed(11)
mp.mp.dps = 60
MP = mp.mpf


def digits_beyond(log_size):
    return int(max(0, -log_size / mp.log(10))) + 60


def gamma(a, log_x):
    """P, Q, their logarithms, dP/da, dP/d log x and the gradient of a draw."""
    with mp.workdps(60):
        x = mp.exp(MP(log_x))
        more = digits_beyond(a * MP(log_x) - x - mp.loggamma(a)) + int(abs(mp.log10(a)))
    with mp.workdps(more):
        a = MP(a)
        x = mp.exp(MP(log_x))
        g = mp.exp(a * MP(log_x) - x - mp.loggamma(a))
        term = mass = 1 / a
        harmonic = moment = MP(0)
        n = 0
        while term > mass * mp.eps:
            n += 1
            harmonic += 1 / (a + n)
            term *= x / (a + n)
            mass += term
            moment += term * harmonic
        p = g * mass
        slope = (mp.digamma(a + 1) - MP(log_x)) * mass + moment
        return [p, 1 - p, mp.log(p), mp.log(1 - p), -g * slope, g, slope]


def beta(a, b, log_x, log_y):
    """I, 1 - I, their logarithms, the derivatives in a, b, logit x, and the gradients of a draw.
    The smaller of x and y decides."""
    if log_x > log_y:
        p, q, log_p, log_q, by_a, by_b, g, draw_a, draw_b = beta(b, a, log_y, log_x)
        return [q, p, log_q, log_p, -by_b, -by_a, g, -draw_b, -draw_a]
    a, b = MP(a), MP(b)

    def log_density(x):
        return (a * mp.log(x) + b * mp.log1p(-x) + mp.loggamma(a + b) - mp.loggamma(a)
                - mp.loggamma(b))
    with mp.workdps(60):
        more = digits_beyond(log_density(mp.exp(MP(log_x))))
        more += int(abs(mp.log10(a)) + abs(mp.log10(b)))
    with mp.workdps(more):
        x = mp.exp(MP(log_x))
        g = mp.exp(log_density(x))
        term = mass = 1 / a
        up = down = by_a = by_b = MP(0)
        n = 0
        while term > mass * mp.eps or (a + b + n) * x > a + 1 + n:
            up += 1 / (a + b + n)
            down += 1 / (a + 1 + n)
            term *= (a + b + n) / (a + 1 + n) * x
            mass += term
            by_a += term * (up - down)
            by_b += term * up
            n += 1
        p = g * mass
        psi = mp.digamma(a + b)
        draw_a = (mp.digamma(a + 1) - psi - mp.log(x)) * mass - by_a
        draw_b = (mp.digamma(b) - psi - mp.log1p(-x)) * mass - by_b
        return [p, 1 - p, mp.log(p), mp.log(1 - p), -g * draw_a, -g * draw_b, g, draw_a, draw_b]


def student_t(n, t):
    n, t = MP(n), MP(t)
    inner = t * t < n

    def probability(n):
        share = t * t / (n + t * t)
        if inner:
            return mp.betainc(MP(1) / 2, n / 2, 0, share, regularized=True) / 2
        return -mp.betainc(n / 2, MP(1) / 2, 0, n / (n + t * t), regularized=True) / 2
    with mp.workdps(100):
        h = n * MP(10) ** -25
        slope = (probability(n + h) - probability(n - h)) / (2 * h)
        density = (mp.gamma((n + 1) / 2) / mp.gamma(n / 2) / mp.sqrt(n * mp.pi)
                   * (1 + t * t / n) ** (-(n + 1) / 2))
        return -slope / density


def von_mises(kappa, x):
    """log(e^-kappa I_0), the probability below -|x|, and the gradient of a draw at |x|."""
    with mp.workdps(30):
        kappa, x = MP(kappa), abs(MP(x))
        zeroth = mp.besseli(0, kappa)
        share = mp.besseli(1, kappa) / zeroth
        width = min(mp.pi - x, 12 / mp.sqrt(kappa) + 60 / kappa) if kappa > 0 else mp.pi - x
        pieces = mp.linspace(x, x + width, 9)

        def ratio(t):
            return mp.exp(kappa * (mp.cos(t) - mp.cos(x)))
        tail = (mp.quad(ratio, pieces) * mp.exp(kappa * mp.cos(x)) / (2 * mp.pi * zeroth))
        slope = mp.quad(lambda t: (mp.cos(t) - share) * ratio(t), pieces)
        return [mp.log(zeroth) - kappa, tail, slope]


def number(x):
    if x == 0:
        return "0"
    size = mp.log10(abs(x))
    if size > 307:
        return "kInf" if x > 0 else "-kInf"
    return mp.nstr(MP(x), 17, min_fixed=-3, max_fixed=6) if size > -307 else "0"


def table(name, kind, rows):
    print(f"const {kind} {name}[] = {{")
    for row in rows:
        print("    {" + ", ".join(repr(v) if isinstance(v, float) else number(v) for v in row) + "},")
    print("};\n")


GAMMA = []
for a in [1e-3, 0.02, 0.3, 0.49, 0.5, 1.0, 2.5, 10.0, 12.0, 29.5, 30.5, 100.0, 1e3]:
    spread = math.sqrt(a)
    places = [a, a + spread, a + 4 * spread, max(a - 3 * spread, 0.2 * a), 0.45 * a, 0.01 * a]
    if a < 3:
        places += [1e-8, 0.5, 0.9, 5.0, 50.0, 400.0]
    GAMMA += [(a, float(x), *gamma(a, mp.log(MP(float(x))))) for x in places]
for x in (1e6, 1e6 + 1500.0, 1e6 - 30000.0):
    GAMMA.append((1e6, x, *gamma(1e6, mp.log(MP(x)))))
GAMMA += [(3.0, 2000.0, *gamma(3.0, mp.log(MP(2000)))), (50.0, 1e-20, *gamma(50.0, mp.log(MP(1e-20))))]
GAMMA_DRAW = [(a, u, gamma(a, u)[6]) for a, u in
              [(1e-3, -1e5), (1e-3, -700.0), (1e-3, 1.0), (1e-3, 4.0), (0.1, -1e4), (1.0, -50.0),
               (5.0, -1000.0), (5.0, 5.5), (40.0, -2.0), (1e4, 9.2), (1e4, 9.3)]]
BETA = []
SHAPES = [1e-3, 0.05, 0.4, 2.9, 3.1, 40.0]
for a in SHAPES:
    for b in SHAPES:
        spread = math.sqrt(1 / a + 1 / b)
        for z in (random.uniform(-1, 1), random.choice([-5, 5])):
            u = math.log(a / b) + z * min(spread, 4)
            small = 1 / (1 + math.exp(abs(u)))
            x, y = (small, 1 - small) if u < 0 else (1 - small, small)
            BETA.append((a, b, x, y, *beta(a, b, mp.log(MP(x)) if u < 0 else mp.log1p(-MP(y)),
                                           mp.log1p(-MP(x)) if u < 0 else mp.log(MP(y)))))
for x in (0.5, 0.503):
    BETA.append((1e4, 1e4, x, 1 - x, *beta(1e4, 1e4, mp.log1p(-MP(1 - x)), mp.log(MP(1 - x)))))
BETA_DRAW = [(a, b, u, 0.0, *beta(a, b, u, mp.log1p(-mp.exp(MP(u))))[7:]) for a, b, u in
             [(1e-3, 1e-3, -1e5), (1e-3, 2.0, -2e3), (0.5, 30.0, -80.0), (20.0, 1e-3, -60.0)]]
STUDENT = [(n, t, student_t(n, t)) for n in [0.01, 0.5, 3.0, 9.9, 10.1, 41.0]
           for t in [1e-30, 0.1, 1.0, 1.54, 1.56, 3.0, 20.0, 1e10, 1e30]
           if n < 40 or t < 1e3]
VON_MISES = [(k, x, *von_mises(k, x)) for k in [0.0, 1e-3, 3.0, 24.9, 25.1, 100.0]
             for x in [1e-3, 0.1, 0.5, 1.3, 2.5, 3.1, 3.14159]]
VON_MISES += [(1e8, x, *von_mises(1e8, x)) for x in [1e-6, 5e-5, 1e-4, 5e-4, 2e-3]]

print("""#pragma once

#include "../numbers.hpp"

// Written by incomplete_reference.py, which says how.

namespace evident {
namespace incomplete_reference {

using testing::kInf;

struct GammaReference {
  double a, x, p, q, log_p, log_q, p_a, p_log_x, draw;
};
struct GammaDrawReference {
  double a, log_x, draw;
};
struct BetaReference {
  double a, b, x, y, p, q, log_p, log_q, p_a, p_b, p_logit_x, draw_a, draw_b;
};
struct BetaDrawReference {
  double a, b, log_x, log_y, draw_a, draw_b;
};
struct StudentTReference {
  double df, t, draw;
};
struct VonMisesReference {
  double kappa, x, log_bessel, tail, draw;
};

// clang-format off""")
table("kGamma", "GammaReference", GAMMA)
table("kGammaDraws", "GammaDrawReference", GAMMA_DRAW)
table("kBeta", "BetaReference", BETA)
table("kBetaDraws", "BetaDrawReference", BETA_DRAW)
table("kStudentT", "StudentTReference", STUDENT)
table("kVonMises", "VonMisesReference", VON_MISES)
print("""// clang-format on

}  // namespace incomplete_reference
}  // namespace evident""")
