"""Normal, LogNormal, HalfNormal, TruncatedNormal."""
import math

import mpmath as mp
import scipy.stats

from core import BOUNDED_TAILS, INF, TAILS, Distribution, Positive, Real
from special import normal_between, normal_tails


def log_phi(z):
    return -z * z / 2 - mp.log(2 * mp.pi) / 2


class Normal(Real):
    name = "Normal"
    parameters = ("loc", "scale")
    sets = [(0, 1), (1.5, 0.3), (-2, 7), (100, 15), (0.1, 0.1), (0, 1e-6), (0.25, 1e-6), (3, 1e6),
            (-1e4, 0.01), (0, 1e-30), (1e30, 1e25), (0, 1e-300), (0, 1e150)]
    smooth_ends = True

    def log_density(self, x):
        return log_phi(self.z(x)) - mp.log(self.scale)

    def tails(self, x):
        return normal_tails(self.z(x))

    def extra_points(self):
        return [self.loc + z * self.scale for z in (-30, -8, -1, -0.1, 0.7, 3, 40)]

    def modes(self):
        return [self.loc], [self.loc]

    def mean(self):
        return self.loc

    median = mean

    def variance(self):
        return self.scale**2

    def entropy(self):
        return (mp.log(2 * mp.pi) + 1) / 2 + mp.log(self.scale)

    def witness(self):
        return scipy.stats.norm(*self.at)


class LogNormal(Positive):
    name = "LogNormal"
    parameters = ("loc", "scale")
    sets = [(0, 1), (1.5, 0.3), (-2, 0.7), (3, 2), (0.1, 0.25), (0, 1e-3), (5, 1e-3), (0, 5),
            (-20, 3),
            (60, 1), (1, 20), (-300, 1)]
    lower_levels = TAILS

    def prepare(self):
        self.spread = mp.exp(self.loc) * min(1, self.scale)

    def centre(self):
        return mp.exp(self.loc)

    def z(self, x):
        return (mp.log(x) - self.loc) / self.scale

    def log_density(self, x):
        return log_phi(self.z(x)) - mp.log(self.scale) - mp.log(x) if x > 0 else -mp.inf

    def tails(self, x):
        return normal_tails(self.z(x))

    def extra_points(self):
        return [mp.exp(self.loc + z * self.scale) for z in (-8, -1, -0.1, 0.7, 3)]

    def median(self):
        return mp.exp(self.loc)

    def modes(self):
        mode = mp.exp(self.loc - self.scale**2)
        return [mode], [mode]

    def mean(self):
        return mp.exp(self.loc + self.scale**2 / 2)

    def variance(self):
        return mp.expm1(self.scale**2) * mp.exp(2 * self.loc + self.scale**2)

    def entropy(self):
        return self.loc + (mp.log(2 * mp.pi) + 1) / 2 + mp.log(self.scale)

    def witness(self):
        return scipy.stats.lognorm(self.at[1], scale=math.exp(self.at[0]))


class HalfNormal(Positive):
    name = "HalfNormal"
    parameters = ("scale",)
    sets = [(1,), (0.3,), (7,), (15,), (0.1,), (1e-6,), (1e6,), (1e-30,), (1e30,), (1e-300,),
            (1e150,)]
    smooth_ends = True

    def prepare(self):
        self.spread = self.scale

    def log_density(self, x):
        return log_phi(x / self.scale) - mp.log(self.scale) + mp.log(2)

    def tails(self, x):
        z = x / self.scale
        return mp.erf(z / mp.sqrt(2)), 2 * normal_tails(z)[1]

    def extra_points(self):
        return [z * self.scale for z in (0.1, 0.7, 3, 8, 30, 40)]

    def modes(self):
        return [mp.mpf(0)], [mp.mpf(0)]

    def mean(self):
        return self.scale * mp.sqrt(2 / mp.pi)

    def variance(self):
        return self.scale**2 * (1 - 2 / mp.pi)

    def entropy(self):
        return mp.log(mp.pi / 2) / 2 + mp.log(self.scale) + mp.mpf(1) / 2

    def witness(self):
        return scipy.stats.halfnorm(0, *self.at)


