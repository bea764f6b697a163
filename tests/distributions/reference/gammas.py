"""Exponential, Gamma, InverseGamma, Chi2, Weibull, Pareto."""
import mpmath as mp
import scipy.stats

from core import BOUNDED_TAILS, INF, TAILS, Positive
from special import gamma_tails


class Exponential(Positive):
    name = "Exponential"
    parameters = ("rate",)
    sets = [(1,), (0.3,), (7,), (15,), (0.1,), (1e-6,), (1e6,), (1e-30,), (1e30,), (1e-300,),
            (1e300,)]
    smooth_ends = True

    def prepare(self):
        self.spread = 1 / self.rate

    def log_density(self, x):
        return mp.log(self.rate) - self.rate * x

    def tails(self, x):
        return -mp.expm1(-self.rate * x), mp.exp(-self.rate * x)

    def quantile(self, p, q=None, tolerance=None):
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        return mp.inf if q == 0 else -(mp.log(q) if q < p else mp.log1p(-p)) / self.rate

    def modes(self):
        return [mp.mpf(0)], [mp.mpf(0)]

    def mean(self):
        return 1 / self.rate

    def variance(self):
        return 1 / self.rate**2

    def entropy(self):
        return 1 - mp.log(self.rate)

    def witness(self):
        return scipy.stats.expon(0, 1 / self.at[0])


class Gamma(Positive):
    name = "Gamma"
    parameters = ("concentration", "rate")
    sets = [(2, 3), (0.5, 1), (1, 1), (1, 0.25), (7.5, 0.1), (3, 20), (100, 10), (0.1, 0.1),
            (1e-3, 1),
            (1e3, 1), (1e6, 1e3), (1e8, 1e8), (2, 1e-30), (2, 1e30), (0.01, 1e-6), (5, 1e200),
            (1e-3, 1e-30)]

    def shape(self):
        return self.concentration, self.rate

    def prepare(self):
        a, rate = self.shape()
        self.spread = mp.sqrt(a) / rate

    def centre(self):
        a, rate = self.shape()
        return a / rate

    def log_density(self, x):
        a, rate = self.shape()
        if x == 0:
            return mp.inf if a < 1 else mp.log(rate) if a == 1 else -mp.inf
        return a * mp.log(rate) - mp.loggamma(a) + (a - 1) * mp.log(x) - rate * x

    def gradient(self, x):
        return super().gradient(x) if x > 0 else None

    def tails(self, x):
        a, rate = self.shape()
        return gamma_tails(a, rate * x)

    def extra_points(self):
        return [self.mean()]

    def modes(self):
        a, rate = self.shape()
        mode = max(mp.mpf(0), (a - 1) / rate)
        return [mode], [mode]

    def mean(self):
        a, rate = self.shape()
        return a / rate

    def variance(self):
        a, rate = self.shape()
        return a / rate**2

    def entropy(self):
        a, rate = self.shape()
        return a - mp.log(rate) + mp.loggamma(a) + (1 - a) * mp.psi(0, a)

    def witness(self):
        return scipy.stats.gamma(self.at[0], 0, 1 / self.at[1])


class Chi2(Gamma):
    name = "Chi2"
    parameters = ("df",)
    sets = [(3,), (1,), (2,), (4.5,), (10,), (100,), (0.1,), (1e-3,), (1e3,), (1e6,), (1e8,)]

    def shape(self):
        return self.df / 2, mp.mpf(1) / 2

    def witness(self):
        return scipy.stats.chi2(*self.at)


class InverseGamma(Positive):
    name = "InverseGamma"
    parameters = ("concentration", "rate")
    sets = [(3, 2), (5, 1), (2.5, 0.25), (7.5, 10), (100, 20), (1, 1), (2, 1), (0.5, 1), (1.5, 3),
            (0.1, 0.1),
            (0.01, 1), (1e3, 1e3), (1e6, 1e3), (1e8, 1e8), (3, 1e-30), (3, 1e30), (4, 1e200),
            (1e-3, 1e-30)]
    lower_levels = TAILS
    upper_levels = ("1e-50", "1e-10", "1e-3", "0.1")

    def prepare(self):
        a = self.concentration
        self.spread = self.rate / (a + 1) / mp.sqrt(a + 1)

    def centre(self):
        return self.rate / self.concentration

    def log_density(self, x):
        a = self.concentration
        if x == 0:
            return -mp.inf
        return a * mp.log(self.rate) - mp.loggamma(a) - (a + 1) * mp.log(x) - self.rate / x

    def tails(self, x):
        lower, upper = gamma_tails(self.concentration, self.rate / x)
        return upper, lower

    def modes(self):
        mode = self.rate / (self.concentration + 1)
        return [mode], [mode]

    def mean(self):
        a = self.concentration
        return self.rate / (a - 1) if a > 1 else mp.inf

    def variance(self):
        a = self.concentration
        return self.rate**2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else mp.inf

    def entropy(self):
        a = self.concentration
        return a + mp.log(self.rate) + mp.loggamma(a) - (1 + a) * mp.psi(0, a)

    def witness(self):
        return scipy.stats.invgamma(self.at[0], 0, self.at[1])


