"""Laplace, Cauchy, HalfCauchy, StudentT, Logistic, Gumbel."""
import mpmath as mp
import scipy.stats

from core import Positive, Real
from special import beta_tails, log_beta

SCALES = [(0, 1), (1.5, 0.3), (-2, 7), (100, 15), (0.1, 0.1), (0, 1e-6), (3, 1e6), (-1e4, 0.01),
          (0, 1e-30), (1e30, 1e25), (0, 1e-300), (0, 1e150)]


class Laplace(Real):
    name = "Laplace"
    parameters = ("loc", "scale")
    sets = SCALES

    def log_density(self, x):
        return -abs(self.z(x)) - mp.log(2 * self.scale)

    def gradient(self, x):
        slopes = super().gradient(x)
        return [None, None, -1 / self.scale] if slopes and x == self.loc else slopes

    def tails(self, x):
        z = self.z(x)
        small = mp.exp(-abs(z)) / 2
        return (1 - small, small) if z > 0 else (small, 1 - small)

    def extra_points(self):
        return [self.loc + z * self.scale for z in (-1000, -30, -1, -0.1, 0.7, 3, 40)]

    def modes(self):
        return [self.loc], [self.loc]

    def mean(self):
        return self.loc

    median = mean

    def variance(self):
        return 2 * self.scale**2

    def entropy(self):
        return 1 + mp.log(2 * self.scale)

    def witness(self):
        return scipy.stats.laplace(*self.at)


class Cauchy(Real):
    name = "Cauchy"
    parameters = ("loc", "scale")
    sets = SCALES
    lower_levels = upper_levels = ("1e-300", "1e-20", "1e-6", "1e-3", "0.1")

    def log_density(self, x):
        return -mp.log(mp.pi * self.scale) - mp.log1p(self.z(x) ** 2)

    def tails(self, x):
        z = self.z(x)
        return mp.atan2(1, -z) / mp.pi, mp.atan2(1, z) / mp.pi

    def modes(self):
        return [self.loc], [self.loc]

    def median(self):
        return self.loc

    def entropy(self):
        return mp.log(4 * mp.pi * self.scale)

    def witness(self):
        return scipy.stats.cauchy(*self.at)


class HalfCauchy(Positive):
    name = "HalfCauchy"
    parameters = ("scale",)
    sets = [(1,), (0.3,), (7,), (15,), (0.1,), (1e-6,), (1e6,), (1e-30,), (1e25,), (1e-250,),
            (1e150,)]
    upper_levels = ("1e-300", "1e-20", "1e-6", "1e-3", "0.1")
    smooth_ends = True

    def prepare(self):
        self.spread = self.scale

    def log_density(self, x):
        return mp.log(2 / (mp.pi * self.scale)) - mp.log1p((x / self.scale) ** 2)

    def tails(self, x):
        z = x / self.scale
        return 2 * mp.atan(z) / mp.pi, 2 * mp.atan2(1, z) / mp.pi

    def modes(self):
        return [mp.mpf(0)], [mp.mpf(0)]

    def median(self):
        return self.scale

    def mean(self):
        return mp.inf

    variance = mean

    def entropy(self):
        return mp.log(2 * mp.pi * self.scale)

    def witness(self):
        return scipy.stats.halfcauchy(0, *self.at)