class TruncatedNormal(Distribution):
    name = "TruncatedNormal"
    parameters = ("loc", "scale", "low", "high")
    sets = [(0, 1, -1, 1), (0, 1, 0, 2), (1.5, 0.3, 1, 3), (-2, 7, -20, 5), (0, 1, -3, -1),
            (0, 1, 0, INF),
            (0, 1, -INF, 0.5), (0, 1, -INF, INF), (2, 3, -INF, INF), (0, 1, 8, 9), (0, 1, -40, -39),
            (0, 1, 1e3, INF), (0, 1, -INF, -1e3), (0, 1, -40, 40), (0, 1, 30, INF),
            (0, 1, 1, 1.0009765625),
            (0, 1, -2.0**-20, 2.0**-20), (0, 1, 8, 8.00390625), (0, 1e6, -1, 1), (0, 1e-6, -1, 1),
            (5, 1e-3, 0, 1), (0, 1, 1e5, 2e5)]
    smooth_ends = True

    def prepare(self):
        with mp.workdps(mp.mp.dps + 100):
            self.a, self.b = (self.low - self.loc) / self.scale, (self.high - self.loc) / self.scale
            self.mass = normal_between(self.a, self.b)
            self.spread = mp.sqrt(self.variance())
        if self.low > -INF:
            self.lower_levels = BOUNDED_TAILS
        if self.high < INF:
            self.upper_levels = BOUNDED_TAILS

    def support(self):
        return float(self.low), float(self.high)

    def log_density(self, x):
        return log_phi((x - self.loc) / self.scale) - mp.log(self.scale) - mp.log(self.mass)

    def tails(self, x):
        with mp.workdps(mp.mp.dps + 100):
            z = (x - self.loc) / self.scale
            return normal_between(self.a, z) / self.mass, normal_between(z, self.b) / self.mass

    def centre(self):
        return self.mean()

    def fold(self, x):
        with mp.workdps(150):
            if self.low > -INF and self.high < INF:
                return mp.log((x - self.low) / (self.high - x))
            if self.low > -INF:
                return mp.log((x - self.low) / self.spread)
            if self.high < INF:
                return -mp.log((self.high - x) / self.spread)
            return mp.asinh((x - self.loc) / self.scale)

    def unfold(self, t):
        if self.low > -INF and self.high < INF:
            u, width = 1 / (1 + mp.exp(-t)), self.high - self.low
            return self.low + width * u, width * u * (1 - u)
        if self.low > -INF:
            step = self.spread * mp.exp(t)
            return self.low + step, step
        if self.high < INF:
            step = self.spread * mp.exp(-t)
            return self.high - step, step
        return self.loc + self.scale * mp.sinh(t), self.scale * mp.cosh(t)

    def modes(self):
        mode = min(max(self.loc, self.low), self.high)
        return [mode], [mode]

    def density_at_ends(self):
        """phi(a) / Z, phi(b) / Z, a phi(a) / Z, b phi(b) / Z."""
        heights = [mp.mpf(0) if mp.isinf(z) else mp.exp(log_phi(z)) / self.mass
                   for z in (self.a, self.b)]
        return heights + [h if h == 0 else z * h for z, h in zip((self.a, self.b), heights)]

    def mean(self):
        with mp.workdps(150):
            f, g, _, _ = self.density_at_ends()
            return self.loc + self.scale * (f - g)

    def variance(self):
        with mp.workdps(150):
            f, g, af, bg = self.density_at_ends()
            return self.scale**2 * (1 + af - bg - (f - g) ** 2)

    def entropy(self):
        with mp.workdps(150):
            _, _, af, bg = self.density_at_ends()
            return (mp.log(2 * mp.pi) + 1) / 2 + mp.log(self.scale * self.mass) + (af - bg) / 2

    def witness(self):
        loc, scale, low, high = self.at
        return scipy.stats.truncnorm((low - loc) / scale, (high - loc) / scale, loc, scale)


FAMILIES = [Normal, LogNormal, HalfNormal, TruncatedNormal]