class Weibull(Positive):
    name = "Weibull"
    parameters = ("scale", "concentration")
    sets = [(1, 2), (0.3, 1.5), (7, 3.6), (15, 0.5), (1, 1), (0.25, 1), (2, 10), (1, 0.1),
            (1, 0.01),
            (1, 1e3), (1, 1e6), (3, 1e8), (1e-30, 2), (1e30, 2), (1e-6, 0.7), (1e200, 2), (1, 1e-3)]

    def prepare(self):
        k = self.concentration
        self.spread = self.scale / max(k, 1)

    def centre(self):
        return self.scale

    def log_density(self, x):
        k = self.concentration
        if x == 0:
            return mp.inf if k < 1 else -mp.log(self.scale) if k == 1 else -mp.inf
        log_z = mp.log(x / self.scale)
        return mp.log(k / self.scale) + (k - 1) * log_z - mp.exp(k * log_z)

    def tails(self, x):
        hazard = mp.exp(self.concentration * mp.log(x / self.scale))
        return -mp.expm1(-hazard), mp.exp(-hazard)

    def quantile(self, p, q=None, tolerance=None):
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        if p == 0 or q == 0:
            return mp.mpf(0) if p == 0 else mp.inf
        hazard = -(mp.log(q) if q < p else mp.log1p(-p))
        return self.scale * mp.exp(mp.log(hazard) / self.concentration)

    def modes(self):
        k = self.concentration
        mode = self.scale * ((k - 1) / k) ** (1 / k) if k > 1 else mp.mpf(0)
        return [mode], [mode]

    def mean(self):
        return self.scale * mp.gamma(1 + 1 / self.concentration)

    def variance(self):
        with mp.workdps(120):
            k = self.concentration
            return self.scale**2 * (mp.gamma(1 + 2 / k) - mp.gamma(1 + 1 / k) ** 2)

    def entropy(self):
        k = self.concentration
        return mp.euler * (1 - 1 / k) + mp.log(self.scale / k) + 1

    def witness(self):
        return scipy.stats.weibull_min(self.at[1], 0, self.at[0])


class Pareto(Positive):
    name = "Pareto"
    parameters = ("scale", "alpha")
    sets = [(1, 3), (0.3, 2.5), (7, 5), (15, 10), (0.1, 4), (1, 1), (1, 2), (2, 0.5), (1, 1.5),
            (1, 0.1),
            (1, 1e3), (1, 1e6), (2, 1e8), (1e-30, 3), (1e30, 3), (1e200, 3), (1, 0.01)]
    lower_levels = BOUNDED_TAILS
    upper_levels = ("1e-50", "1e-10", "1e-3", "0.1")
    smooth_ends = True

    def prepare(self):
        self.spread = self.scale / max(self.alpha, 1)

    def support(self):
        return float(self.scale), INF

    def log_density(self, x):
        return mp.log(self.alpha / self.scale) - (self.alpha + 1) * mp.log(x / self.scale)

    def tails(self, x):
        log_upper = -self.alpha * mp.log(x / self.scale)
        return -mp.expm1(log_upper), mp.exp(log_upper)

    def quantile(self, p, q=None, tolerance=None):
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        if q == 0:
            return mp.inf
        return self.scale * mp.exp(-(mp.log(q) if q < p else mp.log1p(-p)) / self.alpha)

    def modes(self):
        return [self.scale], [self.scale]

    def mean(self):
        return self.alpha * self.scale / (self.alpha - 1) if self.alpha > 1 else mp.inf

    def variance(self):
        a = self.alpha
        return self.scale**2 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else mp.inf

    def entropy(self):
        return mp.log(self.scale / self.alpha) + 1 / self.alpha + 1

    def witness(self):
        return scipy.stats.pareto(self.at[1], 0, self.at[0])


FAMILIES = [Exponential, Gamma, Chi2, InverseGamma, Weibull, Pareto]