class StudentT(Real):
    name = "StudentT"
    parameters = ("df", "loc", "scale")
    sets = [(3, 0, 1), (5, 1.5, 0.3), (10, -2, 7), (30, 100, 15), (2.5, 0.1, 0.1), (1, 0, 1),
            (2, 0, 1),
            (1e-3, 0, 1), (0.01, 0, 1), (0.1, 0, 1), (0.5, 1, 2), (1.5, 0, 1), (100, 0, 1),
            (1e3, 0, 1), (1e6, 0, 1), (1e8, 0, 1),
            (4, 0, 1e-6), (4, 3, 1e6), (4, 0, 1e-30), (1e8, -1e4, 0.01)]
    lower_levels = upper_levels = ("1e-50", "1e-10", "1e-3", "0.1")

    def log_density(self, x):
        half = self.df / 2
        return (-log_beta(half, mp.mpf(1) / 2) - mp.log(self.df) / 2 - mp.log(self.scale)
                - (self.df + 1) / 2 * mp.log1p(self.z(x) ** 2 / self.df))

    def tails(self, x):
        z = self.z(x)
        total = self.df + z * z
        far = beta_tails(self.df / 2, mp.mpf(1) / 2, self.df / total, z * z / total)[0] / 2
        return (1 - far, far) if z > 0 else (far, 1 - far)

    def extra_points(self):
        return [self.loc + z * self.scale for z in (-1e10, -1000, -30, -1, -0.1, 0.7, 3, 40)]

    def modes(self):
        return [self.loc], [self.loc]

    def median(self):
        return self.loc

    def mean(self):
        return self.loc if self.df > 1 else None

    def variance(self):
        if self.df <= 1:
            return None
        return self.scale**2 * self.df / (self.df - 2) if self.df > 2 else mp.inf

    def entropy(self):
        df = self.df
        return ((df + 1) / 2 * (mp.psi(0, (df + 1) / 2) - mp.psi(0, df / 2)) + mp.log(df) / 2
                + log_beta(df / 2, mp.mpf(1) / 2) + mp.log(self.scale))

    def witness(self):
        return scipy.stats.t(*self.at)


class Logistic(Real):
    name = "Logistic"
    parameters = ("loc", "scale")
    sets = SCALES
    smooth_ends = True

    def log_density(self, x):
        z = abs(self.z(x))
        return -z - 2 * mp.log1p(mp.exp(-z)) - mp.log(self.scale)

    def tails(self, x):
        z = self.z(x)
        small = mp.exp(-abs(z)) / (1 + mp.exp(-abs(z)))
        return (1 - small, small) if z > 0 else (small, 1 - small)

    def extra_points(self):
        return [self.loc + z * self.scale for z in (-1000, -30, -1, -0.1, 0.7, 3, 40)]

    def modes(self):
        return [self.loc], [self.loc]

    def mean(self):
        return self.loc

    median = mean

    def variance(self):
        return mp.pi**2 * self.scale**2 / 3

    def entropy(self):
        return mp.log(self.scale) + 2

    def witness(self):
        return scipy.stats.logistic(*self.at)


class Gumbel(Real):
    name = "Gumbel"
    parameters = ("loc", "scale")
    sets = SCALES

    def log_density(self, x):
        z = self.z(x)
        return -z - mp.exp(-z) - mp.log(self.scale)

    def tails(self, x):
        rate = mp.exp(-self.z(x))
        return mp.exp(-rate), -mp.expm1(-rate)

    def extra_points(self):
        return [self.loc + z * self.scale for z in (-5, -3, -1, -0.1, 0.7, 3, 40, 1000)]

    def modes(self):
        return [self.loc], [self.loc]

    def median(self):
        return self.loc - self.scale * mp.log(mp.log(2))

    def quantile(self, p, q=None, tolerance=None):
        if p == 0 or p == 1:
            return mp.mpf(self.support()[0 if p == 0 else 1])
        q = 1 - mp.mpf(p) if q is None else mp.mpf(q)
        return self.loc - self.scale * mp.log(-(mp.log1p(-q) if q < p else mp.log(p)))

    def mean(self):
        return self.loc + mp.euler * self.scale

    def variance(self):
        return mp.pi**2 * self.scale**2 / 6

    def entropy(self):
        return mp.log(self.scale) + mp.euler + 1

    def witness(self):
        return scipy.stats.gumbel_r(*self.at)


FAMILIES = [Laplace, Cauchy, HalfCauchy, StudentT, Logistic, Gumbel]
